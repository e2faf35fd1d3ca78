/** Loaded into the server by `--import`: tells, when asked over the process's channel, what its main thread has done. */
import { monitorEventLoopDelay } from 'node:perf_hooks';

const delay = monitorEventLoopDelay({ resolution: 4 });
delay.enable();

export interface ProbeAnswer {
  /** Processor time of the main thread since the process began, milliseconds. */
  readonly cpuMs: number;
  /** The longest time that it answered nobody since the last question, milliseconds. */
  readonly longestBlockMs: number;
}

process.on('message', (message) => {
  if (message !== 'probe') return;
  const { user, system } = process.threadCpuUsage();
  process.send?.({ cpuMs: (user + system) / 1000, longestBlockMs: delay.max / 1e6 } satisfies ProbeAnswer);
  delay.reset();
});
process.channel?.unref();
