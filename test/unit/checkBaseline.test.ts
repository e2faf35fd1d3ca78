import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { suite, test } from 'node:test';
import { check } from '../../server/src/cli/check.ts';
import { readProblems, refuses, run, site } from '../support/checkSite.ts';
import { Folder, runCommand } from '../support/commandRun.ts';

suite('check: baseline', () => {
  const baseline = ['.', '--baseline', 'known.json'];

  test('made when there is none; then only new problems count', async () => {
    await using folder = await Folder.with(site);
    const first = await runCommand(check, baseline, folder.path);
    assert.equal(first.exitCode, 0);
    assert.equal(first.stderr, 'known.json: made, with 3 known problems.\n');
    assert.equal(first.stdout, '3 documents, no problems\n');
    assert.deepEqual(await runCommand(check, baseline, folder.path), {
      exitCode: 0,
      stdout: '3 documents, no problems\n',
      stderr: '',
    });

    await folder.write('a.md', `New text above.\n\n${String(site['a.md'])}`);
    assert.equal((await runCommand(check, baseline, folder.path)).exitCode, 0, 'moved problems stay known');

    await folder.write('a.md', `${String(site['a.md'])}\n![](a.png)\n`);
    const more = await runCommand(check, [...baseline, '--format', 'json'], folder.path);
    assert.equal(more.exitCode, 1);
    assert.equal(readProblems(more.stdout).length, 1, 'a second one of the same kind is new');

    await folder.write('a.md', '![photo](a.png)\n');
    const other = await runCommand(check, [...baseline, '--format', 'json'], folder.path);
    assert.deepEqual(
      readProblems(other.stdout).map(({ rule }) => rule),
      ['alt-placeholder'],
      'another alt is new',
    );
    assert.equal(
      other.stderr,
      'known.json: 2 known problems are solved. Delete the file and run again to make it anew.\n',
    );
  });
  test('is the same from another folder, and for a part of the documents', async () => {
    await using folder = await Folder.with(site);
    await runCommand(check, baseline, folder.path);
    const inside = await runCommand(check, ['b.html', '--baseline', '../known.json'], path.join(folder.path, 'docs'));
    assert.deepEqual(inside, { exitCode: 0, stdout: '1 document, no problems\n', stderr: '' });
  });
  test('its content', async () => {
    await using folder = await Folder.with(site);
    await runCommand(check, baseline, folder.path);
    const content = JSON.parse(await readFile(path.join(folder.path, 'known.json'), 'utf8')) as {
      version: number;
      problems: object;
    };
    assert.equal(content.version, 1);
    assert.deepEqual(Object.keys(content.problems), ['a.md', 'docs/b.html']);
  });
  test('is not made in CI', async () => {
    await assert.rejects(run(site, baseline, { env: { CI: 'true' } }), /there is no such baseline/);
  });
  const wrong: readonly (readonly [content: string, message: RegExp])[] = [
    ['{', /known\.json: the baseline is not valid JSON/],
    ['{"version": 2, "problems": {}}', /known\.json: the baseline is not one of ours: version is not 1/],
    [
      '{"version": 1, "problems": {"a.md": [{"rule": "alt-missing"}]}}',
      /known\.json: the baseline is not one of ours: problems\.a\.md\.0\.target/,
    ],
    ['[]', /known\.json: the baseline is not one of ours/],
  ];
  for (const [content, message] of wrong)
    test(content, () => refuses({ ...site, 'known.json': content }, baseline, message));
  test('cannot be written', () =>
    refuses(site, ['.', '--baseline', 'no/such/folder/known.json'], /the baseline cannot be written/));
});
