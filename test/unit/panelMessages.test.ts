/** The messages between the panel's page and the extension: what each side lets in. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseFromPanel, parseToPanel, type FromPanel, type ToPanel } from '../../client/src/panelMessages.ts';

const source = { kind: 'file', uri: 'file:///a.png' } as const;
const token = { id: 7, text: 'dog', logProb: -0.5 };
const start = { line: 0, character: 1 };
const reference = {
  uri: 'file:///a.md',
  range: { start, end: start },
  target: 'a.png',
  alt: null,
  canWrite: true,
  source,
  message: null,
};
const timings = { decodeMs: 1, encodeMs: 0, generateMs: 2.5, totalMs: 3.5 };
const caption = {
  caption: 'a dog',
  confidence: 0.5,
  tokens: [token],
  confident: true,
  photograph: false,
  precision: 'int8',
  timings,
} as const;
const shapes = {
  imageSize: 384,
  patchSize: 16,
  visionLayers: 12,
  visionHidden: 768,
  textLayers: 12,
  textHeads: 12,
  textHidden: 768,
  vocabulary: 30524,
  parameters: 9,
};

const fromPanel: readonly FromPanel[] = [
  { type: 'ready', source: null, follow: true },
  {
    type: 'run',
    run: 'a',
    source,
    model: null,
    precision: 'fp32',
    options: { numBeams: 2 },
    attention: true,
    prefixIds: [1],
  },
  { type: 'cancel', run: 'a' },
  { type: 'attention', run: 'a', sequence: 0, index: 1, layer: null, head: 3 },
  { type: 'pictures' },
  { type: 'open', uri: 'file:///a.png' },
  { type: 'upload', name: 'a.png', bytes: new Uint8Array([1]) },
  { type: 'follow', on: false },
  { type: 'insert', words: 'a dog' },
  { type: 'copy', text: '' },
  { type: 'save', target: 'workspace', options: { badWords: ['x'] } },
];
const toPanel: readonly ToPanel[] = [
  {
    type: 'models',
    models: { models: [{ id: 'built-in', source: 'built-in' }], current: { id: 'x/y', precision: 'int8' } },
  },
  { type: 'settings', options: {} },
  {
    type: 'picture',
    source,
    picture: { ok: true, name: 'a', size: null, format: '', bytes: 3, shown: 'data:image/png;base64,' },
    reference,
  },
  { type: 'unreadable', message: 'no', reference: null },
  { type: 'reference', reference },
  { type: 'follow', on: true },
  { type: 'step', step: { run: 'a', kind: 'token', sequence: 0, index: 0, token, text: 'dog', alternatives: [token] } },
  {
    type: 'step',
    step: {
      run: 'a',
      kind: 'beams',
      index: 0,
      beams: [{ ids: [7], token: 'dog', text: 'dog', score: -1, finished: false }],
    },
  },
  { type: 'step', step: { run: 'a', kind: 'model', message: 'Loading', fraction: null } },
  { type: 'result', run: 'a', result: { ok: true, caption, alt: 'A dog', model: 'built-in', note: null, shapes } },
  { type: 'result', run: 'a', result: { ok: false, code: 'OptionInvalid', message: 'no' } },
  {
    type: 'attention',
    run: 'a',
    sequence: 0,
    index: 1,
    layer: 1,
    head: null,
    map: { layers: 1, heads: 1, patchesPerSide: 1, weights: [0.5], whole: 0.5 },
  },
  { type: 'pictures', pictures: [{ uri: 'file:///a.png', path: 'a.png', thumbnail: 'https://x/a.png' }], more: false },
  { type: 'notice', kind: 'done', message: 'Copied.' },
];

describe('the extension', () => {
  for (const message of fromPanel)
    it(`takes ${message.type}`, () => assert.deepEqual(parseFromPanel(message), message));

  for (const [what, message] of [
    ['no object', 'ready'],
    ['another type', { type: 'execute', command: 'x' }],
    ['a missing field', { type: 'insert' }],
    ['an option that is none', { type: 'save', target: 'user', options: { model: 'x' } }],
    ['an option of another type', { type: 'save', target: 'user', options: { numBeams: '2' } }],
    ['another target', { type: 'save', target: 'global', options: {} }],
    ['a source that is no picture', { type: 'ready', source: { kind: 'data', url: 'https://x' }, follow: true }],
    ['bytes that are none', { type: 'upload', name: 'a.png', bytes: 'abc' }],
  ] as const) {
    it(`refuses ${what}`, () => assert.equal(parseFromPanel(message), null));
  }
});

describe('the page', () => {
  for (const message of toPanel) it(`takes ${message.type}`, () => assert.deepEqual(parseToPanel(message), message));

  for (const [what, message] of [
    ['what other windows send', { source: 'react-devtools' }],
    [
      'a picture from elsewhere',
      { ...toPanel[2], picture: { ok: true, name: 'a', size: null, format: '', bytes: 3, shown: 'https://x/a.png' } },
    ],
    ['a step of no kind', { type: 'step', step: { run: 'a', kind: 'other' } }],
  ] as const) {
    it(`refuses ${what}`, () => assert.equal(parseToPanel(message), null));
  }
});
