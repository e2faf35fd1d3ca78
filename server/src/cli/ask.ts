import { parseArgs } from 'node:util';
import { readImageFile } from '../imageFile.ts';
import type { Installation } from '../installation.ts';
import { createCaptioner } from './captioner.ts';
import { exitCodes, UsageError, type CommandIo } from './commandIo.ts';
import { readAlpha, readPrecision, readWord } from './generationFlags.ts';

/** `image-captioner ask FILE QUESTION`: visual question answering, with a BLIP VQA model. */
export async function ask(args: string[], io: CommandIo, installation: Installation): Promise<number> {
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
  const [file, question, ...more] = positionals;
  if (file === undefined || question === undefined || more.length > 0) {
    throw new UsageError('ask takes a FILE and a QUESTION in quotes.');
  }
  const format = readWord(values, 'format', ['text', 'json']) ?? 'text';
  const alpha = readAlpha(values) ?? 'auto';
  const captioner = createCaptioner(installation, io);
  try {
    const location = await captioner.registry.find(values.model ?? null);
    const { bytes, hash } = await readImageFile(file, file, io.signal);
    const model = captioner.captions.modelSpec(location, readPrecision(values) ?? 'int8');
    const image = { bytes, key: hash, alpha };
    const { answer, confidence } = await captioner.inference.run({ kind: 'ask', model, image, question }, () => undefined, io.signal);
    io.stdout(format === 'json' ? `${JSON.stringify({ file, question, answer, confidence, model: location.id })}\n` : `${answer}\n`);
    return exitCodes.fine;
  } finally {
    captioner.close();
  }
}
