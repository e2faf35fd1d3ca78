/** The worker in which documents are parsed, so that a 2 MB page never holds up the server's own thread. */
import { parentPort } from 'node:worker_threads';
import { lineStarts } from './lineStarts.ts';
import type { ParseAnswer, ParseQuestion } from './parseMessages.ts';
import { parseDocument } from './parse.ts';

parentPort?.on('message', (question: ParseQuestion) => {
  const { id, text, languageId, options } = question;
  parseDocument(text, languageId, options).then(
    (parsed) => {
      const starts = lineStarts(text);
      parentPort?.postMessage({ id, parsed: { ...parsed, lineStarts: starts } } satisfies ParseAnswer, [starts.buffer]);
    },
    (error: unknown) => {
      const message = error instanceof Error ? error.message : String(error);
      parentPort?.postMessage({ id, error: message } satisfies ParseAnswer);
    },
  );
});
