/** ONNX Runtime, loaded when the first graph is. */
import type * as OnnxRuntime from 'onnxruntime-node';
import type { InferenceSession, Tensor } from 'onnxruntime-node';
import { BlipError } from './errors.ts';
import type { OnnxBytes } from './graph/onnxFile.ts';
import { physicalCores } from './physicalCores.ts';
import { myTurn } from './turns.ts';

export type { InferenceSession } from 'onnxruntime-node';

/** A CommonJS package: what it exports is its default. */
type Runtime = typeof OnnxRuntime.default;

let runtime: Promise<Runtime> | undefined;

/** @throws BlipError ModelUnavailable on a platform for which there is no native runtime. */
export function loadRuntime(): Promise<Runtime> {
  runtime ??= importRuntime().catch((error: unknown) => {
    runtime = undefined;
    throw error;
  });
  return runtime;
}

async function importRuntime(): Promise<Runtime> {
  // From 1.29 on it opens sockets otherwise.
  process.env['ORT_DISABLE_TELEMETRY'] = '1';
  try {
    return (await import('onnxruntime-node')).default;
  } catch (error) {
    const platform = `${process.platform}-${process.arch}`;
    throw new BlipError(
      'ModelUnavailable',
      `Captions need ONNX Runtime, which could not be loaded on ${platform}: ${(error as Error).message}. Checking alt text works without it.`,
      { cause: error },
    );
  }
}

export interface SessionOptions {
  /** Null: as many as the machine has physical cores for this process. */
  readonly threads: number | null;
  /** It will run a few times only: its weights stay mapped as they are, not packed for speed, and no memory is kept. */
  readonly fewRuns?: boolean;
  /** Whether it keeps what a run needed for the next one; true when not given, unless it runs a few times only. */
  readonly keepsMemory?: boolean;
}

/**
 * Whether the sessions of a model keep memory each for itself. Those of a large one would keep 25 to 50 MB that the others
 * could use: where the system's allocator is quick they leave it to that.
 *
 * @param visionParts into how many its vision graph is cut: a small one's is whole
 */
export function keepsMemory(visionParts: number): boolean {
  return visionParts === 1 || process.platform !== 'linux';
}

/** Makes a session of a graph on disk, whose weights are mapped, not read; or of one in memory. */
export async function createSession(
  graph: string | OnnxBytes,
  { threads, fewRuns = false, keepsMemory = !fewRuns }: SessionOptions,
): Promise<InferenceSession> {
  const { InferenceSession } = await loadRuntime();
  const options: InferenceSession.SessionOptions = {
    executionProviders: ['cpu'],
    logSeverityLevel: 3,
    intraOpNumThreads: threads ?? physicalCores(),
    // Batches differ in size: a pattern for each would be kept.
    enableMemPattern: false,
    enableCpuMemArena: keepsMemory,
    extra: {
      session: {
        // Threads wait for the next operator this long before they sleep: too short to disturb the other session's
        // threads, and nothing spins while the machine idles. Waking them for every operator costs a fifth more.
        intra_op: { allow_spinning: '1', spin_duration_us: '20' },
        disable_prepacking: fewRuns ? '1' : '0',
      },
      // SkipLayerNormalization is slower than Add and LayerNormalization.
      optimization: { disable_specified_optimizers: 'SkipLayerNormFusion' },
    },
  };
  if (typeof graph === 'string') return inTurn(await InferenceSession.create(graph, options));
  const externalData = Array.from(graph.weights, ([path, data]) => ({ path, data }));
  return inTurn(await InferenceSession.create(graph.model, { ...options, externalData }));
}

/** Each of its runs holds the thread: whoever works in the background waits for its turn first. */
function inTurn(session: InferenceSession): InferenceSession {
  const run = session.run.bind(session) as (...args: unknown[]) => Promise<InferenceSession.ReturnType>;
  session.run = async (...args: unknown[]) => {
    await myTurn();
    return run(...args);
  };
  return session;
}

/** Whether the first dimension of what a graph takes is open. */
export function takesBatches({ inputMetadata: [first] }: InferenceSession): boolean {
  return first !== undefined && first.isTensor && typeof first.shape[0] === 'string';
}

/** What goes into and out of a run, by the names of the graph. */
export type Tensors = Readonly<Record<string, Tensor>>;
