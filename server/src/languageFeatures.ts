import type { CancellationToken, Connection } from 'vscode-languageserver';
import { abortSignal } from './abortSignal.ts';
import { untilAborted } from './blip/index.ts';
import { codeActions } from './features/codeActions.ts';
import { completion } from './features/completion.ts';
import { documentLinks } from './features/documentLinks.ts';
import type { FeatureWorld } from './features/featureWorld.ts';
import { hover } from './features/hover.ts';

/** Registers the requests that read a document. One that is cancelled or fails gives an empty answer, and at once. */
export function registerLanguageFeatures(
  connection: Connection,
  world: FeatureWorld,
  log: (message: string) => void,
): void {
  const answer = async <T>(
    token: CancellationToken,
    empty: T,
    work: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> => {
    const signal = abortSignal(token);
    try {
      return await untilAborted(work(signal), signal);
    } catch (error) {
      if (!signal.aborted) log(error instanceof Error ? error.message : String(error));
      return empty;
    }
  };
  connection.onHover(({ textDocument, position }, token) =>
    answer(token, null, (signal) => hover(world, textDocument.uri, position, signal)),
  );
  connection.onCompletion(({ textDocument, position }, token) =>
    answer(token, [], (signal) => completion(world, textDocument.uri, position, signal)),
  );
  connection.onDocumentLinks(({ textDocument }, token) =>
    answer(token, [], () => documentLinks(world, textDocument.uri)),
  );
  connection.onCodeAction(({ textDocument, range, context }, token) =>
    answer(token, [], (signal) => codeActions(world, textDocument.uri, range, context, signal)),
  );
}
