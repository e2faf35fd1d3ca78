/**
 * The captioning core by itself: one picture, its caption, and what the model considered at each word.
 *
 *     node docs/examples/caption.ts PICTURE
 */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { CaptionGenerator } from '../../server/src/blip/index.ts';

const picture = await readFile(process.argv[2]!);
const model = path.join(import.meta.dirname, '..', '..', 'models', 'mini-blip');
const generator = await CaptionGenerator.load(model, { precision: 'fp32', cacheFolder: null });

const { caption, confidence, timings } = await generator.caption(picture);
console.log(`${caption} (confidence ${confidence.toFixed(2)}; encoded in ${Math.round(timings.encodeMs)} ms)`);

for await (const step of generator.stream(picture)) {
  if (step.kind !== 'token') continue;
  const shown = step.alternatives.map(({ text, logProb }) => `${text} ${Math.round(100 * Math.exp(logProb))} %`);
  console.log(`${step.token.text.padEnd(12)} ${shown.join(', ')}`);
}

const { meanLogProb } = await generator.scoreText(picture, 'a photograph');
console.log(`"a photograph" would have had a mean log-probability of ${meanLogProb.toFixed(2)}`);
await generator.close();
