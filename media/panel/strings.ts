/** What the panel says, in one place; the parameters' own words stand in client/src/panelParameters.ts. */
export const strings = {
  title: 'Caption panel',
  picture: 'Picture',
  follow: 'Follow cursor',
  followTitle: 'Show the image that the editor’s cursor is on',
  workspace: 'From workspace…',
  openFile: 'Open file…',
  dropHint: 'Drop a picture here, or paste one.',
  noPicture: 'No picture yet',
  noPictureHint: 'Put the editor’s cursor on an image, drop or paste a picture, or choose one.',
  choose: 'Choose a picture of the workspace',
  filter: 'Filter by name',
  searching: 'Looking for pictures…',
  noneFound: 'No picture of the workspace has this in its name.',
  more: 'The first 500 are listed: filter by opening the file, or drop it here.',
  close: 'Close',
  caption: 'Caption',
  model: 'Model',
  precision: 'Precision',
  asSettings: (value: string) => `${value} (settings)`,
  compare: 'Compare two models',
  compareEnd: 'One model',
  insert: 'Insert as alt text',
  insertWhere: (target: string) => `Writes it as the alt text of ${target}`,
  insertNowhere: 'Follow the cursor and put it on this image to insert the caption there.',
  copy: 'Copy',
  cancel: 'Cancel',
  captionAgain: 'Caption again',
  sure: (percent: number) => `${percent} % sure`,
  captioning: 'Captioning…',
  waiting: 'The caption appears here.',
  inDocument: 'In the document',
  inDocumentNone: 'no alt text',
  inDocumentSame: 'the same words',
  candidates: 'Candidates',
  score: 'score',
  chosenStart: 'Goes on from a word that you chose.',
  chosenEnd: 'Back to the model’s own choice',
  parameters: 'Parameters',
  presets: 'Presets',
  reset: 'Reset to the model’s own',
  saveUser: 'Save to user settings',
  saveWorkspace: 'Save to workspace settings',
  copyJson: 'Copy as settings JSON',
  copyCommand: 'Copy as command line',
  modelOwn: (fallback: string) => `the model’s own (usually ${fallback})`,
  clear: (name: string) => `Leave ${name} to the model`,
  valid: 'Valid',
  conflicts: 'These parameters do not work together',
  inside: 'Inside: how the picture becomes words',
  words: 'Words',
  wordsHint: 'The fuller its shade, the likelier each word was. Choose one to look into it.',
  end: 'end',
  alternatives: (word: string) => `What else “${word}” could have been`,
  alternativesHint: 'Choose another word, and the caption goes on from there.',
  goOn: (word: string) => `Go on with “${word}”`,
  attention: (word: string) => `Where the model looked for “${word}”`,
  attentionHint: 'Cross-attention over the picture’s patches: the brighter, the more it counted for this word.',
  attentionWhole: (percent: number) =>
    `${percent} % of the look went to the picture as a whole (its class position), the rest to places.`,
  attentionNone: 'Caption again to see where the model looks.',
  layer: 'Layer',
  head: 'Head',
  mean: 'mean of all',
  beams: 'Beam tree',
  beamsHint:
    'Each column is a step. Bold lines lead to the caption; faint ones were given up. Scores are sums of log-probabilities; of ended texts, divided by length ** lengthPenalty.',
  beamsLabel: (steps: number, best: string) => `Tree of a beam search over ${steps} steps; its best text is “${best}”.`,
  beamsNone: 'Set numBeams to 2 or more to see a beam search.',
  stages: 'Stages',
  history: 'History of this session',
  historyNone: 'Captions appear here with the parameters they were made with.',
  useAgain: 'Use its parameters',
  modelsOwn: 'the model’s own parameters',
  fromCache: 'from cache',
} as const;

/** 1234.5 → `1.2 s`, 12.3 → `12 ms`; 0 where a cache spared it. */
export function duration(milliseconds: number): string {
  if (milliseconds === 0) return strings.fromCache;
  if (milliseconds < 10) return `${milliseconds.toFixed(1)} ms`;
  return milliseconds < 1000 ? `${Math.round(milliseconds)} ms` : `${(milliseconds / 1000).toFixed(1)} s`;
}

/** A log-probability in words: `87 %`, `0.4 %`. */
export function percent(logProb: number): string {
  const value = Math.exp(logProb) * 100;
  if (value < 0.01) return '< 0.01 %';
  return `${value >= 10 ? Math.round(value) : value.toPrecision(1)} %`;
}

/** A token as people read it: `##ing` → `…ing`, `[SEP]` → `end`. */
export function tokenWords(text: string): string {
  if (text === '[SEP]') return strings.end;
  return text.startsWith('##') ? `…${text.slice(2)}` : text;
}

/** Options in a line: `numBeams 5 · topP 0.9`. */
export function optionWords(options: object): string {
  const named = Object.entries(options).map(
    ([name, value]: [string, unknown]) => `${name} ${Array.isArray(value) ? value.join(', ') : String(value)}`,
  );
  return named.length === 0 ? strings.modelsOwn : named.join(' · ');
}
