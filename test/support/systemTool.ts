import { execFileSync, spawnSync } from 'node:child_process';

/** A program of the system that a test needs: installed where it is missing, never skipped silently. */
export function systemTool(name: string, debianPackage = name): string {
  if (!installed(name)) {
    execFileSync('apt-get', ['update'], { stdio: 'ignore' });
    execFileSync('apt-get', ['install', '-y', '--no-install-recommends', debianPackage], { stdio: 'ignore' });
  }
  if (!installed(name)) throw new Error(`${name} is needed: install the package ${debianPackage}.`);
  return name;
}

function installed(name: string): boolean {
  return spawnSync('sh', ['-c', `command -v ${name}`]).status === 0;
}
