/** A vision graph that is cut sees what the whole one sees. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, it } from 'node:test';
import { openCheckpoint } from '../../server/src/blip/checkpoint/checkpoint.ts';
import { readModelConfig } from '../../server/src/blip/checkpoint/modelConfig.ts';
import { graphsOnDisk } from '../../server/src/blip/graph/checkGraphs.ts';
import { checkPictures } from '../../server/src/blip/graph/checkPictures.ts';
import { seeAll, unobserved, type SeenPicture } from '../../server/src/blip/graph/checkRun.ts';
import { fastestPlan, int8Forms } from '../../server/src/blip/graph/int8Plan.ts';
import { writeOnnx } from '../../server/src/blip/graph/onnxFile.ts';
import { visionGraphs } from '../../server/src/blip/graph/visionGraph.ts';
import { checkpointWeights } from '../../server/src/blip/graph/weights.ts';
import type { VisionPart } from '../../server/src/blip/visionParts.ts';
import { randomModel } from '../support/randomModel.ts';

const folder = mkdtempSync(join(tmpdir(), 'vision-parts-'));
after(() => rmSync(folder, { recursive: true, force: true }));

function partsAt(ends: readonly number[]): VisionPart[] {
  return ends.map((end, index) => ({
    name: `vision-${index}`,
    first: ends[index - 1] ?? 0,
    end,
    isLast: index === ends.length - 1,
  }));
}

it('whatever the cut, and whether or not the memory has a part of its own', async () => {
  const model = await randomModel(5);
  const config = await readModelConfig(model);
  const checkpoint = await openCheckpoint(model, config);
  const forms = int8Forms(fastestPlan(config));
  const pictures = checkPictures(config.vision.imageSize).slice(0, 2);
  const see = async (ends: readonly number[]): Promise<SeenPicture[]> => {
    const parts = partsAt(ends);
    const graphs = visionGraphs(config, 'BlipForConditionalGeneration', checkpointWeights(checkpoint), forms, parts);
    for (const graph of graphs) await writeOnnx(graph, folder);
    return seeAll(graphsOnDisk(folder, { fewRuns: true }), parts, pictures, unobserved);
  };
  const whole = await see([config.vision.layers]);
  for (const ends of [
    [3, config.vision.layers],
    [2, 4, config.vision.layers, config.vision.layers],
  ]) {
    for (const [index, { embeds, memory }] of (await see(ends)).entries()) {
      assert.deepEqual(embeds, whole[index]!.embeds);
      assert.deepEqual(memory.tensors, whole[index]!.memory.tensors);
    }
  }
  await checkpoint.close();
});
