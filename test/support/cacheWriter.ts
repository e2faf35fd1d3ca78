/** Writes captions into a shared cache until it is killed: `node cacheWriter.ts FOLDER SEED`. */
import { CaptionCache } from '../../server/src/captionCache.ts';
import { captionOf, keyOf } from './cachedCaption.ts';
import { randomGenerator } from './random.ts';

const [folder = '', seed = '0'] = process.argv.slice(2);
const random = randomGenerator(Number(seed));
const cache = new CaptionCache(folder, () => undefined);
process.on('disconnect', () => process.exit(0)); // a test that was stopped leaves no writer behind
for (let written = 0; ; written += 1) {
  const number = Math.floor(random() * 200);
  await cache.write(keyOf(number), captionOf(number));
  if (written === 0) process.send?.('at work'); // however slow the machine, each writer has written before it is killed
}
