import { BlipError, type Caption } from '../blip/index.ts';
import { isOfModel } from '../captionDocument.ts';
import { captionNote } from '../captionNote.ts';
import type { CaptionRequest } from '../captions.ts';
import { generationOptions } from '../imageCaptions.ts';
import { readImageFile } from '../imageFile.ts';
import type { Installation } from '../installation.ts';
import { inOrder } from '../inOrder.ts';
import { PictureRoom, picturesAhead } from '../pictureRoom.ts';
import { createCaptioner, type TerminalCaptioner } from './captioner.ts';
import { exitCodes, UsageError, type CommandIo } from './commandIo.ts';
import { generationFlags, readAlpha, readPrecision, readWord } from './generationFlags.ts';
import type { FileArgument } from './fileArguments.ts';
import { findImages } from './imageFiles.ts';
import { readArguments } from './readArguments.ts';
import { readGeneration } from './readGeneration.ts';
import { findSettings } from './settingsFile.ts';

/** `file` as given, with `/`; what `--format json` prints for each. */
type CaptionRecord =
  | ({ readonly file: string; readonly model: string; readonly cached: boolean } & Omit<Caption, 'photograph'>)
  | { readonly file: string; readonly error: { readonly code: string; readonly message: string } };

type Format = 'text' | 'json' | 'jsonl';

/** `image-captioner caption FILE…`: a caption a line, or JSON; files are done in order, one that fails stops no other. */
export async function caption(args: string[], io: CommandIo, installation: Installation): Promise<number> {
  const { values, positionals } = readArguments(args, { ...generationFlags, format: { type: 'string' } });
  if (positionals.length === 0)
    throw new UsageError('caption needs at least one FILE, a folder, or - for a list on stdin.');
  const format: Format = readWord(values, 'format', ['text', 'json', 'jsonl']) ?? 'text';
  const found = await findSettings(io.cwd);
  const settings = {
    precision: readPrecision(values) ?? found.settings.precision,
    alpha: readAlpha(values) ?? 'auto',
    options: readGeneration(values, generationOptions(found.settings)),
    useCache: values['no-cache'] !== true,
  } as const;
  const captioner = createCaptioner(installation, io);
  try {
    const model = await captioner.registry.find(values.model ?? found.settings.model);
    const { files, failures } = await findImages(positionals, found, io);
    for (const failure of failures) io.stderr(`${failure}\n`);
    if (files.length === 0 && failures.length === 0) io.stderr('There are no pictures to caption.\n');
    const code = await captionFiles(captioner, files, { ...settings, model }, format, io);
    return failures.length > 0 ? exitCodes.problems : code;
  } finally {
    captioner.close();
  }
}

type RequestSettings = Omit<CaptionRequest, 'image'>;

async function captionFiles(
  captioner: TerminalCaptioner,
  files: readonly FileArgument[],
  settings: RequestSettings,
  format: Format,
  io: CommandIo,
): Promise<number> {
  const records: CaptionRecord[] = [];
  let failed = false;
  const room = new PictureRoom();
  const captionOne = async (file: FileArgument, signal: AbortSignal): Promise<Captioned> =>
    captionFile(captioner, room, file, settings, signal);
  for await (const { record, doubt } of inOrder(files, picturesAhead, captionOne, io.signal)) {
    if (doubt !== null) io.stderr(`${record.file}: ${doubt}\n`);
    if ('error' in record) {
      failed = true;
      io.stderr(`${record.error.message}\n`);
    }
    if (format === 'json') records.push(record);
    else if (format === 'jsonl') io.stdout(`${JSON.stringify(record)}\n`);
    else if (!('error' in record)) io.stdout(`${record.caption}\n`);
  }
  if (format === 'json') io.stdout(`${JSON.stringify(records, null, 2)}\n`);
  return failed ? exitCodes.problems : exitCodes.fine;
}

interface Captioned {
  readonly record: CaptionRecord;
  /** Why a person should look at the caption, in a sentence. */
  readonly doubt: string | null;
}

async function captionFile(
  { captions }: TerminalCaptioner,
  room: PictureRoom,
  file: FileArgument,
  settings: RequestSettings,
  signal: AbortSignal,
): Promise<Captioned> {
  try {
    const { caption: made, cached } = await room.hold(
      () => readImageFile(file.path, file.name, signal),
      (image) => captions.caption({ ...settings, image }, 'workspace', signal),
    );
    const { photograph: _, ...fields } = made;
    const record = { file: file.name, ...fields, model: settings.model.id, cached };
    return { record, doubt: captionNote(made, settings.model, '--model') };
  } catch (error) {
    if (!(error instanceof BlipError) || error.code === 'Aborted' || isOfModel(error)) throw error;
    return { record: { file: file.name, error: { code: error.code, message: error.message } }, doubt: null };
  }
}
