import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { suite, test } from 'node:test';
import type { ImageReference } from '../../server/src/documents/imageReference.ts';
import type { LocatedImage } from '../../server/src/documents/locatedImage.ts';
import { altDecorativeConflict } from '../../server/src/features/rules/altDecorativeConflict.ts';
import { altDuplicate } from '../../server/src/features/rules/altDuplicate.ts';
import { altMissing } from '../../server/src/features/rules/altMissing.ts';
import { altRepeatsContext } from '../../server/src/features/rules/altRepeatsContext.ts';
import { altTooLong } from '../../server/src/features/rules/altTooLong.ts';
import { imageNotFound } from '../../server/src/features/rules/imageNotFound.ts';
import { linkImageAlt } from '../../server/src/features/rules/linkImageAlt.ts';
import { wordsOfDestination } from '../../server/src/features/rules/linkWords.ts';
import type { Rule } from '../../server/src/features/rules/rule.ts';
import { defaultSeverities, rulePage, rules } from '../../server/src/features/rules/rules.ts';
import { alone, picture } from '../support/imageReferences.ts';

type Differs = Parameters<typeof picture>[0];

/** The kinds of fixes in their order, `!` after the preferred one; null: nothing is reported. */
function fixesOf(rule: Rule, differs: Differs, located: LocatedImage | null = null): string[] | null {
  const finding = rule.check(picture(differs), { ...alone, located });
  return finding?.fixes.map((fix) => `${fix.kind}${fix.kind === 'insert-caption' && fix.preferred ? '!' : ''}`) ?? null;
}

function table(
  rule: Rule,
  cases: readonly (readonly [name: string, differs: Differs, fixes: string[] | null])[],
): void {
  suite(rule.id, () => {
    for (const [name, differs, expected] of cases) test(name, () => assert.deepEqual(fixesOf(rule, differs), expected));
  });
}

const range = { start: 0, end: 20 };
const link = (name: string | null, destination: string | null = '/about-us.html'): Pick<ImageReference, 'link'> => ({
  link: { range, destination, name },
});
const caption = (text: string): Pick<ImageReference, 'nearby'> => ({ nearby: [{ source: 'caption', text }] });

table(altMissing, [
  ['no alt', {}, ['insert-caption!', 'mark-decorative']],
  ['no way to mark it', { markDecorative: null }, ['insert-caption!']],
  ['a figure with a caption', caption('Sales'), ['insert-caption!', 'take-caption', 'mark-decorative']],
  ['an empty alt is a decision', { alt: '', kind: 'decorative' }, null],
  ['words', { alt: 'A gull' }, null],
  ['computed', { dynamicAlt: true }, null],
  ['a spread may bring one', { altMayBeReplaced: true }, null],
  ['not expected', { altExpected: false }, null],
  ['hidden', { hidden: true }, null],
  ['a style', { kind: 'css', altExpected: false }, null],
  ['all of a nameless link: another rule', { kind: 'link-only', ...link(null) }, null],
  ['all of a link that is named', { kind: 'link-only', ...link('About') }, ['name-the-target', 'insert-caption']],
  ['beside words in a link', link('About us'), ['mark-decorative', 'insert-caption']],
  ['an area', { kind: 'link-only', element: 'area', ...link(null) }, ['name-the-target']],
  ['an image button', { kind: 'link-only', element: 'input' }, ['insert-caption']],
  ['a target that only the program knows', { src: null }, ['mark-decorative']],
  ['no place for words', { altSlot: null, markDecorative: null }, []],
]);

suite('alt-missing: no caption of a picture that is not there', () => {
  const missing: LocatedImage = { kind: 'missing', candidates: ['/w/x.png'], otherCase: null };
  const remote: LocatedImage = { kind: 'remote', url: 'https://example.org/x.png' };
  test('missing', () => assert.deepEqual(fixesOf(altMissing, {}, missing), ['mark-decorative']));
  test('remote: by an explicit action', () =>
    assert.deepEqual(fixesOf(altMissing, {}, remote), ['insert-caption!', 'mark-decorative']));
});

table(linkImageAlt, [
  ['no alt', { kind: 'link-only', ...link(null) }, ['name-the-target', 'insert-caption']],
  ['empty alt', { kind: 'link-only', alt: '', ...link('') }, ['name-the-target', 'insert-caption']],
  ['blank name', { kind: 'link-only', alt: '', ...link(' \n') }, ['name-the-target', 'insert-caption']],
  ['a button', { kind: 'link-only', alt: '', ...link(null, null) }, ['insert-caption']],
  ['an address that says nothing', { kind: 'link-only', ...link(null, 'javascript:void(0)') }, ['insert-caption']],
  ['named by its alt', { kind: 'link-only', alt: 'About us', ...link(null) }, null],
  ['named otherwise', { kind: 'link-only', alt: '', ...link('About us') }, null],
  ['no link', { alt: '', kind: 'decorative' }, null],
  ['computed', { kind: 'link-only', dynamicAlt: true, ...link(null) }, null],
  ['a spread may bring one', { kind: 'link-only', altExpected: false, ...link(null) }, null],
  ['hidden', { kind: 'link-only', hidden: true, ...link(null) }, null],
  ['an area with an empty alt', { kind: 'link-only', element: 'area', alt: '', ...link(null) }, ['name-the-target']],
  ['an area without: alt-missing', { kind: 'link-only', element: 'area', ...link(null) }, null],
  ['an image button with an empty alt', { kind: 'link-only', element: 'input', alt: '' }, ['insert-caption']],
  ['blank alt: alt-whitespace', { kind: 'link-only', alt: ' ', ...link(null) }, null],
]);

table(altRepeatsContext, [
  ['the caption', { alt: 'Sales', ...caption('Sales') }, ['insert-caption', 'mark-decorative']],
  [
    'case, blanks and a full stop',
    { alt: ' sales  by\nmonth. ', nearby: [{ source: 'following', text: 'Sales by month' }] },
    ['mark-decorative'],
  ],
  ['the link', { alt: 'Home', nearby: [{ source: 'link', text: 'Home.' }] }, ['mark-decorative']],
  ['the title', { alt: 'Home', nearby: [{ source: 'title', text: 'HOME' }] }, []],
  [
    'the second of several',
    {
      alt: 'B',
      nearby: [
        { source: 'title', text: 'A' },
        { source: 'caption', text: 'b' },
      ],
    },
    ['insert-caption', 'mark-decorative'],
  ],
  ['other words', { alt: 'Sales', ...caption('Sales by month') }, null],
  ['other signs', { alt: 'Sales!', ...caption('Sales') }, null],
  ['an empty alt', { alt: '', ...caption('') }, null],
  ['blanks', { alt: ' ', ...caption('  ') }, null],
  ['a full stop alone', { alt: '.', ...caption('') }, null],
  ['composed and decomposed', { alt: 'Caf\u00e9', ...caption('Cafe\u0301') }, ['insert-caption', 'mark-decorative']],
  ['computed', { alt: null, dynamicAlt: true, ...caption('Sales') }, null],
  ['a spread may replace it', { alt: 'Sales', altMayBeReplaced: true, ...caption('Sales') }, null],
]);

table(altDecorativeConflict, [
  ['hidden', { alt: 'A gull', hidden: true }, ['remove-alt']],
  ['marked as decorative', { alt: 'A gull', kind: 'decorative' }, ['remove-alt']],
  ['empty', { alt: '', hidden: true }, null],
  ['blank', { alt: ' ', hidden: true }, null],
  ['no alt', { hidden: true }, null],
  ['not hidden', { alt: 'A gull' }, null],
  ['a spread may replace it', { alt: 'A gull', hidden: true, altMayBeReplaced: true }, null],
]);

table(altTooLong, [
  ['125', { alt: 'x'.repeat(125) }, null],
  ['126', { alt: 'x'.repeat(126) }, []],
  ['125 code points, 250 code units', { alt: '🎉'.repeat(125) }, null],
  ['126 code points', { alt: '🎉'.repeat(126) }, []],
  ['indentation is one blank', { alt: `a${' '.repeat(200)}b` }, null],
]);

suite('alt-duplicate', () => {
  const cases: readonly (readonly [name: string, before: Differs, after: Differs, reported: boolean])[] = [
    ['same alt, other picture', { alt: 'A gull', src: 'a.png' }, { alt: 'A gull', src: 'b.png' }, true],
    ['case and blanks', { alt: 'A gull', src: 'a.png' }, { alt: ' a  GULL. ', src: 'b.png' }, true],
    ['same picture', { alt: 'A gull', src: 'a.png' }, { alt: 'A gull', src: 'a.png' }, false],
    ['same picture, spelt otherwise', { alt: 'A', src: './a%20b.png?v=1' }, { alt: 'A', src: 'a b.png' }, false],
    ['remote, other query', { alt: 'A', src: 'https://e.org/?id=1' }, { alt: 'A', src: 'https://e.org/?id=2' }, true],
    [
      'one in two colour schemes',
      { alt: 'A', src: 'a.png#gh-dark-mode-only' },
      { alt: 'A', src: 'b.png#gh-light-mode-only' },
      false,
    ],
    ['other alt', { alt: 'A gull', src: 'a.png' }, { alt: 'Two gulls', src: 'b.png' }, false],
    ['empty alts', { alt: '', src: 'a.png' }, { alt: '', src: 'b.png' }, false],
    ['no alts', { src: 'a.png' }, { src: 'b.png' }, false],
    ['blank alts', { alt: ' ', src: 'a.png' }, { alt: ' ', src: 'b.png' }, false],
    ['a target that nobody knows', { alt: 'A', src: null }, { alt: 'A', src: 'b.png' }, false],
    ['text between', { alt: 'A', src: 'a.png' }, { alt: 'A', src: 'b.png', followsPrevious: false }, false],
    ['a style before', { alt: 'A', src: 'a.png', kind: 'css' }, { alt: 'A', src: 'b.png' }, false],
  ];
  for (const [name, before, after, reported] of cases) {
    test(name, () => {
      const finding = altDuplicate.check(picture({ followsPrevious: true, ...after }), {
        ...alone,
        previous: picture(before),
      });
      assert.equal(finding !== null, reported);
    });
  }
  test('the first of a document', () =>
    assert.equal(altDuplicate.check(picture({ alt: 'A', followsPrevious: true }), alone), null));
});

suite('image-not-found', () => {
  const missing = (otherCase: string | null): LocatedImage => ({
    kind: 'missing',
    candidates: ['/w/img/a.png'],
    otherCase,
  });
  const file = (otherCase: string | null): LocatedImage => ({
    kind: 'file',
    path: '/w/img/a.png',
    candidates: [],
    otherCase,
  });
  const cases: readonly (readonly [
    name: string,
    differs: Differs,
    located: LocatedImage | null,
    message: string | null,
  ])[] = [
    ['missing', { src: 'img/a%20b.png?x' }, missing(null), 'There is no picture "img/a b.png".'],
    [
      'other case',
      { src: 'img/a.png' },
      missing('/w/Img/a.png'),
      'There is no picture "img/a.png". There is "Img/a.png": upper and lower case differ.',
    ],
    ['there', {}, file(null), null],
    [
      'there, on a forgiving disk',
      { src: './img/a.png' },
      file('/w/img/A.png'),
      'The picture is called "img/A.png", not "./img/a.png": it will not be found where upper and lower case count.',
    ],
    ['nobody has looked', {}, null, null],
    ['remote', { src: 'https://e.org/a.png' }, { kind: 'remote', url: 'https://e.org/a.png' }, null],
    ['only the program knows', { src: null }, { kind: 'unknown' }, null],
    ['a style', { kind: 'css' }, missing(null), null],
    [
      'an attachment',
      { target: { written: 'a.png', range, resolution: 'attachment' } },
      missing(null),
      'The notebook has no attachment "a.png".',
    ],
  ];
  for (const [name, differs, located, message] of cases) {
    test(name, () =>
      assert.equal(imageNotFound.check(picture(differs), { previous: null, located })?.message ?? null, message),
    );
  }
  test('marks the target', () => {
    const reference = picture({ alt: 'A gull' });
    assert.deepEqual(
      imageNotFound.check(reference, { previous: null, located: missing(null) })!.range,
      reference.target.range,
    );
  });
});

suite('what an address says', () => {
  const cases: readonly (readonly [string, string | null])[] = [
    ['/about-us.html', 'About us'],
    ['https://example.org', 'example.org'],
    ['https://www.example.org/', 'example.org'],
    ['https://example.org/docs/getting_started', 'Getting started (example.org)'],
    ['//example.org/a%20bridge?c=d#e', 'A bridge (example.org)'],
    ['/', 'Home'],
    ['/index.html', 'Home'],
    ['../guide/install.md#linux', 'Install'],
    ['report.pdf', 'Report.pdf'],
    ['mailto:me@example.org?subject=x', 'E-mail me@example.org'],
    ['tel:+4912345', 'Call +4912345'],
    ['#top', null],
    ['javascript:void(0)', null],
    ['12345', null],
    ['https://example.org/a1b2c3d4e5', 'example.org'],
    ['{{ url }}', null],
    ['', null],
    ['%E0%A4%A', null],
  ];
  for (const [address, words] of cases)
    test(`${address} → ${words}`, () => assert.equal(wordsOfDestination(address), words));
});

suite('the rules', () => {
  test('each has a page, and each page a rule', () => {
    for (const { id } of rules) assert.ok(existsSync(new URL(`../../${rulePage(id)}`, import.meta.url)), rulePage(id));
    const pages = readdirSync(new URL('../../docs/rules/', import.meta.url)).filter((name) => name !== 'README.md');
    assert.deepEqual(pages.toSorted(), rules.map(({ id }) => `${id}.md`).toSorted());
  });
  test('pages and index say the default severity', () => {
    const index = readFileSync(new URL('../../docs/rules/README.md', import.meta.url), 'utf8');
    for (const { id } of rules) {
      const page = readFileSync(new URL(`../../${rulePage(id)}`, import.meta.url), 'utf8');
      assert.match(page, new RegExp(`^# ${id}$`, 'm'));
      assert.match(page, new RegExp(`Default severity: \\*\\*${defaultSeverities[id]}\\*\\*`), id);
      assert.match(index, new RegExp(`\\[${id}\\]\\(${id}\\.md\\) \\| ${defaultSeverities[id]} \\|`), id);
    }
  });
});
