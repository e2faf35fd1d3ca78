import assert from 'node:assert/strict';
import type { DocumentParser } from '../../server/src/documents/imageReference.ts';
import { cpuSeconds } from './cpuTime.ts';

const options = { imageComponents: [] };

function checkTime(parse: DocumentParser, languageId: string, piece: string, size: number, patience: number): void {
  const text = piece.repeat(Math.ceil(size / piece.length));
  const seconds = cpuSeconds(() => void parse(text, languageId, options));
  assert.ok(seconds < patience, `${seconds.toFixed(1)} s for ${size} characters of ${JSON.stringify(piece)}`);
}

/**
 * 2 MB of what people write; and half a megabyte of each of the `beginnings` of something that never ends: a search begun
 * anew at every place would take minutes for it. The limits are seconds of a slow machine.
 */
export function checkLargeDocuments(
  parse: DocumentParser,
  languageId: string,
  usual: string,
  beginnings: readonly string[],
): void {
  checkTime(parse, languageId, usual, 2_000_000, 10);
  for (const piece of beginnings) checkTime(parse, languageId, piece, 500_000, 5);
}
