import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmod, symlink } from 'node:fs/promises';
import path from 'node:path';
import { suite, test } from 'node:test';
import { check } from '../../server/src/cli/check.ts';
import { png, readProblems, refuses, run, site, type Files } from '../support/checkSite.ts';
import { Folder, runCommand, type CommandWorld } from '../support/commandRun.ts';

/** `file:line:column rule severity` of each problem. */
async function problems(files: Files, args: readonly string[], options?: CommandWorld): Promise<string[]> {
  const { stdout } = await run(files, [...args, '--format', 'json'], options);
  return readProblems(stdout).map(
    ({ file, line, column, rule, severity }) => `${file}:${line}:${column} ${rule} ${severity}`,
  );
}

const expected = [
  'a.md:3:1 alt-missing warning',
  'a.md:3:18 alt-placeholder warning',
  'docs/b.html:2:1 alt-missing warning',
];

suite('check: which documents', () => {
  const found: readonly (readonly [name: string, args: string[], expected: string[], stdin?: string])[] = [
    ['the current folder', ['.'], expected],
    ['a folder', ['docs'], ['docs/b.html:2:1 alt-missing warning']],
    ['a folder with a slash', ['docs/'], ['docs/b.html:2:1 alt-missing warning']],
    ['a folder, as given', ['./docs'], ['./docs/b.html:2:1 alt-missing warning']],
    ['files, as given', ['./a.md', 'docs/b.html'], expected.map((line) => line.replace(/^a/, './a'))],
    ['a file twice', ['a.md', './a.md', '.'], expected],
    ['a glob', ['**/*.html'], ['docs/b.html:2:1 alt-missing warning']],
    ['a glob with braces', ['{docs,x}/*.{html,md}'], ['docs/b.html:2:1 alt-missing warning']],
    ['a list on stdin', ['-'], expected, 'a.md\ndocs/b.html\n'],
    ['a list with CR LF', ['-'], expected, 'a.md\r\ndocs/b.html\r\n'],
    ['a list with NUL', ['-'], expected, 'a.md\0docs/b.html\0'],
    ['an empty list', ['-'], [], ''],
  ];
  for (const [name, args, lines, stdin = ''] of found) {
    test(name, async () => assert.deepEqual(await problems(site, args, { stdin }), lines));
  }

  const ignored: readonly (readonly [name: string, files: Files, args: string[], expected: string[]])[] = [
    ['.gitignore', { '.gitignore': 'docs/\n' }, ['.'], expected.slice(0, 2)],
    ['.image-captionerignore', { '.image-captionerignore': 'a.md' }, ['.'], expected.slice(2)],
    ['an ignore file within', { 'docs/.gitignore': '*.html' }, ['.'], expected.slice(0, 2)],
    ['an ignore file above', { '.gitignore': '*.html' }, ['docs'], []],
    ['taken back', { '.gitignore': '*.html', 'docs/.gitignore': '!b.html' }, ['.'], expected],
    ['globs too', { '.gitignore': 'docs/' }, ['**/*.{md,html}'], expected.slice(0, 2)],
    ['a file named itself is checked', { '.gitignore': 'a.md' }, ['a.md'], expected.slice(0, 2)],
    ['a folder named itself is checked', { '.gitignore': 'docs/' }, ['docs'], expected.slice(2)],
    ['never node_modules or .git', { 'node_modules/x/a.md': '![](x)', '.git/a.md': '![](x)' }, ['.'], expected],
    ['not by a glob either', { 'node_modules/x/a.md': '![](x)' }, ['**/*.md'], expected.slice(0, 2)],
    ['the setting exclude', { '.image-captioner.json': '{"exclude": ["docs/*.html"]}' }, ['.'], expected.slice(0, 2)],
    [
      'a dotted folder is looked into',
      { '.github/x.md': '![](../a.png)' },
      ['.github'],
      ['.github/x.md:1:1 alt-missing warning'],
    ],
    [
      'bundles and styles are not',
      { 'x.min.js': 'const a = <img src="a.png" />;', 'x.css': 'a { background: url(no.png) }' },
      ['.'],
      expected,
    ],
  ];
  for (const [name, files, args, lines] of ignored) {
    test(name, async () => assert.deepEqual(await problems({ ...site, ...files }, args), lines));
  }

  test('links to folders are not followed, links to files are', async () => {
    await using folder = await Folder.with(site);
    await symlink('..', path.join(folder.path, 'docs', 'loop'));
    await symlink('../a.md', path.join(folder.path, 'docs', 'linked.md'));
    const { stdout } = await runCommand(check, ['docs', '--format', 'json'], folder.path);
    const files = readProblems(stdout).map(({ file }) => file);
    assert.deepEqual([...new Set(files)], ['docs/b.html', 'docs/linked.md']);
  });
  test('absolute paths', async () => {
    await using folder = await Folder.with(site);
    const file = path.join(folder.path, 'docs', 'b.html');
    const { stdout } = await runCommand(check, [file, '--format', 'json'], path.dirname(folder.path));
    assert.deepEqual(
      readProblems(stdout).map(({ file: name }) => name),
      [file.replaceAll('\\', '/')],
    );
  });
  test('languages by ending', async () => {
    const files = {
      'a.mdx': '![](a.png)',
      'a.htm': '<img src="a.png">',
      'a.tsx': 'export const A = () => <img src="a.png" />;',
      'a.txt': '![](a.png)',
    };
    const found = await problems({ ...files, 'a.png': png }, ['.']);
    assert.deepEqual(
      found.map((line) => line.split(' ')[0]),
      ['a.htm:1:1', 'a.mdx:1:1', 'a.tsx:1:24'],
    );
  });
});

suite('check: exit codes', () => {
  const codes: readonly (readonly [name: string, files: Files, args: string[], exitCode: number])[] = [
    ['nothing wrong', {}, ['docs/fine.md'], 0],
    ['a warning', {}, ['.'], 1],
    ['as many warnings as may be', {}, ['.', '--max-warnings', '3'], 0],
    ['one more', {}, ['.', '--max-warnings', '2'], 1],
    ['an error, whatever the warnings', {}, ['.', '--max-warnings', '9', '--rule', 'alt-missing=error'], 1],
    [
      'information and hints never',
      {},
      ['.', '--rule', 'alt-missing=information', '--rule', 'alt-placeholder=hint'],
      0,
    ],
    ['switched off', {}, ['.', '--rule', 'alt-missing=off', '--rule=alt-placeholder=off'], 0],
    [
      'by settings',
      { '.image-captioner.json': '{"rules": {"alt-missing": "off", "alt-placeholder": "off"}}' },
      ['.'],
      0,
    ],
    [
      'the command line over settings',
      { '.image-captioner.json': '{"rules": {"alt-missing": "off", "alt-placeholder": "off"}}' },
      ['.', '--rule', 'alt-missing=error'],
      1,
    ],
    ['an empty folder', { 'empty/x.bin': 'x' }, ['empty'], 0],
    ['a missing file', {}, ['docs/fine.md', 'gone.md'], 1],
    ['a glob that matches nothing', {}, ['*.rst'], 1],
  ];
  for (const [name, files, args, exitCode] of codes) {
    test(name, async () => assert.equal((await run({ ...site, ...files }, args)).exitCode, exitCode));
  }

  const usage: readonly (readonly [args: string[], message: RegExp])[] = [
    [[], /at least one PATH/],
    [['.', '--format', 'xml'], /--format takes stylish, json, sarif, github; not "xml"/],
    [['.', '--max-warnings', 'many'], /--max-warnings takes a whole number; not "many"/],
    [['.', '--max-warnings=-1'], /--max-warnings takes a number from 0/],
    [['.', '--rule', 'alt-mising=off'], /there is no rule "alt-mising"/],
    [['.', '--rule', 'alt-missing'], /ID=SEVERITY/],
    [['.', '--rule', 'alt-missing=loud'], /off, error, warning, information, hint; not "alt-missing=loud"/],
  ];
  for (const [args, message] of usage) test(`wrong usage: check ${args.join(' ')}`, () => refuses(site, args, message));
  test('an unknown option is not ignored', () => assert.rejects(run(site, ['.', '--fix']), /--fix/));
});

suite('check: settings file', () => {
  const wrong: readonly (readonly [content: string, message: RegExp])[] = [
    ['{', /\.image-captioner\.json: is not valid JSON/],
    ['[]', /\.image-captioner\.json: must be an object, not \[\]/],
    [
      '{"rules": {"alt-missing": "loud"}}',
      /\.image-captioner\.json: rules\.alt-missing: must be one of off.*, not "loud"/,
    ],
    ['{"rule": {}}', /\.image-captioner\.json: rule: there is no such setting/],
  ];
  for (const [content, message] of wrong) {
    test(content, () => refuses({ ...site, '.image-captioner.json': content }, ['.'], message));
  }
  test('in a folder above; its paths start there', async () => {
    await using folder = await Folder.with({
      '.image-captioner.json':
        '{"imageRoots": ["pictures"], "exclude": ["docs/out/"], "rules": {"alt-missing": "off"}}',
      'docs/a.md': '![A gull](/x.png) ![](/x.png) ![Two gulls](/y.png)',
      'docs/out/b.md': '![image](x.png)',
      'pictures/x.png': png,
    });
    const { stdout } = await runCommand(check, ['.', '--format', 'json'], path.join(folder.path, 'docs'));
    assert.deepEqual(
      readProblems(stdout).map(({ rule, target }) => [rule, target]),
      [['image-not-found', '/y.png']],
    );
  });
});

suite('check: bad input', () => {
  const bad: readonly (readonly [name: string, content: Uint8Array, message: string])[] = [
    ['invalid.md', new Uint8Array([0x21, 0xff, 0x41]), 'invalid.md: is not valid UTF-8. Save it as UTF-8.'],
    ['binary.md', new Uint8Array([0x41, 0x00, 0x42]), 'binary.md: is not a text document, but binary.'],
    ['utf16.md', new Uint8Array([0xff, 0xfe, 0x41, 0x00]), 'utf16.md: is encoded in UTF-16. Save it as UTF-8.'],
  ];
  for (const [name, content, message] of bad) {
    test(`${name}: the others go on`, async () => {
      const { stdout, stderr, exitCode } = await run({ ...site, [name]: content }, ['.', '--format', 'json']);
      assert.equal(stderr, `${message}\n`);
      assert.equal(readProblems(stdout).length, 3);
      assert.equal(exitCode, 1);
    });
  }
  test('exit code 1 also where the rest is fine', async () => {
    assert.equal((await run({ 'a.md': new Uint8Array([0xff]) }, ['a.md'])).exitCode, 1);
  });
  test('a pipe is not waited for', { skip: process.platform === 'win32' }, async () => {
    await using folder = await Folder.with(site);
    execFileSync('mkfifo', [path.join(folder.path, 'pipe.md')]);
    const { stderr } = await runCommand(check, ['pipe.md'], folder.path);
    assert.equal(stderr, 'pipe.md: is not a regular file.\n');
  });
  test('a file that may not be read', { skip: process.platform === 'win32' || process.getuid?.() === 0 }, async () => {
    await using folder = await Folder.with(site);
    await chmod(path.join(folder.path, 'a.md'), 0);
    assert.equal(
      (await runCommand(check, ['a.md'], folder.path)).stderr,
      'a.md: cannot be read: permission is denied.\n',
    );
  });
  test('an empty document', async () => assert.deepEqual(await problems({ 'a.md': '' }, ['a.md']), []));
  test('stopped', async () => {
    await assert.rejects(run(site, ['.'], { signal: AbortSignal.abort(new Error('stopped')) }), /stopped/);
  });
});

test('check loads no native code', async () => {
  await using folder = await Folder.with(site);
  const program = `
    import { check } from ${JSON.stringify(new URL('../../server/src/cli/check.ts', import.meta.url).href)};
    const io = { stdout() {}, stderr() {}, stdin: async () => '', cwd: process.argv[1], env: {}, signal: new AbortController().signal };
    await check(['.'], io);
    console.log(JSON.stringify(process.report.getReport().sharedObjects.filter((name) => name.endsWith('.node'))));`;
  const printed = execFileSync(process.execPath, ['--input-type=module', '-e', program, folder.path], {
    encoding: 'utf8',
  });
  assert.deepEqual(JSON.parse(printed), []);
});
