/**
 * Our side of the bench, as a worker that takes JSON lines like reference.py:
 *
 *     node bench/ours.ts PRECISION CHECKPOINT CACHE [PICTURE]
 *
 * It says that it is ready, having captioned PICTURE where one is given, then answers each line:
 *
 *     {"pictures": [path, …], "beams": n} → {"ms", "captions"}: from the files to the captions
 *     {"again": path, "beams": n}         → {"ms"}: the same picture with other settings, its embeds at hand
 *     {"vision": path}                    → {"ms"}: the vision part alone, with what it makes for the text
 *     {"memory": true}                    → {"peakMb"}
 */
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { BlipError, CaptionGenerator, type FirstPicture, type GenerationOptions } from '../server/src/blip/index.ts';

interface Request {
  readonly pictures?: readonly string[];
  readonly again?: string;
  readonly vision?: string;
  readonly beams?: number;
}

const newTokens = 10;
const [precision, checkpoint, cacheFolder, first] = process.argv.slice(2);
const firstPicture: FirstPicture | undefined =
  first === undefined ? undefined : { picture: await readFile(first), alpha: 'auto', imageKey: first };
const generator = await CaptionGenerator.load(checkpoint!, {
  precision: precision === 'fp32' ? 'fp32' : 'int8',
  cacheFolder: cacheFolder!,
  firstPicture,
});

function forced(beams = 1): GenerationOptions {
  return { minNewTokens: newTokens, maxNewTokens: newTokens, numBeams: beams };
}

async function captions({ pictures = [], beams }: Request): Promise<string[]> {
  const bytes = await Promise.all(pictures.map((path) => readFile(path)));
  if (bytes.length === 1) return [(await generator.caption(bytes[0]!, forced(beams))).caption];
  const made = await generator.captionBatch(bytes, forced(beams));
  return made.map((caption) => {
    if (caption instanceof BlipError) throw caption;
    return caption.caption;
  });
}

async function answer(request: Request): Promise<Record<string, unknown>> {
  const started = performance.now();
  if (request.pictures !== undefined) {
    const made = await captions(request);
    return { ms: performance.now() - started, captions: made };
  }
  if (request.vision !== undefined) {
    const { timings } = await generator.caption(await readFile(request.vision), { maxNewTokens: 1 });
    return { ms: timings.encodeMs };
  }
  if (request.again === undefined) return { peakMb: process.resourceUsage().maxRSS / 1024 };
  const options = { ...forced(request.beams), repetitionPenalty: 1.1 + Math.random() / 10, imageKey: request.again };
  const bytes = await readFile(request.again);
  await generator.caption(bytes, { imageKey: request.again, maxNewTokens: 1 });
  const begun = performance.now();
  await generator.caption(bytes, options);
  return { ms: performance.now() - begun };
}

if (firstPicture !== undefined) {
  await generator.caption(firstPicture.picture, { ...forced(), imageKey: firstPicture.imageKey });
}
console.log(JSON.stringify({ ready: true, precision: generator.model.precision, verdict: generator.model.verdict }));
for await (const line of createInterface({ input: process.stdin })) {
  console.log(JSON.stringify(await answer(JSON.parse(line) as Request)));
}
await generator.close();
