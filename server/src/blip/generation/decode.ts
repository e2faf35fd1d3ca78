/**
 * The decoding loop: feeds the prompt, then token after token, to the decoder, and what comes out to the searches — one
 * for each picture. A picture whose search is done leaves the batch.
 */
import type { StepScores, TextDecoder } from '../textDecoder.ts';
import type { Search } from './search.ts';

/**
 * Runs all searches to their end, yielding after each step.
 *
 * @param promptIds the start token and the prompt, the same for all pictures.
 */
export async function* decode(
  decoder: TextDecoder,
  searches: readonly Search[],
  promptIds: readonly number[],
  signal?: AbortSignal,
): AsyncGenerator<StepScores, void, void> {
  let alive = searches;
  let width = 1; // texts of each picture: the prompt alone at first
  let request = { tokens: searches.map(() => promptIds), parents: searches.map(() => 0) };
  for (;;) {
    signal?.throwIfAborted();
    const scores = await decoder.step(request);
    const rowsOf = (picture: number) => scores.rows.slice(picture * width, (picture + 1) * width);
    const advanced = alive.map((search, picture) => ({ search, picture, next: search.advance(rowsOf(picture)) }));
    yield scores;
    const going = advanced.flatMap(({ search, picture, next }) => (next === null ? [] : [{ search, picture, next }]));
    if (going.length === 0) return;
    if (going.length < alive.length) decoder.keepPictures(going.map(({ picture }) => picture));
    request = {
      tokens: going.flatMap(({ next }) => next.map(({ token }) => [token])),
      parents: going.flatMap(({ picture, next }) => next.map(({ parent }) => picture * width + parent)),
    };
    width = going[0]!.next.length;
    alive = going.map(({ search }) => search);
  }
}
