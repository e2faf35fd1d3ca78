/** The graphs that the self-check runs: a large model's lie on disk, a small one's never leave memory. */
import { join } from 'node:path';
import { createSession, type InferenceSession } from '../onnxSession.ts';
import { onnxBytes } from './onnxFile.ts';
import type { OnnxGraph } from './onnxBuilder.ts';

/** By the names of their graphs. */
export type Sessions = ReadonlyMap<string, InferenceSession>;

export interface Graphs {
  /** Lends a session of the graph of this name. */
  lend<T>(name: string, use: (session: InferenceSession) => Promise<T>): Promise<T>;
  /** Gives away the sessions that are open. */
  take(): Sessions;
  /** Ends those that are left. */
  close(): Promise<void>;
}

/**
 * A session ends when it is given back: those of a large model take gigabytes.
 *
 * @param fewRuns those in float32 are far larger than what is kept: their weights are not packed
 */
export function graphsOnDisk(folder: string, { fewRuns }: { readonly fewRuns: boolean }): Graphs {
  return {
    async lend(name, use) {
      const session = await createSession(join(folder, `${name}.onnx`), { threads: null, fewRuns });
      try {
        return await use(session);
      } finally {
        await session.release();
      }
    },
    take: () => new Map(),
    close: () => Promise.resolve(),
  };
}

/** A session is made once for all who want it. */
export function graphsInMemory(graphs: readonly OnnxGraph[]): Graphs {
  const named = new Map(graphs.map((graph) => [graph.name, graph]));
  const sessions = new Map<string, InferenceSession>();
  return {
    async lend(name, use) {
      const session = sessions.get(name) ?? (await createSession(await onnxBytes(named.get(name)!), { threads: null }));
      sessions.set(name, session);
      return use(session);
    },
    take() {
      const taken = new Map(sessions);
      sessions.clear();
      return taken;
    },
    async close() {
      for (const session of sessions.values()) await session.release();
      sessions.clear();
    },
  };
}
