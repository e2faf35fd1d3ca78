/** The worker in which documents are parsed, so that a 2 MB page never holds up the server's own thread. */
import { parentPort } from 'node:worker_threads';
import type { ParseAnswer, ParseQuestion } from './parseClient.ts';
import { parseDocument } from './parse.ts';

parentPort?.on('message', (question: ParseQuestion) => {
  const { id, text, languageId, options } = question;
  parseDocument(text, languageId, options).then(
    (parsed) => answer({ id, parsed }),
    (error: unknown) => answer({ id, error: error instanceof Error ? error.message : String(error) }),
  );
});

function answer(message: ParseAnswer): void {
  parentPort?.postMessage(message);
}
