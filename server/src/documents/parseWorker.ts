/** The worker in which documents are parsed, so that a 2 MB page never holds up the server's own thread. */
import { parentPort } from 'node:worker_threads';
import { editedText } from './editedText.ts';
import type { ParsedDocument } from './imageReference.ts';
import type { ParseAnswer, ParseQuestion } from './parseMessages.ts';
import { parseDocument } from './parse.ts';
import { parsedChange } from './parsedChange.ts';

interface Kept {
  readonly text: string;
  readonly parsed: ParsedDocument;
}

/** By the question's number. */
const kept = new Map<number, Kept>();

async function answer({ id, text, languageId, options, keep, forget }: ParseQuestion): Promise<ParseAnswer> {
  const known = 'since' in text ? kept.get(text.since) : undefined;
  for (const old of forget) kept.delete(old);
  const read = async (whole: string): Promise<ParsedDocument> => {
    const parsed = await parseDocument(whole, languageId, options);
    if (keep) kept.set(id, { text: whole, parsed });
    return parsed;
  };
  if ('whole' in text) return { id, parsed: await read(text.whole) };
  if (known === undefined) throw new Error(`The text of question ${text.since} is not known.`);
  const parsed = await read(editedText(known.text, text.edit));
  return { id, change: parsedChange(known.parsed, parsed, text.edit) };
}

parentPort?.on('message', (question: ParseQuestion) => {
  answer(question).then(
    (answered) => parentPort?.postMessage(answered),
    (error: unknown) => {
      const message = error instanceof Error ? error.message : String(error);
      parentPort?.postMessage({ id: question.id, error: message } satisfies ParseAnswer);
    },
  );
});
