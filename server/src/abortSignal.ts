import type { CancellationToken } from 'vscode-languageserver';

/** The language server protocol's cancellation as the platform's own. */
export function abortSignal(...tokens: readonly CancellationToken[]): AbortSignal {
  const abort = new AbortController();
  for (const token of tokens) {
    if (token.isCancellationRequested) abort.abort();
    else token.onCancellationRequested(() => abort.abort());
  }
  return abort.signal;
}

/** The work's result, or a rejection as soon as the signal says so: who cancels is not kept waiting. */
export function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(signal.reason);
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}
