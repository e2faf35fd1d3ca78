/** The panel's requests through the real server: pictures, steps, attention, going on from a word, cancelling. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import sharp, { type Sharp } from 'sharp';
import { CancellationTokenSource } from 'vscode-languageserver-protocol/node';
import { asCommandLine } from '../../client/src/panelParameters.ts';
import {
  panelRequests,
  panelStepNotification,
  type GenerationOptions,
  type PanelAttention,
  type PanelModels,
  type PanelPictureResult,
  type PanelReference,
  type PanelRunParams,
  type PanelRunResult,
  type PanelStep,
} from '../../server/src/protocol.ts';
import { TestServer, withCursor } from '../support/languageServer.ts';
import { randomModel } from '../support/randomModel.ts';
import { sampleAlts } from '../support/sampleAlts.ts';

const samples = fileURLToPath(new URL('../../samples/docs/images', import.meta.url));
let server: TestServer;
const steps: PanelStep[] = [];
let runs = 0;

before(async () => {
  server = await TestServer.start();
  await cp(samples, path.join(server.folder, 'images'), { recursive: true });
  await server.file('broken.png', 'this is no picture');
  server.connection.onNotification(panelStepNotification, (step: PanelStep) => void steps.push(step));
});
after(() => server.stop());

function ask<T>(request: keyof typeof panelRequests, params: object): Promise<T> {
  return server.connection.sendRequest<T>(panelRequests[request], params);
}

function params(options: GenerationOptions, more: Partial<PanelRunParams> = {}): PanelRunParams {
  const source = { kind: 'file', uri: server.uri('images/login.png') } as const;
  const base = { source, model: null, precision: null, attention: false, prefixIds: [] };
  return { run: `run ${runs++}`, ...base, options, ...more };
}

async function run(options: GenerationOptions, more: Partial<PanelRunParams> = {}) {
  const asked = params(options, more);
  const result = await ask<PanelRunResult>('run', asked);
  assert.ok(result.ok, JSON.stringify(result));
  return { ...result, run: asked.run, steps: steps.filter((step) => step.run === asked.run) };
}

test('the models that can be chosen, and the one that the settings say', async () => {
  assert.deepEqual(await ask<PanelModels>('models', {}), {
    models: [{ id: 'built-in', source: 'built-in' }],
    current: { id: 'built-in', precision: 'int8' },
  });
});

test('a picture to show, or why there is none', async () => {
  const picture = await ask<PanelPictureResult>('picture', { kind: 'file', uri: server.uri('images/login.png') });
  assert.ok(picture.ok);
  assert.deepEqual([picture.name, picture.format], ['login.png', 'PNG']);
  assert.match(picture.shown, /^data:image\/png;base64,iVBOR/);
  const broken = await ask<PanelPictureResult>('picture', { kind: 'file', uri: server.uri('broken.png') });
  assert.ok(!broken.ok);
  assert.equal(broken.code, 'ImageUnreadable');
  assert.match(broken.message, /broken\.png/);
});

/** Each kind that can be read, made of the same picture. */
const kinds = {
  PNG: (picture: Sharp) => picture.png(),
  JPG: (picture: Sharp) => picture.jpeg({ quality: 95 }),
  WEBP: (picture: Sharp) => picture.webp({ quality: 95 }),
  GIF: (picture: Sharp) => picture.gif(),
  AVIF: (picture: Sharp) => picture.avif({ quality: 90 }),
  TIFF: (picture: Sharp) => picture.tiff(),
} as const;
for (const [kind, encode] of Object.entries(kinds)) {
  test(`${kind} is shown as a picture of its kind, and captioned`, async () => {
    const file = `login.${kind.toLowerCase()}`;
    await server.file(file, await encode(sharp(path.join(samples, 'login.png'))).toBuffer());
    const source = { kind: 'file', uri: server.uri(file) } as const;
    const picture = await ask<PanelPictureResult>('picture', source);
    assert.ok(picture.ok, JSON.stringify(picture));
    assert.equal(picture.format, kind);
    assert.equal((await run({}, { source })).alt, sampleAlts.login);
  });
}

test('SVG too', async () => {
  const circle =
    '<svg xmlns="http://www.w3.org/2000/svg" width="64" height="48"><circle r="20" cx="32" cy="24"/></svg>';
  await server.file('circle.svg', circle);
  const source = { kind: 'file', uri: server.uri('circle.svg') } as const;
  const picture = await ask<PanelPictureResult>('picture', source);
  assert.ok(picture.ok, JSON.stringify(picture));
  assert.deepEqual([picture.format, picture.size], ['SVG', { width: 64, height: 48 }]);
  await run({}, { source });
});

for (const [name, bytes, says] of [
  ['a.bmp', 'BM\u0046\0\0\0\0\0\0\0', /a\.bmp.*BMP/],
  ['a.heic', '\0\0\0\u0018ftypheic\0\0\0\0', /a\.heic.*HEI[CF]/],
  ['a.ico', '\0\0\u0001\0\u0001\0', /a\.ico.*ICO/],
  ['empty.png', '', /empty\.png.*empty/],
  ['words.png', 'words', /words\.png/],
] as const) {
  test(`what cannot be read says what it is: ${name}`, async () => {
    await server.file(name, bytes);
    const answer = await ask<PanelPictureResult>('picture', { kind: 'file', uri: server.uri(name) });
    assert.ok(!answer.ok);
    assert.match(answer.message, says);
  });
}

test('the image reference at the cursor, with the alt as it stands', async () => {
  for (const [marked, expected] of [
    ['![a ┃form](images/login.png)', { target: 'images/login.png', alt: 'a form', canWrite: true, message: null }],
    [
      '![](┃nothing.png)',
      { target: 'nothing.png', alt: null, canWrite: true, message: /There is no file .*nothing\.png/ },
    ],
    [
      '![](https://x.org/a.png┃)',
      { target: 'https://x.org/a.png', alt: null, canWrite: true, message: /is not fetched/ },
    ],
  ] as const) {
    const { text, offset } = withCursor(marked);
    const document = await server.open(`page ${runs++}.md`, 'markdown', text);
    const found = await ask<PanelReference>('referenceAt', {
      uri: document.uri,
      position: document.positionAt(offset),
    });
    const { target, alt, canWrite, message, source } = found;
    assert.deepEqual(
      { target, alt: alt === '' ? null : alt, canWrite },
      { target: expected.target, alt: expected.alt, canWrite: true },
    );
    if (expected.message === null) assert.deepEqual(source, { kind: 'file', uri: server.uri('images/login.png') });
    else assert.match(message ?? '', expected.message);
  }
  const plain = await server.open('plain.md', 'markdown', 'no picture here');
  assert.equal(await ask('referenceAt', { uri: plain.uri, position: { line: 0, character: 2 } }), null);
});

test('words come as they are generated, then the caption', async () => {
  const result = await run({});
  assert.equal(result.alt, sampleAlts.login);
  const tokens = result.steps.filter((step) => step.kind === 'token');
  assert.deepEqual(
    tokens.map(({ token }) => token.id),
    result.caption.tokens.map(({ id }) => id),
  );
  assert.ok(tokens.every(({ alternatives }) => alternatives.length === 5));
  assert.equal(tokens.at(-1)?.text, result.caption.caption);
  assert.ok(result.shapes.imageSize > 0 && result.shapes.textHeads > 0);
});

test('changed options need no new look at the picture', async () => {
  await run({ maxNewTokens: 3 });
  const { caption } = await run({ maxNewTokens: 4 });
  assert.deepEqual([caption.timings.decodeMs, caption.timings.encodeMs], [0, 0]);
});

test('generation goes on from a word that was chosen', async () => {
  for (const options of [{}, { numBeams: 3 }, { doSample: true, seed: 1 }] as const) {
    const first = await run(options);
    const steps = first.steps.filter((step) => step.kind === 'token');
    const other = steps[1]!.alternatives.find(({ id, text }) => id !== steps[1]!.token.id && text !== '[SEP]')!;
    const prefixIds = [steps[0]!.token.id, other.id];
    const { caption } = await run(options, { prefixIds });
    assert.deepEqual(
      caption.tokens.slice(0, 2).map(({ id }) => id),
      prefixIds,
    );
  }
});

test('of a beam search come its beams, then the words of the best caption', async () => {
  const result = await run({ numBeams: 3, numReturnSequences: 3 });
  const beams = result.steps.filter((step) => step.kind === 'beams');
  assert.ok(beams.length >= 2 && beams.every((step) => step.beams.length > 0));
  const words = result.steps.filter((step) => step.kind === 'token');
  assert.deepEqual(
    words.map(({ token }) => token.id),
    result.caption.tokens.map(({ id }) => id),
  );
  assert.equal(result.caption.candidates?.length, 3);
});

test('attention: a map of the patches for each word, of one head or of all', async () => {
  for (const options of [{}, { numBeams: 2 }]) {
    const { run: name, shapes, caption } = await run(options, { attention: true });
    const { caption: fast } = await run(options);
    assert.deepEqual(
      caption.tokens.map(({ id }) => id),
      fast.tokens.map(({ id }) => id),
    );
    const place = { run: name, sequence: 0, index: caption.tokens.length - 1, layer: null, head: null };
    const map = await ask<PanelAttention>('attention', place);
    const side = shapes.imageSize / shapes.patchSize;
    assert.deepEqual([map.layers, map.heads, map.patchesPerSide], [shapes.textLayers, shapes.textHeads, side]);
    assert.equal(map.weights.length, side ** 2);
    const sum = map.weights.reduce((total, weight) => total + weight, map.whole);
    assert.ok(Math.abs(sum - 1) < 1e-4, `${sum}`);
    const one = await ask<PanelAttention>('attention', { ...place, layer: 0, head: 1 });
    assert.notDeepEqual(one.weights, map.weights);
  }
  const unknown = { run: 'never', sequence: 0, index: 0, layer: null, head: null };
  assert.equal(await ask('attention', unknown), null);
});

test('what cannot be done comes back as a message', async () => {
  const result = await ask<PanelRunResult>('run', params({ temperature: 2 }));
  assert.deepEqual(result, { ok: false, code: 'OptionInvalid', message: 'temperature acts only with doSample.' });
  const source = { kind: 'file', uri: server.uri('broken.png') } as const;
  const broken = await ask<PanelRunResult>('run', params({}, { source }));
  assert.ok(!broken.ok && broken.code === 'ImageUnreadable');
  const unknown = await ask<PanelRunResult>('run', params({}, { model: 'nobody/nothing' }));
  assert.ok(!unknown.ok && unknown.code === 'ModelUnavailable');
});

test('a cancelled run ends at once and tells no more steps', async () => {
  const asked = params({ minNewTokens: 40, maxNewTokens: 40, numBeams: 16, noRepeatNgramSize: 2 });
  const cancel = new CancellationTokenSource();
  const work = server.connection.sendRequest<PanelRunResult>(panelRequests.run, asked, cancel.token).then(
    (result) => (result.ok ? 'done' : result.code),
    () => 'Aborted',
  );
  const count = (): number => steps.filter((step) => step.run === asked.run).length;
  while (count() < 3) await new Promise((resolve) => setTimeout(resolve, 1));
  cancel.cancel();
  assert.equal(await work, 'Aborted');
  const told = count();
  await new Promise((resolve) => setTimeout(resolve, 200));
  assert.ok(told < 40 && count() <= told + 1, `${told}, then ${count()}`);
});

/** Runs a command line as a person pastes it into a shell, with a cache of its own: nothing is taken from the panel's. */
async function captionsOf(command: string): Promise<readonly string[]> {
  const cache = await mkdtemp(path.join(tmpdir(), 'image-captioner-shell-'));
  const cli = fileURLToPath(new URL('../../server/src/cli.ts', import.meta.url));
  try {
    const script = `image-captioner() { "$NODE" "$CLI" "$@"; }\n${command} --format json`;
    const env = { ...process.env, NODE: process.execPath, CLI: cli, IMAGE_CAPTIONER_CACHE: cache };
    const { stdout, stderr } = spawnSync('bash', ['-c', script], { cwd: server.folder, env, encoding: 'utf8' });
    const [record] = JSON.parse(stdout === '' ? '[]' : stdout) as {
      caption?: string;
      candidates?: { caption: string }[];
    }[];
    assert.ok(record?.caption !== undefined, `${command}\n${stdout}${stderr}`);
    return (record.candidates ?? [{ caption: record.caption }]).map(({ caption }) => caption);
  } finally {
    await rm(cache, { recursive: true, force: true });
  }
}

for (const [name, options, precision] of [
  ['the model’s own', {}, 'int8'],
  ['computed exactly', { numBeams: 3, lengthPenalty: -1.5, earlyStopping: 'never' }, 'fp32'],
  ['drawn words', { doSample: true, temperature: 1.5, topK: 40, topP: 0.9, numReturnSequences: 3, seed: 7 }, 'int8'],
  [
    'all the others',
    {
      prompt: "a user's",
      badWords: ['login', 'form'],
      minNewTokens: 3,
      maxNewTokens: 9,
      repetitionPenalty: 1.3,
      noRepeatNgramSize: 2,
      numBeams: 2,
      numReturnSequences: 2,
    },
    'int8',
  ],
] as const) {
  test(`the copied command line gives the same captions: ${name}`, async () => {
    const { caption } = await run(options, { precision });
    const file = path.join(server.folder, 'images', 'login.png');
    const command = asCommandLine(options, file, { model: 'built-in', precision });
    const shown = (caption.candidates ?? [caption]).map((candidate) => candidate.caption);
    assert.deepEqual(await captionsOf(command), shown);
  });
}

test('two different models on one picture, at the same time', async () => {
  const folder = await randomModel(5);
  const [builtIn, own] = await Promise.all([run({}), run({ maxNewTokens: 6 }, { model: folder, precision: 'fp32' })]);
  assert.deepEqual([builtIn.alt, builtIn.model], [sampleAlts.login, 'built-in']);
  assert.equal(own.model, folder);
  assert.notEqual(own.shapes.parameters, builtIn.shapes.parameters);
  assert.equal(own.steps.filter(({ kind }) => kind === 'token').length, own.caption.tokens.length);
});
