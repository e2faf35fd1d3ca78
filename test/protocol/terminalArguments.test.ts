/** What a command line says before any picture is looked at: flags, their ranges, which files are meant. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import sharp from 'sharp';
import { Terminal } from '../support/terminal.ts';

let terminal: Terminal;

before(async () => {
  terminal = await Terminal.create();
  await terminal.file('wand.png', { picture: '001-emoji.png' });
});
after(() => terminal.remove());

const outOfRange: readonly (readonly [readonly string[], RegExp])[] = [
  [['--num-beams', '-1'], /--num-beams is -1; it must be a whole number, 1…16/],
  [['--num-beams=-1'], /--num-beams is -1; it must be a whole number, 1…16/],
  [['--max-new-tokens', '0'], /--max-new-tokens is 0; it must be a whole number from 1/],
  [['--min-new-tokens', '9', '--max-new-tokens', '8'], /--min-new-tokens is 9; it must be a whole number, 0…8/],
  [['--length-penalty', '-11'], /--length-penalty is -11; it must be -10…10/],
  [['--repetition-penalty', '0'], /--repetition-penalty is 0; it must be 0\.01…100/],
  [['--no-repeat-ngram-size', '-2'], /--no-repeat-ngram-size is -2; it must be a whole number, 0…100/],
  [['--num-return-sequences', '4', '--num-beams', '3'], /--num-return-sequences is 4; it must be 1…3/],
  [['--temperature', '1'], /--temperature acts only with --do-sample/],
  [['--top-k', '5'], /--top-k acts only with --do-sample/],
  [['--top-p', '0.5'], /--top-p acts only with --do-sample/],
  [['--seed', '1'], /--seed acts only with --do-sample/],
  [['--do-sample', '--temperature', '-0.5'], /--temperature is -0\.5; it must be 0\.01…100/],
  [['--do-sample', '--top-p', '1.5'], /--top-p is 1\.5; it must be above 0, at most 1/],
  [['--do-sample', '--seed', '-1'], /--seed is -1; it must be a whole number, 0…/],
  [['--do-sample', '--num-beams', '2'], /--num-beams is 2; it must be 1 with --do-sample/],
];

for (const command of ['caption', 'write']) {
  test(`${command}: an option outside its range is wrong usage, named as it was given, whatever there is to caption`, async () => {
    for (const [flags, message] of outOfRange) {
      const { code, stdout, stderr } = await terminal.run([command, 'none.md', ...flags]);
      assert.deepEqual([code, stdout], [2, ''], flags.join(' '));
      assert.match(stderr, message);
    }
  });
}

test('a flag that there is not, one without its value, and one that takes none', async () => {
  for (const [args, message] of [
    [['caption', 'wand.png', '--colour=red'], /Unknown option --colour\./],
    [['check', '.', '-x'], /Unknown option -x\..*\.\/-x/],
    [['caption', 'wand.png', '--prompt'], /--prompt needs a value/],
    [['caption', '--prompt', '--format', 'json', 'wand.png'], /--prompt needs a value/],
    [['caption', 'wand.png', '--no-cache=1'], /--no-cache takes no value/],
  ] as const) {
    const { code, stderr } = await terminal.run(args);
    assert.equal(code, 2, args.join(' '));
    assert.match(stderr, message);
  }
});

test('a negative number is the value of the flag before it; after -- a name may begin with a dash', async () => {
  await terminal.file('-1.png', { picture: '001-emoji.png' });
  const flags = ['--num-beams', '3', '--length-penalty', '-1', '--num-return-sequences', '2'];
  const { code, stdout } = await terminal.run(['caption', ...flags, '--format', 'json', '--', '-1.png']);
  assert.equal(code, 0);
  const [made] = JSON.parse(stdout) as { file: string; candidates: unknown[] }[];
  assert.deepEqual([made?.file, made?.candidates.length], ['-1.png', 2]);
});

test('a file that is named twice is answered twice; a pattern that matches nothing is a failure', async () => {
  const twice = await terminal.run(['caption', 'wand.png', './wand.png', 'wand.*', '--format', 'jsonl']);
  const names = twice.stdout
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { file: string }).file);
  assert.deepEqual(names, ['wand.png', './wand.png']);
  const none = await terminal.run(['caption', '*.gif', 'wand.png']);
  assert.deepEqual([none.code, none.stdout], [1, 'a magic wand emoji\n']);
  assert.match(none.stderr, /\*\.gif: no file matches this pattern/);
});

test('write passes alpha and the cache on as caption does', async () => {
  // A picture drawn in its alpha alone: black on black where alpha is dropped.
  const circle =
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9" width="90" height="90"><circle cx="5" cy="5" r="4"/></svg>';
  await terminal.file('shape.png', await sharp(Buffer.from(circle)).png().toBuffer());
  const captions = new Map<string, string>();
  for (const alpha of ['white', 'drop']) {
    const { stdout } = await terminal.run(['caption', '--alpha', alpha, '--no-cache', 'shape.png']);
    captions.set(alpha, stdout.trim());
  }
  assert.notEqual(captions.get('white'), captions.get('drop'));
  for (const [alpha, words] of captions) {
    await terminal.file('alpha.md', '![](shape.png)\n');
    await terminal.run(['write', 'alpha.md', '--alpha', alpha, '--no-cache', '--min-confidence', '0']);
    const written = await readFile(terminal.path('alpha.md'), 'utf8');
    assert.equal(written.toLowerCase(), `![${words}](shape.png)\n`);
  }
});

test('help and version are answered by every command, on stdout', async () => {
  for (const args of [['--help'], ['-h'], ['write', '-h'], ['check', '.', '--help']]) {
    const { code, stdout } = await terminal.run(args);
    assert.equal(code, 0, args.join(' '));
    assert.match(stdout, /caption FILE…/);
  }
  const { version } = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  assert.deepEqual(await terminal.run(['--version']), { code: 0, stdout: `${version}\n`, stderr: '' });
});

test('lsp ends when its client has gone, without a word', async () => {
  assert.deepEqual(await terminal.run(['lsp', '--stdio']), { code: 1, stdout: '', stderr: '' });
});
