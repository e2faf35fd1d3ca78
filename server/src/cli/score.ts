import { parseArgs } from 'node:util';
import { readImageFile } from '../imageFile.ts';
import type { Installation } from '../installation.ts';
import { createCaptioner } from './captioner.ts';
import { exitCodes, UsageError, type CommandIo } from './commandIo.ts';
import { readAlpha, readPrecision, readWord } from './generationFlags.ts';

/** `image-captioner score FILE TEXT`: how well a text fits a picture, by what the model's architecture can tell. */
export async function score(args: string[], io: CommandIo, installation: Installation): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      model: { type: 'string' },
      precision: { type: 'string' },
      alpha: { type: 'string' },
      format: { type: 'string' },
    },
  });
  const [file, text, ...more] = positionals;
  if (file === undefined || text === undefined || more.length > 0) throw new UsageError('score takes a FILE and a TEXT in quotes.');
  const format = readWord(values, 'format', ['text', 'json']) ?? 'text';
  const alpha = readAlpha(values) ?? 'auto';
  const captioner = createCaptioner(installation, io);
  try {
    const location = await captioner.registry.find(values.model ?? null);
    const { bytes, hash } = await readImageFile(file, file, io.signal);
    const model = captioner.captions.modelSpec(location, readPrecision(values) ?? 'int8');
    const image = { bytes, key: hash, alpha };
    const scores = await captioner.inference.run({ kind: 'score', model, image, text }, () => undefined, io.signal);
    if (format === 'json') io.stdout(`${JSON.stringify({ file, text, ...scores, model: location.id })}\n`);
    else for (const [name, value] of Object.entries(scores)) io.stdout(`${name}: ${String(value)}\n`);
    return exitCodes.fine;
  } finally {
    captioner.close();
  }
}
