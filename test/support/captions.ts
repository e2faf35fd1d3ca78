import fc from 'fast-check';

/** Thousands of rounds belong to `npm run test:long`; otherwise a seeded twentieth of them. */
const long = process.env['LONG_TESTS'] === '1';
export const captionRounds = long ? 10_000 : 500;
export const mutationRounds = long ? 20_000 : 1_000;
/** The same rounds on every machine, so that a failure is one that others see too. */
export const seed = 20_251;

/** What breaks one syntax or another when it stands in an alt. */
// oxfmt-ignore
const nastyPieces: readonly string[] = [
  '"', "'", '`', '``', '\\', '\\\\', '\\"', '[', ']', '](x.png)', '![', '[[', ']]', '(', ')', '{', '}', '{{', '}}',
  '${', '${x}', '#{', '{%', '%}', '{#if}', '<', '>', '</', '/>', '<!--', '-->', '<b>', '</script>', '</template>',
  '<?php', '?>', '*/', '/*', '//', '{/*', '*/}', '|', '||', '*', '**', '_', '__', '~', '~~', '^', '#', '# ', '- ',
  '1. ', '+ ', '> ', '=', '==', '&', '&amp;', '&quot;', '&#39;', '&lt', '&#x41;', '&notanentity;', '&copy', '%',
  '%20', '$', '$x$', '@', ':', '::', ':::', ':name:', ',', ';', '!', '?', '\n', '\r\n', '\n\n', '\t', '  ', '\u00a0',
  '\u2028', '\u2029', '\u200b', '\ufeff', '\0', '\u0007', '\u001b[31m', '\u007f', '\u0085', '\u200d', '\u200f',
  '\u202e', '\ud800', '\udfff', '🎉', '👩‍💻', 'é', 'e\u0301', 'כפתור', 'عربي', '漢字', 'Ⅷ', 'https://x.org/a?b=c&d',
  'www.x.org', 'me@x.org', 'a.png', '+++', '---', '...', '++', '\\n', '\\u0041', 'pass:[x]', 'link:x[y]', '<<x>>',
  '`x`', '|100', '|300x200', 'alt=', 'alt="x"', '{fig-alt="x"}', '\\end{x}', '~x~',
];

const piece = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom(...nastyPieces) },
  { weight: 3, arbitrary: fc.constantFrom('a', 'red', 'circle', 'Save', 'button', '42', 'x') },
  { weight: 3, arbitrary: fc.constant(' ') },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 4 }) },
  { weight: 1, arbitrary: fc.string({ unit: 'grapheme-ascii', maxLength: 8 }) },
);

/** Captions with at least one word in them, and everything that a syntax could choke on around it. */
export const nastyCaptions: fc.Arbitrary<string> = fc
  .tuple(fc.array(piece, { maxLength: 6 }), fc.constantFrom('w', 'ü', '7'), fc.array(piece, { maxLength: 6 }))
  .map(([before, word, after]) => [...before, word, ...after].join(''));

/** A document that was cut off, or into which a piece of another was spliced. */
export function mutations(documents: readonly string[]): fc.Arbitrary<string> {
  const text = fc.constantFrom(...documents);
  return fc
    .tuple(
      text,
      text,
      fc.nat(),
      fc.nat(),
      fc.nat(),
      fc.nat({ max: 60 }),
      fc.constantFrom('cut', 'tail', 'splice', 'drop', 'nasty'),
      fc.constantFrom(...nastyPieces),
    )
    .map(([document, other, at, from, length, few, how, nasty]) => {
      const position = at % (document.length + 1);
      const start = from % (other.length + 1);
      switch (how) {
        case 'cut':
          return document.slice(0, position);
        case 'tail':
          return document.slice(position);
        case 'drop':
          return document.slice(0, position) + document.slice(position + few);
        case 'nasty':
          return document.slice(0, position) + nasty + document.slice(position);
        default:
          return document.slice(0, position) + other.slice(start, start + (length % 200)) + document.slice(position);
      }
    });
}
