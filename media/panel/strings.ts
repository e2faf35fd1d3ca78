import * as l10n from '@vscode/l10n';

/** What the panel says, in one place and in the reader's language (translation.ts); the parameters' own words stand in client/src/panelParameters.ts. */
export const strings = {
  title: l10n.t('Caption panel'),
  picture: l10n.t('Picture'),
  follow: l10n.t('Follow cursor'),
  followTitle: l10n.t('Show the image that the editor’s cursor is on'),
  workspace: l10n.t('From workspace…'),
  openFile: l10n.t('Open file…'),
  dropHint: l10n.t('Drop a picture here, or paste one.'),
  noPicture: l10n.t('No picture yet'),
  noPictureHint: l10n.t('Put the editor’s cursor on an image, drop or paste a picture, or choose one.'),
  choose: l10n.t('Choose a picture of the workspace'),
  filter: l10n.t('Filter by name'),
  searching: l10n.t('Looking for pictures…'),
  noneFound: l10n.t('No picture of the workspace has this in its name.'),
  more: l10n.t('The first 500 are listed: filter by opening the file, or drop it here.'),
  close: l10n.t('Close'),
  caption: l10n.t('Caption'),
  model: l10n.t('Model'),
  precision: l10n.t('Precision'),
  asSettings: (value: string) => l10n.t('{0} (settings)', value),
  compare: l10n.t('Compare two models'),
  compareEnd: l10n.t('One model'),
  insert: l10n.t('Insert as alt text'),
  insertWhere: (target: string) => l10n.t('Writes it as the alt text of {0}', target),
  insertNowhere: l10n.t('Follow the cursor and put it on this image to insert the caption there.'),
  copy: l10n.t('Copy'),
  cancel: l10n.t('Cancel'),
  captionAgain: l10n.t('Caption again'),
  sure: (percent: number) => l10n.t('{0} % sure', percent),
  captioning: l10n.t('Captioning…'),
  waiting: l10n.t('The caption appears here.'),
  inDocument: l10n.t('In the document'),
  inDocumentNone: l10n.t('no alt text'),
  inDocumentSame: l10n.t('the same words'),
  candidates: l10n.t('Candidates'),
  score: l10n.t('score'),
  chosenStart: l10n.t('Goes on from a word that you chose.'),
  chosenEnd: l10n.t('Back to the model’s own choice'),
  parameters: l10n.t('Parameters'),
  presets: l10n.t('Presets'),
  reset: l10n.t('Reset to the model’s own'),
  saveUser: l10n.t('Save to user settings'),
  saveWorkspace: l10n.t('Save to workspace settings'),
  copyJson: l10n.t('Copy as settings JSON'),
  copyCommand: l10n.t('Copy as command line'),
  modelOwn: (fallback: string) => l10n.t('the model’s own (usually {0})', fallback),
  clear: (name: string) => l10n.t('Leave {0} to the model', name),
  valid: l10n.t('Valid'),
  conflicts: l10n.t('These parameters do not work together'),
  inside: l10n.t('Inside: how the picture becomes words'),
  words: l10n.t('Words'),
  wordsHint: l10n.t('The fuller its shade, the likelier each word was. Choose one to look into it.'),
  end: l10n.t('end'),
  alternatives: (word: string) => l10n.t('What else “{0}” could have been', word),
  alternativesHint: l10n.t('Choose another word, and the caption goes on from there.'),
  goOn: (word: string) => l10n.t('Go on with “{0}”', word),
  attention: (word: string) => l10n.t('Where the model looked for “{0}”', word),
  attentionHint: l10n.t('Cross-attention over the picture’s patches: the brighter, the more it counted for this word.'),
  attentionWhole: (percent: number) =>
    l10n.t('{0} % of the look went to the picture as a whole (its class position), the rest to places.', percent),
  attentionNone: l10n.t('Caption again to see where the model looks.'),
  layer: l10n.t('Layer'),
  head: l10n.t('Head'),
  mean: l10n.t('mean of all'),
  beams: l10n.t('Beam tree'),
  beamsHint: l10n.t(
    'Each column is a step. Bold lines lead to the caption; faint ones were given up. Scores are sums of log-probabilities; of ended texts, divided by length ** lengthPenalty.',
  ),
  beamsLabel: (steps: number, best: string) =>
    l10n.t('Tree of a beam search over {0} steps; its best text is “{1}”.', steps, best),
  beamsNone: l10n.t('Set numBeams to 2 or more to see a beam search.'),
  stages: l10n.t('Stages'),
  history: l10n.t('History of this session'),
  historyNone: l10n.t('Captions appear here with the parameters they were made with.'),
  useAgain: l10n.t('Use its parameters'),
  modelsOwn: l10n.t('the model’s own parameters'),
  fromCache: l10n.t('from cache'),
  confidence: l10n.t('Confidence'),
  decoding: l10n.t('Decoding'),
  encoding: l10n.t('Encoding'),
  generating: l10n.t('Generating'),
  lookInside: l10n.t('Look inside'),
  slider: (name: string) => l10n.t('{0}, slider', name),
  bytes: (count: number) => l10n.t('{0} bytes', count),
  /** Where a map is strongest: rows, then columns. */
  places: [
    [l10n.t('top left'), l10n.t('top'), l10n.t('top right')],
    [l10n.t('left'), l10n.t('centre'), l10n.t('right')],
    [l10n.t('bottom left'), l10n.t('bottom'), l10n.t('bottom right')],
  ],
  attentionPlace: (word: string, place: string) =>
    l10n.t('Where the model looked for “{0}”: most at this place of the picture: {1}.', word, place),
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
