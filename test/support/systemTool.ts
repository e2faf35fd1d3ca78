import { execFileSync, spawnSync } from 'node:child_process';

/** A program of the system that a test needs: installed where it is missing, never skipped silently. */
export function systemTool(name: string, ...debianPackages: readonly string[]): string {
  const packages = debianPackages.length === 0 ? [name] : debianPackages;
  if (!installed(name)) {
    execFileSync('apt-get', ['update'], { stdio: 'ignore' });
    execFileSync('apt-get', ['install', '-y', '--no-install-recommends', ...packages], { stdio: 'ignore' });
  }
  if (!installed(name)) throw new Error(`${name} is needed: install ${packages.join(' and ')}.`);
  return name;
}

function installed(name: string): boolean {
  return spawnSync('sh', ['-c', `command -v ${name}`]).status === 0;
}
