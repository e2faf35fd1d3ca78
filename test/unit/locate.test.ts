import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readDataUrl } from '../../server/src/documents/dataUrl.ts';
import { diskFileSystem } from '../../server/src/documents/fileSystem.ts';
import type { ImageTarget } from '../../server/src/documents/imageReference.ts';
import { locateImage } from '../../server/src/documents/locate.ts';
import { createLocateWorld } from '../../server/src/documents/locateWorld.ts';
import { memoryFileSystem } from '../support/memoryFileSystem.ts';
import type { MemoryDisk } from '../support/memoryFileSystem.ts';

interface Case extends MemoryDisk {
  readonly says: string;
  readonly written: string | null;
  readonly document?: string;
  readonly files?: readonly string[];
  /** Files with content: tsconfig.json and its kin. */
  readonly texts?: Readonly<Record<string, string>>;
  readonly roots?: readonly string[];
  readonly imageRoots?: readonly string[];
  readonly target?: Partial<ImageTarget>;
  /** `file PATH`, `missing FIRST-CANDIDATE`, `remote URL` … and `(case: PATH)` where only the case differs. */
  readonly expected: string;
}

async function located(given: Case): Promise<string> {
  const files = Object.fromEntries((given.files ?? []).map((path) => [path, 'x']));
  const disk = memoryFileSystem({ ...files, ...given.texts }, given);
  const world = createLocateWorld(disk, given.roots ?? ['/w'], given.imageRoots ?? []);
  const target: ImageTarget = {
    written: given.written,
    range: { start: 0, end: 0 },
    resolution: 'url',
    ...given.target,
  };
  const found = await locateImage(target, given.document ?? '/w/docs/page.md', world);
  switch (found.kind) {
    case 'file':
      return `file ${found.path}${found.otherCase === null ? '' : ` (case: ${found.otherCase})`}`;
    case 'missing':
      return `missing ${found.candidates[0] ?? ''}${found.otherCase === null ? '' : ` (case: ${found.otherCase})`}`;
    case 'remote':
    case 'data':
      return `${found.kind} ${found.url}`;
    case 'unknown':
      return 'unknown';
  }
}

function table(name: string, cases: readonly Case[]): void {
  for (const given of cases) {
    test(`${name}: ${given.says}`, async () => assert.equal(await located(given), given.expected));
  }
}

// oxfmt-ignore
table('beside the document', [
  { says: 'relative', written: 'img/a.png', files: ['/w/docs/img/a.png'], expected: 'file /w/docs/img/a.png' },
  { says: 'dot', written: './a.png', files: ['/w/docs/a.png', '/w/a.png'], expected: 'file /w/docs/a.png' },
  { says: 'up', written: '../a.png', files: ['/w/a.png'], expected: 'file /w/a.png' },
  { says: 'up and out of the workspace', written: '../../a.png', files: ['/a.png'], expected: 'file /a.png' },
  { says: 'missing', written: 'img/a.png', expected: 'missing /w/docs/img/a.png' },
  { says: 'blanks and line ends around and in a URL', written: ' im\ng/a.png\t', files: ['/w/docs/img/a.png'], expected: 'file /w/docs/img/a.png' },
  { says: 'beside wins over root', written: 'a.png', files: ['/w/a.png', '/w/docs/a.png'], expected: 'file /w/docs/a.png' },
  { says: 'else from the root', written: 'assets/a.png', files: ['/w/assets/a.png'], expected: 'file /w/assets/a.png' },
  { says: 'else from public', written: 'a.png', files: ['/w/public/a.png'], expected: 'file /w/public/a.png' },
  { says: 'an explicit ./ is only beside', written: './a.png', files: ['/w/a.png'], expected: 'missing /w/docs/a.png' },
  { says: 'nothing written', written: '', expected: 'unknown' },
  { says: 'a fragment alone', written: '#icon', expected: 'unknown' },
  { says: 'computed', written: null, expected: 'unknown' },
  { says: 'a folder is no picture', written: 'a.png', files: ['/w/docs/a.png/x'], expected: 'missing /w/docs/a.png' },
  { says: 'a pipe is no picture', written: 'a.png', devices: ['/w/docs/a.png'], expected: 'missing /w/docs/a.png' },
  { says: 'a NUL in the name', written: 'a%00.png', expected: 'missing /w/docs/a%00.png' },
  { says: 'no workspace', written: '/a.png', roots: [], files: ['/w/docs/a.png'], expected: 'file /w/docs/a.png' },
]);

// oxfmt-ignore
table('rooted', [
  { says: 'root', written: '/i/a.png', files: ['/w/i/a.png', '/w/public/i/a.png'], expected: 'file /w/i/a.png' },
  { says: 'public', written: '/i/a.png', files: ['/w/static/i/a.png', '/w/public/i/a.png'], expected: 'file /w/public/i/a.png' },
  { says: 'static', written: '/i/a.png', files: ['/w/static/i/a.png'], expected: 'file /w/static/i/a.png' },
  { says: 'image roots after static', written: '/a.png', imageRoots: ['site/media', '/else'], files: ['/else/a.png', '/w/site/media/a.png'], expected: 'file /w/site/media/a.png' },
  { says: 'an absolute image root', written: '/a.png', imageRoots: ['/else'], files: ['/else/a.png'], expected: 'file /else/a.png' },
  { says: 'never the disk’s root', written: '/etc/a.png', files: ['/etc/a.png'], expected: 'missing /w/etc/a.png' },
  { says: 'unless it is the workspace’s own path', written: '/w/docs/a.png', files: ['/w/docs/a.png'], expected: 'file /w/docs/a.png' },
  { says: 'or a plain path', written: '/etc/a.png', target: { resolution: 'path' }, files: ['/etc/a.png'], expected: 'file /etc/a.png' },
  { says: 'a package’s own public folder', written: '/a.png', document: '/w/packages/site/src/x/App.jsx', files: ['/w/packages/site/public/a.png'], expected: 'file /w/packages/site/public/a.png' },
  { says: 'the document’s root first', written: '/a.png', roots: ['/v', '/w'], files: ['/v/a.png', '/w/static/a.png'], expected: 'file /w/static/a.png' },
  { says: 'then the other roots', written: '/a.png', roots: ['/w', '/v'], files: ['/v/public/a.png'], expected: 'file /v/public/a.png' },
  { says: 'the innermost of nested roots', written: '/a.png', roots: ['/w', '/w/docs'], files: ['/w/a.png', '/w/docs/a.png'], expected: 'file /w/docs/a.png' },
  { says: 'missing: the root', written: '/i/a.png', expected: 'missing /w/i/a.png' },
]);

// oxfmt-ignore
table('spelling', [
  { says: 'percent', written: 'a%20b.png', files: ['/w/docs/a b.png'], expected: 'file /w/docs/a b.png' },
  { says: 'percent, UTF-8', written: '%C3%BC.png', files: ['/w/docs/ü.png'], expected: 'file /w/docs/ü.png' },
  { says: 'malformed percent', written: '100%.png', files: ['/w/docs/100%.png'], expected: 'file /w/docs/100%.png' },
  { says: 'percent that is no UTF-8', written: '%E4%20.png', files: ['/w/docs/%E4%20.png'], expected: 'file /w/docs/%E4%20.png' },
  { says: 'percent really in the name', written: 'a%20b.png', files: ['/w/docs/a%20b.png'], expected: 'file /w/docs/a%20b.png' },
  { says: 'no percent-encoding in a plain path', written: 'a%20b.png', target: { resolution: 'path' }, files: ['/w/docs/a%20b.png', '/w/docs/a b.png'], expected: 'file /w/docs/a%20b.png' },
  { says: 'query', written: 'a.png?raw=true', files: ['/w/docs/a.png'], expected: 'file /w/docs/a.png' },
  { says: 'fragment', written: 'a.svg#icon', files: ['/w/docs/a.svg'], expected: 'file /w/docs/a.svg' },
  { says: 'encoded question mark', written: 'a%3Fb.png', files: ['/w/docs/a?b.png', '/w/docs/a'], expected: 'file /w/docs/a?b.png' },
  { says: 'encoded hash', written: 'a%231.png', files: ['/w/docs/a#1.png'], expected: 'file /w/docs/a#1.png' },
  { says: 'hash in the name', written: 'a#1.png', files: ['/w/docs/a#1.png'], expected: 'file /w/docs/a#1.png' },
  { says: 'missing: without its query', written: 'a.png?x#y', expected: 'missing /w/docs/a.png' },
  { says: 'composed, on disk decomposed', written: 'é.png', files: ['/w/docs/e\u0301.png'], expected: 'file /w/docs/e\u0301.png' },
  { says: 'decomposed, on disk composed', written: 'e\u0301.png', files: ['/w/docs/\u00e9.png'], expected: 'file /w/docs/\u00e9.png' },
  { says: 'backslashes', written: 'img\\sub\\a.png', files: ['/w/docs/img/sub/a.png'], expected: 'file /w/docs/img/sub/a.png' },
  { says: 'a backslash in the name', written: 'a\\b.png', files: ['/w/docs/a\\b.png'], expected: 'file /w/docs/a\\b.png' },
  { says: 'another case', written: 'Img/A.PNG', files: ['/w/docs/img/a.png'], expected: 'missing /w/docs/Img/A.PNG (case: /w/docs/img/a.png)' },
  { says: 'another case in public', written: '/A.png', files: ['/w/public/a.png'], expected: 'missing /w/A.png (case: /w/public/a.png)' },
  { says: 'another case on a disk that forgives', written: 'Img/A.PNG', caseSensitive: false, files: ['/w/docs/img/a.png'], expected: 'file /w/docs/Img/A.PNG (case: /w/docs/img/a.png)' },
  { says: 'the right case on a disk that forgives', written: 'Img/A.PNG', caseSensitive: false, files: ['/w/docs/Img/A.PNG'], expected: 'file /w/docs/Img/A.PNG' },
]);

// oxfmt-ignore
table('URLs', [
  { says: 'https', written: 'https://x.org/a.png?b', expected: 'remote https://x.org/a.png?b' },
  { says: 'upper case', written: 'HTTP://x.org/a.png', expected: 'remote HTTP://x.org/a.png' },
  { says: 'of the page’s protocol', written: '//cdn/a.png', files: ['/cdn/a.png'], expected: 'remote //cdn/a.png' },
  { says: 'a Windows share', written: '\\\\host\\share\\a.png', target: { resolution: 'path' }, expected: 'remote \\\\host\\share\\a.png' },
  { says: 'data', written: 'data:image/gif;base64,AAAA', expected: 'data data:image/gif;base64,AAAA' },
  { says: 'a scheme nobody knows', written: 'blob:abc', expected: 'unknown' },
  { says: 'file', written: 'file:///x/a%20b.png', files: ['/x/a b.png'], expected: 'file /x/a b.png' },
  { says: 'file, localhost', written: 'file://localhost/w/a.png', files: ['/w/a.png'], expected: 'file /w/a.png' },
  { says: 'file on another host', written: 'file://server/share/a.png', expected: 'remote file://server/share/a.png' },
  { says: 'file, drive letter', written: 'file:///C:/x/a%20b.png', files: ['C:/x/a b.png'], expected: 'file C:/x/a b.png' },
  { says: 'attachment, in the document', written: 'attachment:a.png', target: { resolution: 'attachment', data: 'data:image/png;base64,AA==' }, expected: 'data data:image/png;base64,AA==' },
  { says: 'attachment, lost', written: 'attachment:a.png', target: { resolution: 'attachment' }, expected: 'missing ' },
]);

// oxfmt-ignore
table('Windows', [
  { says: 'drive', written: 'C:\\x\\a.png', files: ['C:/x/a.png'], expected: 'file C:/x/a.png' },
  { says: 'document with backslashes', written: '..\\a.png', document: 'C:\\w\\docs\\page.md', roots: ['c:\\w'], files: ['C:/w/a.png'], expected: 'file C:/w/a.png' },
  { says: 'rooted, drive letter in the other case', written: '/a.png', document: 'C:\\w\\docs\\page.md', roots: ['D:\\v', 'c:\\w'], files: ['D:/v/a.png', 'c:/w/public/a.png'], expected: 'file c:/w/public/a.png' },
  { says: 'above the drive', written: '../../../a.png', document: 'C:\\w\\page.md', roots: ['C:\\w'], expected: 'unknown' },
  { says: 'a document on a share', written: 'a.png', document: '\\\\wsl.localhost\\Ubuntu\\w\\page.md', roots: ['\\\\wsl.localhost\\Ubuntu\\w'], files: ['//wsl.localhost/Ubuntu/w/a.png'], expected: 'file //wsl.localhost/Ubuntu/w/a.png' },
]);

// oxfmt-ignore
table('prefixes and endings', [
  { says: 'folder', written: 'a.png', target: { prefixes: ['img/'] }, files: ['/w/docs/img/a.png'], expected: 'file /w/docs/img/a.png' },
  { says: 'first that exists', written: 'a.png', target: { prefixes: ['x/', './y/'] }, files: ['/w/docs/y/a.png'], expected: 'file /w/docs/y/a.png' },
  { says: 'missing: the first', written: 'a.png', target: { prefixes: ['x/', 'y/'] }, expected: 'missing /w/docs/x/a.png' },
  { says: 'a base URL’s last part', written: 'a.png', target: { prefixes: ['x/page.html?y/z'] }, files: ['/w/docs/x/a.png'], expected: 'file /w/docs/x/a.png' },
  { says: 'the folder above', written: 'a.png', target: { prefixes: ['..'] }, files: ['/w/a.png'], expected: 'file /w/a.png' },
  { says: 'a host alone', written: 'a.png', target: { prefixes: ['https://x.org'] }, expected: 'remote https://x.org/a.png' },
  { says: 'a plain folder', written: 'a.png', target: { prefixes: ['x'], resolution: 'path' }, files: ['/w/docs/x/a.png'], expected: 'file /w/docs/x/a.png' },
  { says: 'rooted prefix', written: 'a.png', target: { prefixes: ['/assets/'] }, files: ['/w/public/assets/a.png'], expected: 'file /w/public/assets/a.png' },
  { says: 'rooted target', written: '/a.png', target: { prefixes: ['img'] }, files: ['/w/a.png'], expected: 'file /w/a.png' },
  { says: 'else beside the document', written: 'a.png', target: { prefixes: ['/'] }, files: ['/w/docs/a.png'], expected: 'file /w/docs/a.png' },
  { says: 'a base elsewhere', written: 'a.png', target: { prefixes: ['https://x.org/i/'] }, expected: 'remote https://x.org/i/a.png' },
  { says: 'a base elsewhere, rooted', written: '/a.png', target: { prefixes: ['//x.org/i/'] }, expected: 'remote https://x.org/a.png' },
  { says: 'ending', written: 'plot', target: { resolution: 'path', extensions: ['.pdf', '.png'] }, files: ['/w/docs/plot.png'], expected: 'file /w/docs/plot.png' },
  { says: 'ending after a full stop', written: 'fig.v2', target: { resolution: 'path', extensions: ['.pdf', '.png'] }, files: ['/w/docs/fig.v2.png'], expected: 'file /w/docs/fig.v2.png' },
]);

const vite = `{
  // Vite's own template
  "files": [],
  "references": [{ "path": "./tsconfig.app.json" },],
}`;

// oxfmt-ignore
table('imports', [
  { says: 'relative', written: './a.png', target: { resolution: 'module' }, files: ['/w/docs/a.png'], expected: 'file /w/docs/a.png' },
  { says: 'rooted', written: '/a.png', target: { resolution: 'module' }, files: ['/w/public/a.png'], expected: 'file /w/public/a.png' },
  { says: 'query', written: './a.png?w=300&format=webp', target: { resolution: 'module' }, files: ['/w/docs/a.png'], expected: 'file /w/docs/a.png' },
  { says: 'loader', written: '!!url-loader?limit=1!./a.png', target: { resolution: 'module' }, files: ['/w/docs/a.png'], expected: 'file /w/docs/a.png' },
  { says: 'a package', written: 'pkg/a.png', target: { resolution: 'module' }, files: ['/w/node_modules/pkg/a.png'], expected: 'file /w/node_modules/pkg/a.png' },
  { says: 'a package with ~', written: '~pkg/a.png', target: { resolution: 'module' }, files: ['/w/node_modules/pkg/a.png'], expected: 'file /w/node_modules/pkg/a.png' },
  { says: 'a package that is not there', written: 'pkg/a.png', target: { resolution: 'module' }, expected: 'unknown' },
  { says: '@ by convention', written: '@/a.png', target: { resolution: 'module' }, files: ['/w/src/a.png'], expected: 'file /w/src/a.png' },
  { says: '$lib', written: '$lib/a.png', target: { resolution: 'module' }, files: ['/w/src/lib/a.png'], expected: 'file /w/src/lib/a.png' },
  { says: '@ that is not there', written: '@/a.png', target: { resolution: 'module' }, expected: 'unknown' },
  { says: 'paths', written: '#img/a.png', target: { resolution: 'module' }, texts: { '/w/tsconfig.json': '{"compilerOptions":{"paths":{"#img/*":["./assets/*"]}}}' }, files: ['/w/assets/a.png'], expected: 'file /w/assets/a.png' },
  { says: 'paths: missing', written: '#img/a.png', target: { resolution: 'module' }, texts: { '/w/tsconfig.json': '{"compilerOptions":{"paths":{"#img/*":["./assets/*"]}}}' }, expected: 'missing /w/assets/a.png' },
  { says: 'paths with baseUrl', written: '@img/a.png', target: { resolution: 'module' }, texts: { '/w/tsconfig.json': '{"compilerOptions":{"baseUrl":"src","paths":{"@img/*":["none/*","img/*"]}}}' }, files: ['/w/src/img/a.png'], expected: 'file /w/src/img/a.png' },
  { says: 'baseUrl alone', written: 'img/a.png', target: { resolution: 'module' }, texts: { '/w/jsconfig.json': '{"compilerOptions":{"baseUrl":"./src"}}' }, files: ['/w/src/img/a.png'], expected: 'file /w/src/img/a.png' },
  { says: 'the longest pattern', written: '@/img/a.png', target: { resolution: 'module' }, texts: { '/w/tsconfig.json': '{"compilerOptions":{"paths":{"@/*":["./x/*"],"@/img/*":["./y/*"]}}}' }, files: ['/w/x/img/a.png', '/w/y/a.png'], expected: 'file /w/y/a.png' },
  { says: 'an exact name', written: 'logo', target: { resolution: 'module' }, texts: { '/w/tsconfig.json': '{"compilerOptions":{"paths":{"logo":["./assets/logo.svg"]}}}' }, files: ['/w/assets/logo.svg'], expected: 'file /w/assets/logo.svg' },
  { says: 'comments and references', written: '@/a.png', target: { resolution: 'module' }, texts: { '/w/tsconfig.json': vite, '/w/tsconfig.app.json': '{"compilerOptions":{"paths":{"@/*":["./app/*"]}}}' }, files: ['/w/app/a.png'], expected: 'file /w/app/a.png' },
  { says: 'extends', written: '@/a.png', target: { resolution: 'module' }, texts: { '/w/docs/tsconfig.json': '{"extends":"../config/base"}', '/w/config/base.json': '{"compilerOptions":{"paths":{"@/*":["../src2/*"]}}}' }, files: ['/w/src2/a.png'], expected: 'file /w/src2/a.png' },
  { says: 'extends several, ${configDir}', written: '@/a.png', target: { resolution: 'module' }, texts: { '/w/tsconfig.json': '{"extends":["./a.json","base/tsconfig.json"]}', '/w/a.json': '{}', '/w/node_modules/base/tsconfig.json': '{"compilerOptions":{"paths":{"@/*":["${configDir}/src3/*"]}}}' }, files: ['/w/src3/a.png'], expected: 'file /w/src3/a.png' },
  { says: 'extends itself', written: '@/a.png', target: { resolution: 'module' }, texts: { '/w/tsconfig.json': '{"extends":"./tsconfig.json"}' }, expected: 'unknown' },
  { says: 'a broken configuration', written: '@x/a.png', target: { resolution: 'module' }, texts: { '/w/tsconfig.json': '{"compilerOptions":' }, expected: 'unknown' },
  { says: 'the nearest, else the next above', written: '@x/a.png', target: { resolution: 'module' }, texts: { '/w/docs/tsconfig.json': '{}', '/w/tsconfig.json': '{"compilerOptions":{"paths":{"@x/*":["x/*"]}}}' }, files: ['/w/x/a.png'], expected: 'file /w/x/a.png' },
  { says: 'an alias in a URL', written: '@x/a.png', texts: { '/w/tsconfig.json': '{"compilerOptions":{"paths":{"@x/*":["x/*"]}}}' }, files: ['/w/x/a.png'], expected: 'file /w/x/a.png' },
]);

const wiki = { resolution: 'wiki' } as const;
// oxfmt-ignore
table('Obsidian', [
  { says: 'beside', written: 'a.png', target: wiki, files: ['/w/docs/a.png', '/w/a.png'], expected: 'file /w/docs/a.png' },
  { says: 'root', written: 'img/a.png', target: wiki, files: ['/w/img/a.png'], expected: 'file /w/img/a.png' },
  { says: 'anywhere', written: 'a.png', target: wiki, files: ['/w/x/y/a.png', '/w/node_modules/a.png'], expected: 'file /w/x/y/a.png' },
  { says: 'by the end of its path', written: 'y/a.png', target: wiki, files: ['/w/x/z/a.png', '/w/x/y/a.png', '/w/xy/a.png'], expected: 'file /w/x/y/a.png' },
  { says: 'the shortest', written: 'a.png', target: wiki, files: ['/w/x/long/a.png', '/w/x/a.png'], expected: 'file /w/x/a.png' },
  { says: 'below the document first', written: 'a.png', target: wiki, files: ['/w/x/a.png', '/w/docs/long/er/a.png'], expected: 'file /w/docs/long/er/a.png' },
  { says: 'in any case', written: 'A.png', target: wiki, files: ['/w/x/a.PNG'], expected: 'file /w/x/a.PNG' },
  { says: 'missing', written: 'a.png', target: wiki, expected: 'missing /w/docs/a.png' },
]);

test('tsconfig files are read once, until they change', async () => {
  const disk = memoryFileSystem({
    '/w/tsconfig.json': '{"compilerOptions":{"paths":{"@/*":["./s/*"]}}}',
    '/w/s/a.png': 'x',
  });
  const world = createLocateWorld(disk, ['/w'], []);
  const target: ImageTarget = { written: '@/a.png', range: { start: 0, end: 0 }, resolution: 'module' };
  await locateImage(target, '/w/x/page.tsx', world);
  const before = disk.calls.readText;
  await locateImage(target, '/w/x/page.tsx', world);
  assert.equal(disk.calls.readText, before);
  world.aliases.forget();
  await locateImage(target, '/w/x/page.tsx', world);
  assert.equal(disk.calls.readText, 2 * before);
});

test('a cancelled search through the workspace is not remembered', async () => {
  const world = createLocateWorld(memoryFileSystem({ '/w/x/a.png': 'x' }), ['/w'], []);
  const target: ImageTarget = { written: 'a.png', range: { start: 0, end: 0 }, resolution: 'wiki' };
  await assert.rejects(locateImage(target, '/w/page.md', world, AbortSignal.abort()), { name: 'AbortError' });
  assert.equal((await locateImage(target, '/w/page.md', world)).kind, 'file');
});

test('the machine’s own disk', async () => {
  const disk = diskFileSystem(process.platform);
  const here = import.meta.filename;
  assert.equal((await disk.stat(here))?.kind, 'file');
  assert.equal((await disk.stat(import.meta.dirname))?.kind, 'folder');
  assert.equal(await disk.stat(`${here}/x`), null);
  assert.equal(await disk.stat('/a\0b'), null);
  assert.ok(
    (await disk.list(import.meta.dirname)).some(({ name, kind }) => name === 'locate.test.ts' && kind === 'file'),
  );
  assert.deepEqual(await disk.list('/no/such/folder'), []);
  assert.equal(await disk.readText(import.meta.dirname), null);
});

test('data URLs', () => {
  const read = (url: string): string | null => {
    const content = readDataUrl(url);
    return content && `${content.mimeType} ${Buffer.from(content.bytes).toString('latin1')}`;
  };
  assert.equal(read('data:image/gif;base64,R0lG'), 'image/gif GIF');
  assert.equal(read('data:image/gif;charset=x;base64,R0l%47'), 'image/gif GIF');
  assert.equal(read('DATA:IMAGE/svg+xml;utf8,<svg a="%23"/>'), 'image/svg+xml <svg a="#"/>');
  assert.equal(read('data:,a'), 'text/plain a');
  assert.equal(read('data:image/png;base64,A'), null);
  assert.equal(read('data:image/png;base64,%%%'), null);
  assert.equal(read('data:image/png'), null);
});
