import { fork, type ChildProcess } from 'node:child_process';

/**
 * What glibc's allocator is told; other systems do not read it. By itself it keeps what threads free in an arena for each
 * of them, and blocks of up to 32 MB: what a conversion has freed would stay in the process. What the vision part computes
 * with is smaller than the threshold, and lent again without a page fault.
 */
export const allocatorSettings = { MALLOC_ARENA_MAX: '2', MALLOC_MMAP_THRESHOLD_: String(16 * 1024 * 1024) };

/** Forks the inference process: buffers travel as they are, its own words go to our stderr, never to our stdout. */
export function forkInference(module: string): ChildProcess {
  return fork(module, [], {
    serialization: 'advanced',
    execArgv: [],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: { ...allocatorSettings, ...process.env, ORT_DISABLE_TELEMETRY: '1' },
  });
}
