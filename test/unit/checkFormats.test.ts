import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { png, readProblems, run, site } from '../support/checkSite.ts';

suite('check: what it says', () => {
  test('json has every field, from 1, in UTF-16', async () => {
    const { stdout, exitCode } = await run({ 'a.md': '\ufeff🎉 ![](img/a%20b.png?x)', 'img/a b.png': png }, [
      'a.md',
      '--format',
      'json',
    ]);
    const [problem] = readProblems(stdout);
    assert.equal(exitCode, 1);
    assert.ok(problem!.message.length > 10);
    const place = { line: 1, column: 4, endLine: 1, endColumn: 24 };
    assert.deepEqual(problem, {
      file: 'a.md',
      ...place,
      rule: 'alt-missing',
      severity: 'warning',
      message: problem!.message,
      target: 'img/a b.png',
    });
  });
  test('no problems: an empty list', async () => {
    assert.deepEqual(await run(site, ['docs/fine.md', '--format', 'json']), {
      exitCode: 0,
      stdout: '[]\n',
      stderr: '',
    });
  });
  test('stylish', async () => {
    const { stdout } = await run(site, ['a.md', 'docs/fine.md', '--rule', 'alt-placeholder=hint']);
    assert.deepEqual(stdout.replaceAll(/(?<=(?:warning|hint) +)[A-Z].*\. {2}/g, '…  ').split('\n'), [
      'a.md',
      '   3:1  warning  …  alt-missing',
      '  3:18  hint     …  alt-placeholder',
      '',
      '2 problems (1 warning, 1 hint) in 2 documents',
      '',
    ]);
  });
  test('stylish, nothing to read', async () => {
    assert.equal((await run({ 'empty/x.bin': 'x' }, ['empty'])).stdout, 'no documents\n');
  });
  test('stylish, nothing wrong', async () => {
    assert.equal((await run(site, ['docs/fine.md'])).stdout, '1 document, no problems\n');
  });
  test('github: annotations, escaped', async () => {
    const files = { 'a,b: c.md': '![](100%.png)', '100%.png': png, 'multi.html': '<img\nsrc="100%.png">' };
    const { stdout } = await run(files, ['.', '--format', 'github', '--rule', 'alt-missing=information']);
    const [first, second] = stdout.split('\n');
    assert.match(
      first!,
      /^::notice file=a%2Cb%3A c\.md,line=1,endLine=1,col=1,endColumn=14,title=image-captioner alt-missing::This picture/,
    );
    assert.match(second!, /^::notice file=multi\.html,line=1,endLine=2,title=image-captioner alt-missing::/);
  });
  test('github: percent signs and line ends in messages', async () => {
    const { stdout } = await run({ 'a.md': '![A gull](50%.png)' }, ['a.md', '--format', 'github']);
    assert.match(stdout, /::There is no picture "50%25\.png"\.\n$/);
  });
  test('sarif 2.1.0', async () => {
    const { stdout } = await run({ ...site, 'ü b.md': '![](a.png)', 'bad.md': new Uint8Array([0xff, 0x41]) }, [
      '.',
      '--format',
      'sarif',
      '--rule',
      'alt-placeholder=error',
    ]);
    const log = JSON.parse(stdout) as SarifLog;
    assert.equal(log.version, '2.1.0');
    const [run1] = log.runs;
    assert.equal(run1!.columnKind, 'utf16CodeUnits');
    assert.deepEqual(
      run1!.invocations[0]!.toolExecutionNotifications.map(({ message }) => message.text),
      ['bad.md: is not valid UTF-8. Save it as UTF-8.'],
    );
    const results = run1!.results.map(({ ruleId, ruleIndex, level, locations }) => {
      const { artifactLocation, region } = locations[0]!.physicalLocation;
      assert.equal(run1!.tool.driver.rules[ruleIndex]!.id, ruleId);
      return `${level} ${ruleId} ${artifactLocation.uri} ${region.startLine}:${region.startColumn}-${region.endLine}:${region.endColumn}`;
    });
    assert.deepEqual(results, [
      'warning alt-missing a.md 3:1-3:11',
      'error alt-placeholder a.md 3:18-3:23',
      'warning alt-missing docs/b.html 2:1-2:21',
      'warning alt-missing %C3%BC%20b.md 1:1-1:11',
    ]);
  });
  test('messages go to stderr alone', async () => {
    const { stdout, stderr } = await run(site, ['a.md', 'gone.md', '--format', 'json']);
    assert.equal(readProblems(stdout).length, 2);
    assert.equal(stderr, 'gone.md: there is no such file or folder.\n');
  });
});

interface SarifLog {
  readonly version: string;
  readonly runs: readonly {
    readonly columnKind: string;
    readonly tool: { readonly driver: { readonly rules: readonly { readonly id: string }[] } };
    readonly invocations: readonly {
      readonly toolExecutionNotifications: readonly { readonly message: { readonly text: string } }[];
    }[];
    readonly results: readonly {
      readonly ruleId: string;
      readonly ruleIndex: number;
      readonly level: string;
      readonly locations: readonly {
        readonly physicalLocation: {
          readonly artifactLocation: { readonly uri: string };
          readonly region: Readonly<Record<'startLine' | 'startColumn' | 'endLine' | 'endColumn', number>>;
        };
      }[];
    }[];
  }[];
}
