import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { readSuppressions } from '../../server/src/features/suppressions.ts';
import type { RuleId } from '../../server/src/features/rules/rule.ts';

/** The silenced places of a document: comments are `«…»`, places `┃`; each place says whether a rule is silent there. */
function silenced(marked: string, rule: RuleId = 'alt-missing', languageId = 'markdown'): boolean[] {
  const comments: { range: { start: number; end: number }; text: string }[] = [];
  const places: number[] = [];
  let text = '';
  for (const part of marked.split(/(«[^»]*»|┃)/u)) {
    if (part === '┃') places.push(text.length);
    else if (part.startsWith('«')) {
      const written = `<!--${part.slice(1, -1)}-->`;
      comments.push({ range: { start: text.length, end: text.length + written.length }, text: part.slice(1, -1) });
      text += written;
    } else text += part;
  }
  const suppressions = readSuppressions(text, languageId, comments);
  return places.map((place) => suppressions.suppress(rule, [place]));
}

const no = false;
const yes = true;

const cases: readonly (readonly [name: string, document: string, silent: boolean[]])[] = [
  ['no comment', '┃a\n┃b', [no, no]],
  ['another comment', '« image-captioner is nice »\n┃a', [no]],
  ['next line, one rule', '« image-captioner-disable-next-line alt-missing »\n┃a ┃b\n┃c', [yes, yes, no]],
  ['next line, all rules', '«image-captioner-disable-next-line»\n┃a\n┃b', [yes, no]],
  ['next line, another rule', '« image-captioner-disable-next-line alt-filename »\n┃a', [no]],
  ['next line, commas', '« image-captioner-disable-next-line alt-filename,alt-missing »\n┃a', [yes]],
  ['next line, commas and blanks', '« image-captioner-disable-next-line alt-filename, alt-missing »\n┃a', [yes]],
  ['a reason', '« image-captioner-disable-next-line alt-missing -- a spacer »\n┃a', [yes]],
  ['a reason that names a rule', '« image-captioner-disable-next-line alt-filename -- not alt-missing »\n┃a', [no]],
  ['a reason without rules', '« image-captioner-disable-next-line -- because »\n┃a', [yes]],
  ['a misspelt rule silences nothing', '« image-captioner-disable-next-line alt-mising »\n┃a', [no]],
  ['upper case', '« image-captioner-disable-next-line ALT-MISSING »\n┃a', [yes]],
  ['the same line is not the next', '┃a « image-captioner-disable-next-line » ┃b\n┃c', [no, no, yes]],
  ['blank lines between', '« image-captioner-disable-next-line »\n\n  \n┃a\n\n┃b', [yes, no]],
  ['blank quoted lines', '> « image-captioner-disable-next-line »\n>\n> ┃a', [yes]],
  ['CR LF', '« image-captioner-disable-next-line »\r\n┃a\r\n┃b', [yes, no]],
  [
    'two above each other',
    '« image-captioner-disable-next-line alt-missing »\n« image-captioner-disable-next-line alt-filename »\n┃a',
    [yes],
  ],
  ['a comment over several lines', '« image-captioner-disable-next-line\n  alt-missing »\n┃a', [yes]],
  ['the last line', '« image-captioner-disable-next-line »', []],
  ['to the end', '┃a\n« image-captioner-disable »\n┃b\n\n┃c', [no, yes, yes]],
  ['to enable', '« image-captioner-disable alt-missing »\n┃a\n« image-captioner-enable »\n┃b', [yes, no]],
  ['enable one of all', '« image-captioner-disable »\n┃a\n« image-captioner-enable alt-missing »\n┃b', [yes, no]],
  ['enable another', '« image-captioner-disable »\n« image-captioner-enable alt-filename »\n┃b', [yes]],
  ['disabled again', '«image-captioner-disable»«image-captioner-enable»«image-captioner-disable alt-missing»┃', [yes]],
  ['enable alone', '« image-captioner-enable »\n┃b', [no]],
  ['a longer word', '« image-captioner-disabled »\n┃b', [no]],
  ['within a sentence', '« please image-captioner-disable »\n┃b', [no]],
  ['a block comment with a star', '«* image-captioner-disable-next-line »\n┃a', [yes]],
];

suite('suppression comments', () => {
  for (const [name, document, expected] of cases) test(name, () => assert.deepEqual(silenced(document), expected));
  test('of a notebook: a line is a string of its JSON', () => {
    const lines = '["«image-captioner-disable-next-line»\\n",\n "┃a\\n",\n "┃b"]';
    assert.deepEqual(silenced(lines, 'alt-missing', 'jupyter'), [yes, no]);
    const one = '"«image-captioner-disable-next-line»\\n┃a\\n┃b"';
    assert.deepEqual(silenced(one, 'alt-missing', 'jupyter'), [yes, no]);
    const escaped = '"«image-captioner-disable-next-line» C:\\\\new\\n┃a\\n┃b"';
    assert.deepEqual(silenced(escaped, 'alt-missing', 'jupyter'), [yes, no]);
  });
  test('a problem within a reference that begins on the line', () => {
    const comment = '<!-- image-captioner-disable-next-line -->';
    const text = `${comment}\n<img\n  alt="image">`;
    const range = { start: 0, end: comment.length };
    const suppressions = readSuppressions(text, 'html', [{ range, text: comment.slice(4, -3) }]);
    const [start, alt] = [text.indexOf('<img'), text.indexOf('image"')];
    assert.equal(suppressions.suppress('alt-placeholder', [start, alt]), true);
    assert.equal(suppressions.suppress('alt-placeholder', [alt]), false);
  });
});
