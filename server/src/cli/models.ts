import { readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { BlipError, modelHash } from '../blip/index.ts';
import type { Installation } from '../installation.ts';
import { composeModels, type Models } from '../models/composeModels.ts';
import { megabytes, ModelDownloader, type DownloadProgress } from '../models/download.ts';
import { isHubId } from '../models/hubRepository.ts';
import { hubSettings } from '../models/hubSettings.ts';
import type { ModelLocation } from '../models/modelLocation.ts';
import { createCaptioner } from './captioner.ts';
import { exitCodes, UsageError, type CommandIo } from './commandIo.ts';
import { readPrecision, readWord } from './generationFlags.ts';
import { readArguments } from './readArguments.ts';
import { findSettings } from './settingsFile.ts';
import { verifyFiles, wordsOf } from './verifyFiles.ts';

const actions = ['list', 'download', 'convert', 'verify', 'remove', 'path'] as const;

interface ModelsCall {
  readonly name: string | null;
  readonly revision: string | null;
  readonly json: boolean;
  readonly precision: 'int8' | 'fp32';
  readonly models: Models;
  readonly downloader: ModelDownloader;
  readonly io: CommandIo;
  readonly installation: Installation;
}

/** `image-captioner models list|download|convert|verify|remove|path [ID|DIR]`. */
export async function models(args: string[], io: CommandIo, installation: Installation): Promise<number> {
  const { values, positionals } = readArguments(args, {
    format: { type: 'string' },
    revision: { type: 'string' },
    precision: { type: 'string' },
  });
  const [word, name, ...more] = positionals;
  const action = actions.find((one) => one === word);
  if (action === undefined || more.length > 0)
    throw new UsageError(`models takes ${actions.join(', ')}, and one model.`);
  const { settings } = await findSettings(io.cwd);
  const onMachine = composeModels(installation, io.env, io.cwd);
  const call: ModelsCall = {
    name: name ?? null,
    revision: values.revision ?? null,
    json: readWord(values, 'format', ['text', 'json']) === 'json',
    precision: readPrecision(values) ?? settings.precision,
    models: onMachine,
    downloader: new ModelDownloader(
      hubSettings(io.env, { endpoint: settings.hub.endpoint, offline: settings.offline }),
      onMachine.cache,
    ),
    io,
    installation,
  };
  switch (action) {
    case 'list':
      return list(call);
    case 'download':
      return download(call);
    case 'convert':
      return convert(call);
    case 'verify':
      return verify(call);
    case 'remove':
      return remove(call);
    case 'path':
      return print(call, await call.models.registry.find(call.name, call.revision));
  }
}

async function list({ name, revision, models, json, io, installation }: ModelsCall): Promise<number> {
  const locations = name === null ? await models.registry.list() : [await models.registry.find(name, revision)];
  const records = await Promise.all(
    locations.map(async (location) => {
      const hash = await modelHash(location.folder, 'graphs', path.join(installation.cacheFolder, 'graphs'));
      const [bytes, convertedBytes] = await Promise.all([sizeOf(location.folder), convertedSize(installation, hash)]);
      return { ...location, hash, bytes, convertedBytes };
    }),
  );
  if (json) io.stdout(`${JSON.stringify(records, null, 2)}\n`);
  else
    for (const { id, source, bytes, convertedBytes, folder } of records)
      io.stdout(`${id}\t${source}\t${megabytes(bytes)}, converted ${megabytes(convertedBytes)}\t${folder}\n`);
  return exitCodes.fine;
}

async function download({ name, revision, downloader, json, io }: ModelsCall): Promise<number> {
  if (name === null || !isHubId(name)) throw new UsageError('models download takes a model of the hub: owner/name.');
  const model = await downloader.describe(name, revision, io.signal);
  const missing = await downloader.missingBytes(model);
  const from = model.revision === 'main' ? '' : `, revision ${model.revision}`;
  io.stderr(
    `${name}${from}: ${megabytes(model.bytes)}, ${megabytes(missing)} to download from ${downloader.endpoint}; licence ${model.license ?? 'not named'}\n`,
  );
  const onProgress = progressLine(io);
  const folder = await downloader.download(
    model,
    { onProgress, onMessage: (message) => io.stderr(`${message}\n`) },
    io.signal,
  );
  io.stdout(
    json
      ? `${JSON.stringify({ id: name, source: 'hub', folder, revision: model.revision, commit: model.commit, bytes: model.bytes })}\n`
      : `${folder}\n`,
  );
  return exitCodes.fine;
}

/** A line a second: how much, how fast, how long still. */
function progressLine(io: CommandIo): (progress: DownloadProgress) => void {
  let last = 0;
  return ({ bytes, total, bytesPerSecond, secondsLeft, file }) => {
    const now = performance.now();
    if (now - last < 1000) return;
    last = now;
    const left = secondsLeft === null ? '' : `, ${Math.ceil(secondsLeft)} s left`;
    io.stderr(`${file}: ${megabytes(bytes)} of ${megabytes(total)} (${megabytes(bytesPerSecond)}/s${left})\n`);
  };
}

/** Makes the graphs now, so that the first caption need not wait for them. */
async function convert(call: ModelsCall): Promise<number> {
  const { name, revision, models, json, io, installation, precision } = call;
  const location = await models.registry.find(name, revision);
  const captioner = createCaptioner(installation, io);
  try {
    const spec = captioner.captions.modelSpec(location, precision);
    let told = '';
    const loaded = await captioner.inference.run(
      { kind: 'load', model: spec },
      (event) => {
        if (event.kind !== 'converting' || event.message === told) return;
        told = event.message;
        io.stderr(`${event.message}\n`);
      },
      io.signal,
    );
    io.stdout(
      json
        ? `${JSON.stringify({ ...location, ...loaded })}\n`
        : `${location.id}: ${loaded.precision}${loaded.verdict === null ? '' : `; ${loaded.verdict}`}\n`,
    );
    return exitCodes.fine;
  } finally {
    captioner.close();
  }
}

/** Every file of a hub model against the hash that it is stored under, or that the hub tells. */
async function verify(call: ModelsCall): Promise<number> {
  const { name, revision, models, json, io } = call;
  const location = await models.registry.find(name, revision);
  const files = await verifyFiles(location, call);
  if (json) io.stdout(`${JSON.stringify({ ...location, files }, null, 2)}\n`);
  else for (const file of files) io.stdout(`${file.file}\t${wordsOf(file)}\n`);
  const damaged = files.filter(({ state }) => state === 'damaged').map(({ file }) => file);
  if (damaged.length === 0) return exitCodes.fine;
  throw new BlipError(
    'ModelUnavailable',
    `${location.id}: damaged: ${damaged.join(', ')}. Remove the model and download it again.`,
  );
}

/** Gives the disk back: a hub model's files and what was converted from it; of other models what was converted. */
async function remove({ name, revision, models, json, io, installation }: ModelsCall): Promise<number> {
  if (name === null) throw new UsageError('models remove takes the model to remove.');
  const location = await models.registry.find(name, revision);
  const hash = await modelHash(location.folder, 'graphs', path.join(installation.cacheFolder, 'graphs'));
  const freed =
    (await convertedSize(installation, hash)) + (location.source === 'hub' ? await models.cache.size(name) : 0);
  for (const folder of await convertedFolders(installation, hash)) await rm(folder, { recursive: true, force: true });
  if (location.source === 'hub') await models.cache.remove(name);
  io.stderr(`${location.id}: ${megabytes(freed)} given back\n`);
  if (json) io.stdout(`${JSON.stringify({ ...location, freedBytes: freed })}\n`);
  return exitCodes.fine;
}

function print({ json, io }: ModelsCall, location: ModelLocation): number {
  io.stdout(json ? `${JSON.stringify(location)}\n` : `${location.folder}\n`);
  return exitCodes.fine;
}

async function sizeOf(folder: string): Promise<number> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const sizes = await Promise.all(entries.map(async (entry) => (await stat(path.join(folder, entry.name))).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}

async function convertedSize(installation: Installation, hash: string): Promise<number> {
  const sizes = await Promise.all((await convertedFolders(installation, hash)).map(sizeOf));
  return sizes.reduce((sum, size) => sum + size, 0);
}

async function convertedFolders({ cacheFolder }: Installation, hash: string): Promise<string[]> {
  const graphs = path.join(cacheFolder, 'graphs');
  const names = await readdir(graphs).catch(() => []);
  return names.filter((name) => name.startsWith(hash.slice(0, 24))).map((name) => path.join(graphs, name));
}
