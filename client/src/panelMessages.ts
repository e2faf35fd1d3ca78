/**
 * What the panel's webview and the extension tell each other, each with its direction and why. Both sides parse what
 * they receive: a webview shows pictures and words that came from anywhere.
 */
import * as v from 'valibot';
import type {
  GenerationOptions,
  PanelAttention,
  PanelModels,
  PanelPicture,
  PanelPictureSource,
  PanelReference,
  PanelRunResult,
  PanelStep,
} from '../../server/src/protocol.ts';

const text = v.string();
const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const precision = v.picklist(['int8', 'fp32']);
const source: v.GenericSchema<unknown, PanelPictureSource> = v.variant('kind', [
  v.object({ kind: v.literal('file'), uri: text }),
  v.object({ kind: v.literal('data'), url: v.pipe(text, v.startsWith('data:')) }),
]);
/** Values may be out of range: the panel explains that. */
export const optionsSchema: v.GenericSchema<unknown, GenerationOptions> = v.strictObject({
  prompt: v.exactOptional(text),
  numBeams: v.exactOptional(v.number()),
  maxNewTokens: v.exactOptional(v.number()),
  minNewTokens: v.exactOptional(v.number()),
  lengthPenalty: v.exactOptional(v.number()),
  earlyStopping: v.exactOptional(v.union([v.boolean(), v.literal('never')])),
  repetitionPenalty: v.exactOptional(v.number()),
  noRepeatNgramSize: v.exactOptional(v.number()),
  badWords: v.exactOptional(v.array(text)),
  forceWords: v.exactOptional(v.array(text)),
  numReturnSequences: v.exactOptional(v.number()),
  doSample: v.exactOptional(v.boolean()),
  temperature: v.exactOptional(v.number()),
  topK: v.exactOptional(v.number()),
  topP: v.exactOptional(v.number()),
  seed: v.exactOptional(v.number()),
});

const fromPanel = v.variant('type', [
  /** The page is there; it names the picture it showed before it was hidden or reloaded. */
  v.object({ type: v.literal('ready'), source: v.nullable(source), follow: v.boolean() }),
  v.object({
    type: v.literal('run'),
    run: text,
    source,
    model: v.nullable(text),
    precision: v.nullable(precision),
    options: optionsSchema,
    attention: v.boolean(),
    prefixIds: v.array(count),
  }),
  v.object({ type: v.literal('cancel'), run: text }),
  /** Where the model looked for a word; answered by `attention` with the same run and index. */
  v.object({
    type: v.literal('attention'),
    run: text,
    sequence: count,
    index: count,
    layer: v.nullable(count),
    head: v.nullable(count),
  }),
  /** The workspace's pictures, to choose from. */
  v.object({ type: v.literal('pictures') }),
  v.object({ type: v.literal('open'), uri: text }),
  /** A picture that was dropped or pasted. */
  v.object({ type: v.literal('upload'), name: text, bytes: v.instance(Uint8Array) }),
  v.object({ type: v.literal('follow'), on: v.boolean() }),
  /** Writes the words into the image reference that the panel follows. */
  v.object({ type: v.literal('insert'), words: text }),
  v.object({ type: v.literal('copy'), text }),
  v.object({ type: v.literal('save'), target: v.picklist(['user', 'workspace']), options: optionsSchema }),
]);
export type FromPanel = v.InferOutput<typeof fromPanel>;

const position = v.object({ line: count, character: count });
const reference: v.GenericSchema<unknown, PanelReference> = v.object({
  uri: text,
  range: v.object({ start: position, end: position }),
  target: text,
  alt: v.nullable(text),
  canWrite: v.boolean(),
  source: v.nullable(source),
  message: v.nullable(text),
});
const token = v.object({ id: count, text, logProb: v.number() });
const candidate = {
  caption: text,
  confidence: v.number(),
  tokens: v.array(token),
  score: v.exactOptional(v.number()),
};
const failure = v.object({ ok: v.literal(false), code: text, message: text });
export const resultSchema: v.GenericSchema<unknown, PanelRunResult> = v.variant('ok', [
  v.object({
    ok: v.literal(true),
    caption: v.object({
      ...candidate,
      confident: v.boolean(),
      photograph: v.boolean(),
      candidates: v.exactOptional(v.array(v.object(candidate))),
      precision,
      timings: v.object({ decodeMs: v.number(), encodeMs: v.number(), generateMs: v.number(), totalMs: v.number() }),
    }),
    alt: text,
    model: text,
    note: v.nullable(text),
    shapes: v.object({
      imageSize: count,
      patchSize: count,
      visionLayers: count,
      visionHidden: count,
      textLayers: count,
      textHeads: count,
      textHidden: count,
      vocabulary: count,
      parameters: count,
    }),
  }),
  failure,
]);
const beam = v.object({ ids: v.array(count), token: text, text, score: v.number(), finished: v.boolean() });
const step: v.GenericSchema<unknown, PanelStep> = v.variant('kind', [
  v.object({
    run: text,
    kind: v.literal('token'),
    sequence: count,
    index: count,
    token,
    text,
    alternatives: v.array(token),
  }),
  v.object({ run: text, kind: v.literal('beams'), index: count, beams: v.array(beam) }),
  v.object({ run: text, kind: v.literal('model'), message: text, fraction: v.nullable(v.number()) }),
]);
const picture: v.GenericSchema<unknown, PanelPicture> = v.object({
  ok: v.literal(true),
  name: text,
  size: v.nullable(v.object({ width: v.number(), height: v.number() })),
  format: text,
  bytes: count,
  shown: v.pipe(text, v.startsWith('data:image/png;')),
});
const models: v.GenericSchema<unknown, PanelModels> = v.object({
  models: v.array(v.object({ id: text, source: v.picklist(['built-in', 'hub', 'folder']) })),
  current: v.object({ id: text, precision }),
});
const attention: v.GenericSchema<unknown, PanelAttention> = v.object({
  layers: count,
  heads: count,
  patchesPerSide: count,
  weights: v.array(v.number()),
  whole: v.number(),
});

const toPanel = v.variant('type', [
  /** What can be chosen, and what the settings say. */
  v.object({ type: v.literal('models'), models }),
  v.object({ type: v.literal('settings'), options: optionsSchema }),
  /** A picture to show and caption; `reference`: the place in the document that it was followed from. */
  v.object({ type: v.literal('picture'), source, picture, reference: v.nullable(reference) }),
  /** The one asked for cannot be shown. */
  v.object({ type: v.literal('unreadable'), message: text, reference: v.nullable(reference) }),
  /** The same picture, but its place or its alt text has changed; null: the cursor has left it. */
  v.object({ type: v.literal('reference'), reference: v.nullable(reference) }),
  v.object({ type: v.literal('follow'), on: v.boolean() }),
  v.object({ type: v.literal('step'), step }),
  v.object({ type: v.literal('result'), run: text, result: resultSchema }),
  v.object({
    type: v.literal('attention'),
    run: text,
    sequence: count,
    index: count,
    layer: v.nullable(count),
    head: v.nullable(count),
    map: v.nullable(attention),
  }),
  v.object({
    type: v.literal('pictures'),
    pictures: v.array(v.object({ uri: text, path: text, thumbnail: text })),
    /** There are more than are listed. */
    more: v.boolean(),
  }),
  /** Something was done (copied, saved, inserted), or could not be. */
  v.object({ type: v.literal('notice'), kind: v.picklist(['done', 'problem']), message: text }),
]);
export type ToPanel = v.InferOutput<typeof toPanel>;

/** Extension: what the page said; null where it is no message of ours. */
export function parseFromPanel(message: unknown): FromPanel | null {
  const parsed = v.safeParse(fromPanel, message);
  return parsed.success ? parsed.output : null;
}

/** Page: what the extension said; null where it is no message of ours. */
export function parseToPanel(message: unknown): ToPanel | null {
  const parsed = v.safeParse(toPanel, message);
  return parsed.success ? parsed.output : null;
}
