/** Seconds of this thread's own work: a busy machine does not make them more. */
export function cpuSeconds(run: () => void): number {
  const began = process.threadCpuUsage();
  run();
  const { user, system } = process.threadCpuUsage(began);
  return (user + system) / 1e6;
}
