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
