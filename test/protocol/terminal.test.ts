import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmod, mkdir, readFile, stat, symlink } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { Terminal } from '../support/terminal.ts';

// "a magic wand emoji" 0.92; "a croissant emoji" 0.52, wrong and unsure; "a photograph".
const [sure, unsure, photograph] = ['001-emoji.png', '000-emoji.png', '273-photo.png'];
let terminal: Terminal;

before(async () => {
  terminal = await Terminal.create();
  await terminal.file('img/wand.png', { picture: sure });
  await terminal.file('img/root.png', { picture: unsure });
  await terminal.file('img/photo.png', { picture: photograph });
});
after(() => terminal.remove());

test('caption prints a caption a line, and doubts on stderr', async () => {
  const { code, stdout, stderr } = await terminal.run(['caption', 'img/wand.png', 'img/root.png', 'img/photo.png']);
  assert.equal(code, 0);
  assert.deepEqual(stdout.split('\n'), ['a magic wand emoji', 'a croissant emoji', 'a photograph', '']);
  assert.match(stderr, /img\/root\.png: The model is not sure \(\d\d %\)/);
  assert.match(stderr, /img\/photo\.png: This looks like a photograph.*choose a larger model/);
  assert.doesNotMatch(stderr, /img\/wand\.png/);
});

test('caption --format json gives the fields of the interface; the second time from the cache', async () => {
  const first = await terminal.run(['caption', '--format', 'json', '--no-cache', 'img/wand.png', 'img/none.png']);
  assert.equal(first.code, 1);
  const [made, missing] = JSON.parse(first.stdout) as [Record<string, unknown>, Record<string, unknown>];
  assert.deepEqual(Object.keys(made).toSorted(), [
    'cached',
    'caption',
    'confidence',
    'confident',
    'file',
    'model',
    'precision',
    'timings',
    'tokens',
  ]);
  assert.equal(made['file'], 'img/wand.png');
  assert.equal(made['confident'], true);
  assert.equal(made['cached'], false);
  assert.deepEqual(missing, {
    file: 'img/none.png',
    error: { code: 'ImageUnreadable', message: 'img/none.png: cannot be read: there is no such file.' },
  });
  await terminal.run(['caption', 'img/wand.png']);
  const again = await terminal.run(['caption', '--format', 'jsonl', 'img/wand.png']);
  assert.equal((JSON.parse(again.stdout) as { cached: boolean }).cached, true);
});

test('a list comes on stdin; folders are looked through', async () => {
  const listed = await terminal.run(['caption', '--format', 'jsonl', '-'], { stdin: 'img/wand.png\nimg/photo.png\n' });
  const files = listed.stdout
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { file: string }).file);
  assert.deepEqual(files, ['img/wand.png', 'img/photo.png']);
  const folder = await terminal.run(['caption', 'img']);
  assert.equal(folder.stdout.trim().split('\n').length, 3);
});

test('pictures that cannot be read: what, which file, what to do; no stack trace', async () => {
  await terminal.file('bad/empty.png', '');
  await terminal.file('bad/text.png', 'just words');
  await terminal.file('bad/cut.png', (await readFile(terminal.path('img/wand.png'))).subarray(0, 300));
  await terminal.file('bad/icon.ico', Buffer.from([0, 0, 1, 0, 1, 0, 16, 16, 0, 0, 1, 0, 32, 0]));
  await mkdir(terminal.path('bad/folder.png'));
  execFileSync('mkfifo', [terminal.path('bad/pipe.png')]);
  const expected: readonly (readonly [string, RegExp])[] = [
    ['bad/empty.png', /bad\/empty\.png: cannot be read: the file is empty/],
    ['bad/text.png', /bad\/text\.png: This is a text, which cannot be read/],
    ['bad/cut.png', /bad\/cut\.png: The PNG picture is truncated or damaged/],
    ['bad/icon.ico', /bad\/icon\.ico: .*cannot be read/],
    ['bad/pipe.png', /bad\/pipe\.png: .*not a regular file/],
  ];
  for (const [file, message] of expected) {
    const { code, stdout, stderr } = await terminal.run(['caption', file]);
    assert.equal(code, 1, file);
    assert.equal(stdout, '', file);
    assert.match(stderr, message);
    assert.doesNotMatch(stderr, /\n\s+at /);
  }
});

test('wrong usage is exit code 2 with a sentence', async () => {
  const wrong: readonly (readonly [readonly string[], RegExp])[] = [
    [[], /Which command/],
    [['paint', 'x.png'], /no command "paint"/],
    [['caption'], /at least one FILE/],
    [['caption', '--colour', 'img/wand.png'], /--colour/],
    [['caption', '--format', 'xml', 'img/wand.png'], /--format takes text, json, jsonl/],
    [['caption', '--num-beams', 'many', 'img/wand.png'], /--num-beams takes a whole number/],
    [['caption', '--num-beams', '0', 'img/wand.png'], /num/i],
    [['caption', '--temperature', '2', 'img/wand.png'], /sample/i],
    [['write', '--shard', '3/2', '.'], /--shard takes I\/N/],
    [['write', '--min-confidence', '2', '.'], /from 0 to 1/],
  ];
  for (const [args, message] of wrong) {
    const { code, stderr } = await terminal.run(args);
    assert.equal(code, 2, args.join(' '));
    assert.match(stderr, message);
  }
});

test('a model that cannot be used is exit code 3 and says where it was looked for', async () => {
  const missing = await terminal.run(['caption', '--model', './no-model', 'img/wand.png']);
  assert.equal(missing.code, 3);
  assert.match(missing.stderr, /no-model/);
  await terminal.file('not-a-model/readme.txt', 'hello');
  const notOne = await terminal.run(['caption', '--model', './not-a-model', 'img/wand.png']);
  assert.equal(notOne.code, 3);
  assert.match(notOne.stderr, /not-a-model is not a model: it has no config\.json/);
});

test('write --dry-run prints a patch that git applies, and changes nothing', async () => {
  const source = 'Intro\r\n\r\n![](img/wand.png)\r\n\r\n![](img/root.png)\r\n';
  await terminal.file('dry.md', source);
  const { code, stdout, stderr } = await terminal.run(['write', '--dry-run', 'dry.md']);
  assert.equal(code, 0);
  assert.match(stdout, /^--- a\/dry\.md\n\+\+\+ b\/dry\.md\n@@/);
  assert.match(stderr, /dry\.md:5:1: left to a person: the model is not sure \(\d\d %\)/);
  assert.equal(await readFile(terminal.path('dry.md'), 'utf8'), source);
  execFileSync('git', ['apply', '--unsafe-paths', '-'], { cwd: terminal.folder, input: stdout });
  assert.equal(
    await readFile(terminal.path('dry.md'), 'utf8'),
    source.replace('![](img/wand', '![A magic wand emoji](img/wand'),
  );
});

test('write fills what is missing, keeps the byte order mark, the mode and what people wrote', async () => {
  const source = '\ufeff![](img/wand.png) ![mine](img/wand.png) <img src="img/wand.png" alt="">\n';
  const file = await terminal.file('kept.md', source);
  await chmod(file, 0o640);
  const { code } = await terminal.run(['write', 'kept.md']);
  assert.equal(code, 0);
  assert.equal(await readFile(file, 'utf8'), source.replace('![](', '![A magic wand emoji]('));
  assert.equal((await stat(file)).mode & 0o777, 0o640);
});

test('write --only all replaces words that say nothing; --min-confidence 0 never abstains', async () => {
  const file = await terminal.file(
    'all.md',
    '![image](img/wand.png) ![IMG_1234.png](img/root.png) ![A fine day](img/photo.png)\n',
  );
  const { code } = await terminal.run(['write', '--only', 'all', '--min-confidence', '0', 'all.md']);
  assert.equal(code, 0);
  const text = await readFile(file, 'utf8');
  assert.equal(
    text,
    '![A magic wand emoji](img/wand.png) ![A croissant emoji](img/root.png) ![A fine day](img/photo.png)\n',
  );
});

test('write: a document under two names is written once', async () => {
  await terminal.file('twice/page.md', '![](../img/wand.png)\n');
  await symlink('page.md', terminal.path('twice/same.md'));
  const { code, stderr } = await terminal.run(['write', 'twice/page.md', 'twice/same.md']);
  assert.equal(code, 0, stderr);
  assert.equal(await readFile(terminal.path('twice/page.md'), 'utf8'), '![A magic wand emoji](../img/wand.png)\n');
  assert.match(stderr, /^1 alt text written/mu);
});

test('write: a picture that is not there fails, the others are written', async () => {
  const file = await terminal.file('some.md', '![](img/none.png)\n\n![](img/wand.png)\n');
  const { code, stderr } = await terminal.run(['write', 'some.md']);
  assert.equal(code, 1);
  assert.match(stderr, /some\.md:1:1: failed: there is no file .*none\.png/);
  assert.equal(await readFile(file, 'utf8'), '![](img/none.png)\n\n![A magic wand emoji](img/wand.png)\n');
});

test('shards together are the whole, and merge joins their reports', async () => {
  const names = Array.from({ length: 12 }, (_, index) => `shards/page${index}.md`);
  for (const name of names) await terminal.file(name, '![](../img/wand.png)\n');
  for (const shard of ['1/3', '2/3', '3/3']) {
    const run = await terminal.run([
      'write',
      'shards',
      '--dry-run',
      '--shard',
      shard,
      '--report',
      `report-${shard[0]}.json`,
    ]);
    assert.equal(run.code, 0);
  }
  const { code, stdout } = await terminal.run(['merge', 'report-1.json', 'report-2.json', 'report-3.json']);
  assert.equal(code, 0);
  const merged = JSON.parse(stdout) as { written: number; documents: { file: string }[] };
  assert.equal(merged.written, 12);
  assert.deepEqual(merged.documents.map(({ file }) => file).toSorted(), names.toSorted());
  const twice = await terminal.run(['merge', 'report-1.json', 'report-1.json']);
  assert.equal(twice.code, 2);
});

test('models list names the built-in model and where it is', async () => {
  const { code, stdout } = await terminal.run(['models', 'list', '--format', 'json']);
  assert.equal(code, 0);
  const [model] = JSON.parse(stdout) as { id: string; source: string; bytes: number }[];
  assert.equal(model?.id, 'built-in');
  assert.ok(model.bytes > 19_000_000);
});
