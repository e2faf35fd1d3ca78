/** Loaded into the server by `--import`: tells, when asked over the process's channel, what its main thread has done. */
import { monitorEventLoopDelay } from 'node:perf_hooks';

/** A timer that comes late tells of a block; coming more often it would itself be most of what is measured. Milliseconds. */
const resolution = 5;
const delay = monitorEventLoopDelay({ resolution });
delay.enable();

export interface ProbeAnswer {
  /** Processor time of the main thread since the process began, milliseconds. */
  readonly cpuMs: number;
  /** By how much its timer came too late since the last question, at most; milliseconds. */
  readonly longestBlockMs: number;
}

process.on('message', (message) => {
  if (message !== 'probe') return;
  const { user, system } = process.threadCpuUsage();
  const longestBlockMs = Math.max(0, delay.max / 1e6 - resolution);
  process.send?.({ cpuMs: (user + system) / 1000, longestBlockMs } satisfies ProbeAnswer);
  delay.reset();
});
process.channel?.unref();
