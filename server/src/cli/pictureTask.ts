import type { InferenceTask, ModelSpec, EncodedImage, TaskResult } from '../blip/index.ts';
import { readImageFile } from '../imageFile.ts';
import type { Installation } from '../installation.ts';
import { createCaptioner } from './captioner.ts';
import { exitCodes, UsageError, type CommandIo } from './commandIo.ts';
import { readAlpha, readPrecision, readWord } from './generationFlags.ts';
import { readArguments } from './readArguments.ts';
import { findSettings } from './settingsFile.ts';

/** A command that asks a model one thing about one picture: `ask FILE QUESTION`, `score FILE TEXT`. */
export interface PictureTask<T extends InferenceTask> {
  readonly usage: string;
  readonly task: (model: ModelSpec, image: EncodedImage, words: string) => T;
  /** What is printed for people. */
  readonly text: (result: TaskResult<T>) => string;
  /** The words' name in the JSON. */
  readonly wordsName: string;
}

export async function runPictureTask<T extends InferenceTask>(
  { usage, task, text, wordsName }: PictureTask<T>,
  args: string[],
  io: CommandIo,
  installation: Installation,
): Promise<number> {
  const { values, positionals } = readArguments(args, {
    model: { type: 'string' },
    precision: { type: 'string' },
    alpha: { type: 'string' },
    format: { type: 'string' },
  });
  const [file, words, ...more] = positionals;
  if (file === undefined || words === undefined || more.length > 0) throw new UsageError(usage);
  const json = readWord(values, 'format', ['text', 'json']) === 'json';
  const alpha = readAlpha(values) ?? 'auto';
  const { settings } = await findSettings(io.cwd);
  const captioner = createCaptioner(installation, io);
  try {
    const location = await captioner.registry.find(values.model ?? settings.model);
    const { bytes, hash } = await readImageFile(file, file, io.signal);
    const model = captioner.captions.modelSpec(location, readPrecision(values) ?? settings.precision);
    const made = task(model, { bytes, key: hash, alpha }, words);
    const result = await captioner.inference.run(made, () => undefined, io.signal);
    const record = { file, [wordsName]: words, ...result, model: location.id };
    io.stdout(json ? `${JSON.stringify(record)}\n` : `${text(result)}\n`);
    return exitCodes.fine;
  } finally {
    captioner.close();
  }
}
