/** The two processes behind every editor test: VS Code's server, and the browser that shows it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { chromium, type Browser } from 'playwright-core';

/** A cold start on two busy cores takes well under this. */
const startMs = 120_000;
const browserFlags =
  '--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync';

export interface RunningServer {
  readonly stop: () => Promise<void>;
}

/** Starts a server's script under this Node and waits until it says `ready`. */
export async function startServer(
  script: string,
  words: readonly string[],
  env: NodeJS.ProcessEnv,
  ready: string,
): Promise<RunningServer> {
  const server = spawn(process.execPath, [script, ...words], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const stop = async (): Promise<void> => {
    if (server.exitCode !== null || server.signalCode !== null) return;
    const ended = once(server, 'exit');
    server.kill('SIGTERM');
    await ended;
  };
  let said = '';
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const listen = (chunk: Buffer): void => {
    said += chunk.toString();
    if (said.includes(ready)) resolve();
  };
  server.stdout.on('data', listen);
  server.stderr.on('data', listen);
  server.once('exit', () => reject(new Error(`The VS Code server ended: ${said}`)));
  const timer = setTimeout(() => reject(new Error(`The VS Code server did not start: ${said}`)), startMs);
  try {
    await promise;
  } catch (error) {
    await stop();
    throw error;
  } finally {
    clearTimeout(timer);
  }
  return { stop };
}

export function launchBrowser(executablePath: string): Promise<Browser> {
  return chromium.launch({ executablePath, args: browserFlags.split(' ') });
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('There is no free port on 127.0.0.1.');
  return address.port;
}
