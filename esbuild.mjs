/**
 * Bundles the extension into dist/: `node esbuild.mjs` for development (with source maps), `--production` for the VSIX
 * (minified). What went into the bundles is noted in out/metafile.json, from which the third-party notices are made.
 *
 * The client is CommonJS, as VS Code loads it, in one file for activation and one for each thing that is loaded when it
 * is first needed; the server is ESM, split into chunks so that a parser or compiler is read from disk when the first
 * document of its language is.
 */
import { build } from 'esbuild';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('.', import.meta.url));
const production = process.argv.includes('--production');

/** Node 22.15 is what VS Code 1.101 brings, the oldest that package.json's `engines` lets in. */
const shared = /** @type {const} */ ({
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  target: 'node22.15',
  minify: production,
  keepNames: production,
  sourcemap: production ? false : 'linked',
  legalComments: 'none',
  metafile: true,
  logLevel: 'warning',
});

/** The client's files beside extension.js: each is one `import('./….ts')` of the client. */
const loadedLater = ['captionPanel', 'captionWorkspace', 'downloadModel', 'languageClient'];

/** esbuild splits ES modules only: an `import()` inside the client is left as a call for the file beside it. */
const laterFiles = /** @type {const} */ ({
  name: 'later-files',
  setup({ onResolve }) {
    onResolve({ filter: /^\.\/\w+\.ts$/ }, ({ kind, path }) => {
      if (kind !== 'dynamic-import') return undefined;
      const name = path.slice('./'.length, -'.ts'.length);
      if (loadedLater.includes(name)) return { path: `./${name}.js`, external: true };
      return { errors: [{ text: `${path} is loaded later, so it must be named in loadedLater of esbuild.mjs` }] };
    });
  },
});

const serverEntries = {
  main: 'server/src/main.ts',
  cli: 'server/src/cli.ts',
  inferenceProcess: 'server/src/blip/inferenceProcess.ts',
  parseWorker: 'server/src/documents/parseWorker.ts',
  visionWorker: 'server/src/blip/visionWorker.ts',
};

await rm(new URL('dist', import.meta.url), { recursive: true, force: true });
const client = build({
  ...shared,
  entryPoints: ['extension', ...loadedLater].map((name) => `client/src/${name}.ts`),
  outdir: 'dist/client',
  format: 'cjs',
  external: ['vscode'],
  plugins: [laterFiles],
  // VS Code hands out its API to what is loaded by require().
  supported: { 'dynamic-import': false },
});
const server = build({
  ...shared,
  entryPoints: serverEntries,
  outdir: 'dist/server',
  format: 'esm',
  splitting: true,
  // Chunks lie beside the entries: `import.meta.url` then means the same folder in each of them.
  chunkNames: 'chunk-[hash]',
  external: ['onnxruntime-node', 'sharp'],
  target: 'node20.11',
  inject: ['server/src/olderNode.ts'],
  // Some packages' CommonJS build (UMD) hides its own require() calls from the bundler.
  mainFields: ['module', 'main'],
  // CommonJS packages inside an ESM bundle still call require() for Node's own modules.
  banner: {
    js: "import { createRequire as createBundleRequire } from 'node:module'; const require = createBundleRequire(import.meta.url);",
  },
});
const panel = build({
  ...shared,
  platform: 'browser',
  // The browser inside the oldest VS Code that package.json's `engines` lets in.
  target: 'chrome134',
  entryPoints: ['media/panel/main.tsx', 'media/panel/panel.css'],
  entryNames: 'panel',
  outdir: 'dist/media',
  format: 'esm',
  tsconfig: 'media/panel/tsconfig.json',
});
const results = await Promise.all([client, server, panel]).catch(() => {
  process.exit(1); // esbuild has said what and where
});
const metafiles = results.map(({ metafile }) => metafile);
await mkdir(new URL('out', import.meta.url), { recursive: true });
await Promise.all([
  writeFile(new URL('dist/client/package.json', import.meta.url), '{ "type": "commonjs" }\n'),
  writeFile(new URL('dist/server/package.json', import.meta.url), '{ "type": "module" }\n'),
  writeFile(new URL('out/metafile.json', import.meta.url), JSON.stringify(metafiles)),
]);
