import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { TextEdit } from '../../server/src/documents/imageReference.ts';
import { parseDocument } from '../../server/src/documents/parse.ts';
import { findProblems } from '../../server/src/features/diagnostics.ts';
import { quickFixes, type QuickFix } from '../../server/src/features/quickFixes.ts';
import { defaultSeverities } from '../../server/src/features/rules/rules.ts';

interface Offer {
  /** The document without the cursor's mark. */
  readonly text: string;
  readonly fixes: readonly QuickFix[];
}

/** What is offered at the reference in which `┃` stands. */
async function offer(languageId: string, marked: string, cached: string | null = null): Promise<Offer> {
  const cursor = marked.indexOf('┃');
  const text = marked.replace('┃', '');
  const parsed = await parseDocument(text, languageId, { imageComponents: [] });
  const document = { text, languageId, parsed };
  const problems = findProblems(document, defaultSeverities);
  const touched = parsed.references.filter(({ range }) => range.start <= cursor && cursor <= range.end);
  return { text, fixes: await quickFixes({ document, problems, cachedAlt: () => Promise.resolve(cached) }, touched) };
}

/** `!` preferred, `~` not a quick fix but a rewriting that one asks for, `#` on save. */
function shown({ title, kind, preferred }: QuickFix): string {
  return `${kind === 'quickfix' ? '' : kind === 'refactor.rewrite' ? '~' : '#'}${title}${preferred ? '!' : ''}`;
}

function apply(text: string, edits: readonly TextEdit[]): string {
  return edits
    .toSorted((a, b) => b.range.start - a.range.start)
    .reduce((result, { range, newText }) => result.slice(0, range.start) + newText + result.slice(range.end), text);
}

const decorative = 'Mark as decorative';

suite('which fixes are offered', () => {
  const cases: readonly (readonly [name: string, languageId: string, document: string, titles: string[]])[] = [
    ['no alt', 'markdown', '![┃](a.png)', ['Insert alt text!', decorative]],
    ['a placeholder', 'markdown', '![image┃](a.png)', ['Insert alt text!', decorative]],
    ['a file name', 'html', '<img src="a.png" alt="a.png┃">', ['Insert alt text!']],
    [
      'all of a link',
      'markdown',
      '[![┃](a.png)](https://example.org/docs)',
      ['Name where it leads: Docs (example.org)', 'Insert alt text'],
    ],
    ['all of a button', 'html', '<button><img ┃src="a.png" alt=""></button>', ['Insert alt text']],
    ['beside words in a link', 'html', '<a href="/"><img ┃src="a.png"> Home</a>', [decorative, 'Insert alt text']],
    [
      'in a figure',
      'html',
      '<figure><img ┃src="a.png"><figcaption>Sales</figcaption></figure>',
      ['Insert alt text!', 'Take the caption: Sales', decorative],
    ],
    [
      'repeats the caption',
      'html',
      '<figure><img ┃src="a.png" alt="Sales"><figcaption>Sales</figcaption></figure>',
      ['Replace alt text', decorative],
    ],
    [
      'repeats the link',
      'html',
      '<a href="/"><img ┃src="a.png" alt="Home"> Home</a>',
      [decorative, '~Replace alt text'],
    ],
    [
      'a prefix',
      'markdown',
      '![Image of two gulls┃](a.png)',
      ['Remove the prefix: Two gulls', '~Replace alt text', '#Remove redundant prefixes of alt texts'],
    ],
    [
      'hidden',
      'html',
      '<img ┃src="a.png" aria-hidden="true" alt="A gull">',
      ['Remove the alt text that nobody gets', '~Replace alt text'],
    ],
    ['decorative: only on request', 'html', '<img ┃src="a.png" alt="">', ['~Insert alt text']],
    ['fine: only on request', 'markdown', '![A gull┃](a.png)', ['~Replace alt text']],
    ['computed', 'javascriptreact', 'const A = (p) => <img ┃src="a.png" alt={p.alt} />;', []],
    ['a style', 'html', '<p style="background: url(┃a.png)">x</p>', []],
    [
      'an area',
      'html',
      '<map name="m"><area ┃shape="circle" coords="1,1,1" href="/about.html"></map>',
      ['Name where it leads: About'],
    ],
    [
      'a file of several',
      'markdown',
      '![┃](a.png)\n\n![](b.png)',
      ['Insert alt text!', decorative, 'Insert alt text for all 2 images of this file'],
    ],
    [
      'several prefixes',
      'markdown',
      '![Image of a┃](a.png)\n\n![Photo of b](b.png)',
      [
        'Remove the prefix: A',
        '~Replace alt text',
        'Fix all 2 "alt-redundant-prefix" problems of this file',
        '#Remove redundant prefixes of alt texts',
      ],
    ],
    ['no reference here', 'markdown', 'Te┃xt\n\n![](a.png)', []],
  ];
  for (const [name, languageId, document, titles] of cases) {
    test(name, async () => assert.deepEqual((await offer(languageId, document)).fixes.map(shown), titles));
  }
});

suite('a caption that is known already', () => {
  const cases: readonly (readonly [document: string, titles: string[]])[] = [
    ['![┃](a.png)', ['Insert alt text: Two gulls!', 'Insert another suggestion', decorative]],
    ['![A gull┃](a.png)', ['~Replace alt text: Two gulls', '~Insert another suggestion']],
    ['[![┃](a.png)](/)', ['Name where it leads: Home', 'Insert alt text: Two gulls', 'Insert another suggestion']],
  ];
  for (const [document, titles] of cases) {
    test(document, async () =>
      assert.deepEqual((await offer('markdown', document, 'Two gulls')).fixes.map(shown), titles),
    );
  }
  test('a long one is cut in the menu', async () => {
    const { fixes } = await offer('markdown', '![┃](a.png)', 'word '.repeat(40).trim());
    assert.ok(fixes[0]!.title.length < 110 && fixes[0]!.title.endsWith('…'));
  });
});

suite('what the fixes do', () => {
  const cases: readonly (readonly [languageId: string, document: string, title: string, result: string])[] = [
    ['markdown', '![Image of two gulls┃](a.png)', 'Remove the prefix: Two gulls', '![Two gulls](a.png)'],
    ['html', "<img src=a.png alt='photo of a ┃gull'>", 'Remove the prefix: a gull', "<img src=a.png alt='a gull'>"],
    [
      'markdown',
      '[![┃](a.png)](/docs/my_page.html)',
      'Name where it leads: My page',
      '[![My page](a.png)](/docs/my_page.html)',
    ],
    [
      'html',
      '<figure><img ┃src="a.png" alt="image"><figcaption>Fish\n &amp; "chips"</figcaption></figure>',
      'Take the caption: Fish & "chips"',
      '<figure><img src="a.png" alt="Fish &amp; &quot;chips&quot;"><figcaption>Fish\n &amp; "chips"</figcaption></figure>',
    ],
    [
      'html',
      '<img ┃src="a.png" role="presentation" alt="A gull">',
      'Remove the alt text that nobody gets',
      '<img src="a.png" role="presentation" alt="">',
    ],
    [
      'markdown',
      '![Image of a┃](a.png)\n\n![Photo of b](b.png)',
      'Fix all 2 "alt-redundant-prefix" problems of this file',
      '![A](a.png)\n\n![B](b.png)',
    ],
    [
      'markdown',
      '![Image of a┃](a.png)\n\n![](b.png)\n\n![image](c.png)',
      'Remove redundant prefixes of alt texts',
      '![A](a.png)\n\n![](b.png)\n\n![image](c.png)',
    ],
  ];
  for (const [languageId, document, title, result] of cases) {
    test(`${document} · ${title}`, async () => {
      const { text, fixes } = await offer(languageId, document);
      const fix = fixes.find((one) => one.title === title);
      assert.equal(fix?.action, 'edit', fixes.map(shown).join(' | '));
      assert.equal(apply(text, fix.edits), result);
    });
  }
  test('words that stand there are only replaced where the fix says so', async () => {
    const replaces = async (document: string): Promise<boolean | undefined> => {
      const [fix] = (await offer('markdown', document)).fixes;
      return fix?.action === 'insert-caption' ? fix.replace : undefined;
    };
    assert.equal(await replaces('![┃](a.png)'), false);
    assert.equal(await replaces('![image┃](a.png)'), true);
    assert.equal(await replaces('![A gull┃](a.png)'), true);
  });
  test('"fix all on save" never writes a caption', async () => {
    const { fixes } = await offer('markdown', '![┃](a.png)\n\n![image](b.png)', 'Two gulls');
    assert.deepEqual(
      fixes.filter(({ kind }) => kind.startsWith('source.')),
      [],
    );
  });
});
