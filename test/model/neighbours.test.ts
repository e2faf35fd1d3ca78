/** Whether pictures may share a run: the check that each int8 model passes where it runs. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { openCheckpoint } from '../../server/src/blip/checkpoint/checkpoint.ts';
import { readModelConfig } from '../../server/src/blip/checkpoint/modelConfig.ts';
import { graphsOnDisk } from '../../server/src/blip/graph/checkGraphs.ts';
import { checkPictures } from '../../server/src/blip/graph/checkPictures.ts';
import { seeAll, unobserved } from '../../server/src/blip/graph/checkRun.ts';
import { convert, modelSource } from '../../server/src/blip/graph/convert.ts';
import { fp32Forms, type GraphForms } from '../../server/src/blip/graph/forms.ts';
import { linearForms } from '../../server/src/blip/graph/int8Plan.ts';
import { standAlone } from '../../server/src/blip/graph/neighbours.ts';
import { visionParts } from '../../server/src/blip/visionParts.ts';
import { randomModel } from '../support/randomModel.ts';

const folders: string[] = [];
after(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

async function sharesRuns(forms: GraphForms): Promise<boolean> {
  const model = await randomModel(5);
  const config = await readModelConfig(model);
  const checkpoint = await openCheckpoint(model, config);
  const folder = mkdtempSync(join(tmpdir(), 'neighbours-'));
  folders.push(folder);
  await convert(await modelSource(config, checkpoint), forms, folder);
  await checkpoint.close();
  const graphs = graphsOnDisk(folder, { fewRuns: true });
  const pictures = checkPictures(config.vision.imageSize);
  const parts = visionParts(config, forms.precision);
  return standAlone(graphs, parts, config.text, pictures, await seeAll(graphs, parts, pictures, unobserved));
}

describe('pictures share runs', () => {
  const { perTensor, perRow, blockwise, fp32 } = linearForms;
  const cases: readonly (readonly [what: string, forms: Partial<GraphForms>, shared: boolean])[] = [
    ['where every row has its own scale', { text: perRow, vision: perRow, batches: true }, true],
    ['where blocks of a row have', { text: blockwise, vision: fp32 }, true],
    ['not where a scale spans the texts of a run', { text: perTensor }, false],
    ['not where a scale spans the pictures of a run', { vision: perTensor, batches: true }, false],
  ];
  for (const [what, forms, shared] of cases) {
    it(what, async () => assert.equal(await sharesRuns({ ...fp32Forms, ...forms }), shared));
  }
});
