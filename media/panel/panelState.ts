import type {
  BeamView,
  CaptionToken,
  GenerationOptions,
  PanelAttention,
  PanelModels,
  PanelPicture,
  PanelPictureSource,
  PanelReference,
  PanelRunResult,
  Precision,
} from '../../server/src/protocol.ts';

export type RunResult = Extract<PanelRunResult, { ok: true }>;

/** What a run is made with, beside the picture. */
export interface Setup {
  /** Null: as the settings say. */
  readonly model: string | null;
  readonly precision: Precision | null;
}

export interface Word {
  readonly token: CaptionToken;
  readonly alternatives: readonly CaptionToken[];
}

/** One captioning run, as it grows. */
export interface Run {
  readonly run: string;
  readonly options: GenerationOptions;
  readonly prefixIds: readonly number[];
  readonly attention: boolean;
  readonly status: 'running' | 'done' | 'failed';
  /** What the model is busy with before its first word. */
  readonly preparing: { readonly message: string; readonly fraction: number | null } | null;
  /** The texts so far, by sequence; of a beam search the best living one. */
  readonly texts: readonly string[];
  /** The words of each sequence. */
  readonly words: readonly (readonly Word[])[];
  /** Each step's beams, where it is a beam search. */
  readonly beams: readonly (readonly BeamView[])[];
  readonly result: RunResult | null;
  readonly error: string | null;
}

/** The word that is looked into. */
export interface Focus {
  readonly column: number;
  readonly sequence: number;
  readonly index: number;
}

export interface HistoryEntry {
  readonly run: string;
  readonly picture: string;
  readonly alt: string;
  readonly confidence: number;
  readonly model: string;
  readonly precision: Precision;
  readonly options: GenerationOptions;
  readonly totalMs: number;
}

export interface PanelState {
  readonly models: PanelModels | null;
  /** Generation as the settings say. */
  readonly settings: GenerationOptions;
  readonly source: PanelPictureSource | null;
  readonly picture: PanelPicture | null;
  readonly unreadable: string | null;
  readonly reference: PanelReference | null;
  readonly follow: boolean;
  /** Null until a person changes one: the settings' then. */
  readonly options: GenerationOptions | null;
  readonly prefixIds: readonly number[];
  /** One, or two side by side. */
  readonly setups: readonly Setup[];
  readonly runs: readonly (Run | null)[];
  /** Parts that are folded open. */
  readonly open: { readonly parameters: boolean; readonly inside: boolean; readonly history: boolean };
  readonly focus: Focus | null;
  readonly layer: number | null;
  readonly head: number | null;
  readonly map: PanelAttention | null;
  readonly history: readonly HistoryEntry[];
  /** The workspace's pictures, while they are chosen from. */
  readonly choosing: {
    readonly pictures: readonly { uri: string; path: string; thumbnail: string }[] | null;
    readonly more: boolean;
    readonly filter: string;
  } | null;
  readonly notice: { readonly kind: 'done' | 'problem'; readonly message: string } | null;
}

export const emptyState: PanelState = {
  models: null,
  settings: {},
  source: null,
  picture: null,
  unreadable: null,
  reference: null,
  follow: true,
  options: null,
  prefixIds: [],
  setups: [{ model: null, precision: null }],
  runs: [null],
  open: { parameters: true, inside: false, history: false },
  focus: null,
  layer: null,
  head: null,
  map: null,
  history: [],
  choosing: null,
  notice: null,
};

/** Raised when what is remembered changes shape: another version's memory is not read. */
const memoryVersion = 1;
const rememberedNames = [
  'source',
  'follow',
  'options',
  'prefixIds',
  'setups',
  'runs',
  'open',
  'focus',
  'layer',
  'head',
  'history',
] as const satisfies readonly (keyof PanelState)[];

/** What outlives hiding and reload: choices, results, history; not the picture's own data, which is read again. */
export function toRemember(state: PanelState): unknown {
  return { version: memoryVersion, ...Object.fromEntries(rememberedNames.map((name) => [name, state[name]])) };
}

export function fromMemory(memory: unknown): PanelState {
  if (typeof memory !== 'object' || memory === null || !('version' in memory) || memory.version !== memoryVersion)
    return emptyState;
  const { version: _, ...known } = memory;
  const state: PanelState = { ...emptyState, ...known };
  // Steps that came while the page was hidden are lost: what had not ended is made again.
  return { ...state, runs: state.runs.map((run) => (run?.status === 'running' ? null : run)) };
}

/** The options that act: what a person chose here, else the settings'. */
export function activeOptions({ options, settings }: Pick<PanelState, 'options' | 'settings'>): GenerationOptions {
  return options ?? settings;
}

/** The word that is looked into. */
export function focusedWord(run: Run | null, focus: Focus | null): Word | undefined {
  return focus === null ? undefined : run?.words[focus.sequence]?.[focus.index];
}
