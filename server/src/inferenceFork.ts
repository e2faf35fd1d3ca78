import { fork, type ChildProcess } from 'node:child_process';

/**
 * glibc raises the size from which it gives memory back to the system up to 32 MB by itself: what a conversion has freed
 * would stay in the process. Other systems do not read it.
 */
const givenBack = { MALLOC_MMAP_THRESHOLD_: String(1024 * 1024) };

/** Forks the inference process: buffers travel as they are, its own words go to our stderr, never to our stdout. */
export function forkInference(module: string): ChildProcess {
  return fork(module, [], {
    serialization: 'advanced',
    execArgv: [],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: { ...givenBack, ...process.env, ORT_DISABLE_TELEMETRY: '1' },
  });
}
