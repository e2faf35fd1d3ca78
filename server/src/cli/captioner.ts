import { InferenceClient, type TaskEvent } from '../blip/index.ts';
import { CaptionCache } from '../captionCache.ts';
import { Captions } from '../captions.ts';
import { ImageCaptions } from '../imageCaptions.ts';
import { forkInference } from '../inferenceFork.ts';
import type { Installation } from '../installation.ts';
import { composeModels } from '../models/composeModels.ts';
import type { ModelRegistry } from '../models/registry.ts';
import type { CommandIo } from './commandIo.ts';

/** Resident size past which the inference process is replaced before its next task, bytes. */
const memoryLimit = 3 * 1024 ** 3;

export interface TerminalCaptioner {
  readonly captions: Captions;
  readonly images: ImageCaptions;
  readonly registry: ModelRegistry;
  readonly inference: InferenceClient;
  readonly close: () => void;
}

/** The parts that caption pictures, as a command of the terminal composes them. */
export function createCaptioner(installation: Installation, io: CommandIo): TerminalCaptioner {
  const { cacheFolder } = installation;
  const log = (message: string): void => {
    if (io.env['IMAGE_CAPTIONER_DEBUG'] !== undefined) io.stderr(`${message}\n`);
  };
  const inference = new InferenceClient({
    fork: () => forkInference(installation.inferenceProcess),
    idleMs: () => 60_000,
    memoryLimitBytes: memoryLimit,
    log,
  });
  const cache = new CaptionCache(cacheFolder, (message) => io.stderr(`${message}\n`));
  let told = '';
  const onEvent = (event: TaskEvent): void => {
    if (event.kind !== 'converting' || event.message === told) return;
    told = event.message;
    io.stderr(`${event.message}\n`);
  };
  const captions = new Captions({ inference, cache, cacheFolder, onEvent });
  const { registry } = composeModels(installation, io.env, io.cwd);
  const images = new ImageCaptions({ captions, inference, registry });
  return { captions, images, registry, inference, close: () => inference.close() };
}
