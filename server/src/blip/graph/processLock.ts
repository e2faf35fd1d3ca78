/**
 * One process at a time, on one machine: a file that names its holder. A holder that was killed is seen to be gone, so
 * that nobody waits for it; and unlike a lock that must be touched again and again it holds while inference blocks the
 * thread.
 */
import { createHash, randomBytes } from 'node:crypto';
import { link, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { setTimeout } from 'node:timers/promises';
import { whileOthersWork } from '../turns.ts';

/**
 * A number of a process may come again, and a folder may be shared with another machine: a lock holds so long after its
 * holder has last touched it. No run of a graph blocks the thread as long.
 */
const longestSilenceMs = 15 * 60 * 1000;
const touchMs = 60 * 1000;
const pollMs = 100;

/** This process, by a name that others on this machine can check: it may stand in the name of a file. */
export function processName(): string {
  return `${machine()}-${process.pid}`;
}

/** What has become of the process of this name; of one of another machine, and of other words, nobody knows. */
export function lifeOf(name: string): 'runs' | 'ended' | 'unknown' {
  const [, of, id] = /^([0-9a-f]{8})-(\d+)$/u.exec(name) ?? [];
  if (of !== machine()) return 'unknown';
  try {
    process.kill(Number(id), 0);
    return 'runs';
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH' ? 'ended' : 'runs';
  }
}

/**
 * Waits until this process holds the lock.
 *
 * @param onWait told once, where another process holds it
 * @returns gives it back
 * @throws what the file system says where the lock cannot be written
 */
export async function processLock(
  file: string,
  onWait: () => void,
  signal?: AbortSignal,
): Promise<() => Promise<void>> {
  // Written aside, then linked: whoever sees the lock sees its holder too.
  const own = `${file}.${processName()}.${randomBytes(4).toString('hex')}.partial`;
  await writeFile(own, processName());
  try {
    for (let told = false; !(await taken(own, file));) {
      signal?.throwIfAborted();
      if (await isAbandoned(file)) {
        await rename(file, `${own}.old`).catch(() => {}); // another one was faster
        await rm(`${own}.old`, { force: true });
        continue;
      }
      if (!told) onWait();
      told = true;
      // The holder may be background work of this very process.
      await whileOthersWork(setTimeout(pollMs));
    }
  } finally {
    await rm(own, { force: true });
  }
  const touch = setInterval(() => void utimes(file, new Date(), new Date()).catch(() => {}), touchMs); // or it is gone
  touch.unref();
  return () => {
    clearInterval(touch);
    return rm(file, { force: true });
  };
}

async function taken(own: string, file: string): Promise<boolean> {
  try {
    await link(own, file);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return false;
    // File systems without links: two may then hold it, who do the same work twice.
    if (code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'EOPNOTSUPP') throw error;
    return writeFile(file, processName(), { flag: 'wx' }).then(
      () => true,
      (failure: NodeJS.ErrnoException) => {
        if (failure.code === 'EEXIST') return false;
        throw failure;
      },
    );
  }
}

async function isAbandoned(file: string): Promise<boolean> {
  const holder = await readFile(file, 'utf8').catch(() => '');
  if (lifeOf(holder) === 'ended') return true;
  const found = await stat(file).catch(() => null);
  return found !== null && Date.now() - found.mtimeMs > longestSilenceMs;
}

function machine(): string {
  return createHash('sha256').update(hostname()).digest('hex').slice(0, 8);
}
