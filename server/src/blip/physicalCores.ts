/** How many threads a matrix product is worth: one for each physical core that this process may use. */
import { readFileSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';

const topology = '/sys/devices/system/cpu';

/** Two threads of one core share its arithmetic units: more threads than cores only wait for each other. */
export function physicalCores(): number {
  return Math.max(1, Math.min(linuxCores() ?? availableParallelism(), availableParallelism()));
}

/** Cores by their package and number; null on other systems, where Node does not tell. */
function linuxCores(): number | null {
  if (process.platform !== 'linux') return null;
  const read = (cpu: number, name: string): string =>
    readFileSync(`${topology}/cpu${cpu}/topology/${name}`, 'utf8').trim();
  try {
    return new Set(cpus().map((_, cpu) => `${read(cpu, 'physical_package_id')}:${read(cpu, 'core_id')}`)).size;
  } catch {
    return null; // a container without /sys
  }
}
