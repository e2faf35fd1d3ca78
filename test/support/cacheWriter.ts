/** Writes captions into a shared cache until it is killed: `node cacheWriter.ts FOLDER SEED`. */
import { CaptionCache } from '../../server/src/captionCache.ts';
import { captionOf, keyOf } from './cachedCaption.ts';
import { randomGenerator } from './random.ts';

const [folder = '', seed = '0'] = process.argv.slice(2);
const random = randomGenerator(Number(seed));
const cache = new CaptionCache(folder, () => undefined);
process.on('disconnect', () => process.exit(0)); // a test that was stopped leaves no writer behind
const write = async (): Promise<void> => {
  const number = Math.floor(random() * 200);
  await cache.write(keyOf(number), captionOf(number));
};
await write(); // also on a machine so slow that nothing more comes before the end
process.send?.('ready');
for (;;) await write();
