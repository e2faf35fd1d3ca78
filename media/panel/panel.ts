import { conflicts, type ParameterName } from '../../client/src/panelParameters.ts';
import type { FromPanel, ToPanel } from '../../client/src/panelMessages.ts';
import type { GenerationOptions } from '../../server/src/protocol.ts';
import { ended, grown, newRun } from './growingRun.ts';
import { activeOptions, fromMemory, toRemember, type Focus, type PanelState, type Setup } from './panelState.ts';

/** A slider that is dragged is one change. */
const settleMs = 200;
const historyLimit = 50;

/** The page's link to the extension, and its memory across hiding and reload. */
export interface Page {
  readonly send: (message: FromPanel) => void;
  readonly remember: (state: unknown) => void;
  readonly remembered: () => unknown;
}

/** What the page knows and does: messages and a person's acts come in, a state to draw comes out. */
export class Panel {
  readonly #page: Page;
  readonly #draw: (state: PanelState) => void;
  #state: PanelState;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #runs = 0;

  constructor(page: Page, draw: (state: PanelState) => void) {
    this.#page = page;
    this.#draw = draw;
    this.#state = fromMemory(page.remembered());
    this.#draw(this.#state);
    const { source, follow } = this.#state;
    page.send({ type: 'ready', source, follow });
  }

  update(change: Partial<PanelState>): void {
    this.#state = { ...this.#state, ...change };
    this.#page.remember(toRemember(this.#state));
    this.#draw(this.#state);
  }

  receive(message: ToPanel): void {
    switch (message.type) {
      case 'models':
        return this.update({ models: message.models });
      case 'settings':
        return this.update({ settings: message.options });
      case 'picture':
        return this.#showPicture(message);
      case 'unreadable':
        this.#cancelRuns();
        return this.update({
          unreadable: message.message,
          reference: message.reference,
          picture: null,
          source: null,
          runs: this.#state.runs.map(() => null),
          map: null,
        });
      case 'reference':
        return this.update({ reference: message.reference });
      case 'follow':
        return this.update({ follow: message.on });
      case 'step':
        return this.#change(message.step.run, (run) => grown(run, message.step));
      case 'result':
        return this.#end(message);
      case 'attention':
        return this.#showMap(message);
      case 'pictures':
        if (this.#state.choosing === null) return;
        return this.update({
          choosing: { ...this.#state.choosing, pictures: message.pictures, more: message.more },
        });
      case 'notice':
        return this.update({ notice: { kind: message.kind, message: message.message } });
    }
  }

  /** Changes one parameter; undefined: as the model says. */
  setOption(name: ParameterName, value: GenerationOptions[ParameterName] | undefined): void {
    const { [name]: _, ...others } = activeOptions(this.#state);
    this.useOptions(value === undefined ? others : { ...others, [name]: value }, true);
  }

  /** @param settle wait until no further change follows */
  useOptions(options: GenerationOptions, settle = false): void {
    this.update({ options, prefixIds: [] });
    this.captionAgain(settle);
  }

  setSetup(column: number, setup: Setup): void {
    this.update({ setups: this.#state.setups.map((one, index) => (index === column ? setup : one)) });
    this.#run(column);
  }

  compare(on: boolean): void {
    const [first] = this.#state.setups;
    const [run = null] = this.#state.runs;
    this.#cancelRuns(1);
    if (!on) return this.update({ setups: [first!], runs: [run], focus: null, map: null });
    const { models } = this.#state;
    const current = first!.model ?? models?.current.id ?? null;
    const other = models?.models.find(({ id }) => id !== current);
    // Another model where there is one, else the same one computed exactly.
    const precision = (first!.precision ?? models?.current.precision) === 'fp32' ? 'int8' : 'fp32';
    const second: Setup = other === undefined ? { model: current, precision } : { model: other.id, precision: null };
    this.update({ setups: [first!, second], runs: [run, null] });
    this.#run(1);
  }

  captionAgain(settle = false): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(
      () => {
        for (const column of this.#state.setups.keys()) this.#run(column);
      },
      settle ? settleMs : 0,
    );
  }

  /** Looks into a word: what else it could have been, and where the model looked. */
  focus(focus: Focus): void {
    this.update({ focus, map: null });
    this.#askForMap();
  }

  lookAt(layer: number | null, head: number | null): void {
    this.update({ layer, head });
    this.#askForMap();
  }

  /** Goes on from another word at the focus. */
  choose(id: number): void {
    const { focus } = this.#state;
    const words = focus === null ? undefined : this.#state.runs[focus.column]?.words[focus.sequence];
    if (focus === null || words === undefined) return;
    this.update({ prefixIds: [...words.slice(0, focus.index).map(({ token }) => token.id), id] });
    this.captionAgain();
  }

  forgetChoice(): void {
    this.update({ prefixIds: [] });
    this.captionAgain();
  }

  fold(part: keyof PanelState['open'], open: boolean): void {
    if (this.#state.open[part] === open) return;
    this.update({ open: { ...this.#state.open, [part]: open } });
    const shown = this.#state.runs.every((run) => run === null || run.attention);
    if (part === 'inside' && open && !shown) this.captionAgain();
  }

  send(message: FromPanel): void {
    this.#page.send(message);
  }

  #showPicture({ source, picture, reference }: Extract<ToPanel, { type: 'picture' }>): void {
    const same = JSON.stringify(source) === JSON.stringify(this.#state.source);
    const captioned = same && this.#state.runs.every((run) => run !== null);
    this.update({ source, picture, reference, unreadable: null, choosing: null });
    if (captioned) return;
    this.update({ prefixIds: [], focus: null, map: null, runs: this.#state.runs.map(() => null) });
    this.captionAgain();
  }

  #run(column: number): void {
    this.#cancelRuns(column, column + 1);
    const { source, setups, prefixIds, open } = this.#state;
    const setup = setups[column];
    const options = activeOptions(this.#state);
    if (source === null || setup === undefined || conflicts(options).length > 0) return;
    const name = `${Date.now()}-${this.#runs++}`;
    const run = newRun(name, options, prefixIds, open.inside);
    this.#setRun(column, run);
    this.#page.send({
      type: 'run',
      run: name,
      source,
      ...setup,
      options,
      attention: open.inside,
      prefixIds: [...prefixIds],
    });
  }

  #cancelRuns(from = 0, to = this.#state.runs.length): void {
    for (const run of this.#state.runs.slice(from, to))
      if (run?.status === 'running') this.#page.send({ type: 'cancel', run: run.run });
  }

  #setRun(column: number, run: PanelState['runs'][number]): void {
    this.update({
      runs: this.#state.setups.map((_, index) => (index === column ? run : (this.#state.runs[index] ?? null))),
    });
  }

  #change(name: string, change: (run: NonNullable<PanelState['runs'][number]>) => PanelState['runs'][number]): void {
    const column = this.#state.runs.findIndex((run) => run?.run === name);
    const run = this.#state.runs[column];
    if (run !== null && run !== undefined) this.#setRun(column, change(run));
  }

  #end({ run: name, result }: Extract<ToPanel, { type: 'result' }>): void {
    this.#change(name, (run) => ended(run, result));
    const column = this.#state.runs.findIndex((run) => run?.run === name);
    const run = this.#state.runs[column];
    if (run?.result === null || run === null || run === undefined) return;
    const { alt, caption, model } = run.result;
    const entry = {
      run: name,
      picture: this.#state.picture?.name ?? '',
      alt,
      confidence: caption.confidence,
      model,
      precision: caption.precision,
      options: run.options,
      totalMs: caption.timings.totalMs,
    };
    this.update({ history: [entry, ...this.#state.history].slice(0, historyLimit) });
    if (column === (this.#state.focus?.column ?? 0)) this.#refocus(column);
  }

  /** After a run the same place is looked into again; at first the longest word: it names something in the picture. */
  #refocus(column: number): void {
    const words = this.#state.runs[column]?.words[this.#state.focus?.sequence ?? 0] ?? [];
    if (words.length === 0) return;
    const chosen = this.#state.prefixIds.length - 1;
    const lengths = words.map(({ token }) => token.text.length);
    const index = chosen >= 0 ? chosen : (this.#state.focus?.index ?? lengths.indexOf(Math.max(...lengths)));
    this.focus({
      column,
      sequence: this.#state.focus?.sequence ?? 0,
      index: Math.max(0, Math.min(index, words.length - 1)),
    });
  }

  #askForMap(): void {
    const { focus, layer, head, open } = this.#state;
    const run = focus === null ? null : this.#state.runs[focus.column];
    if (focus === null || run === null || run === undefined || !open.inside || !run.attention) return;
    this.#page.send({
      type: 'attention',
      run: run.run,
      sequence: focus.sequence,
      index: focus.index,
      layer,
      head,
    });
  }

  #showMap({ run, sequence, index, layer, head, map }: Extract<ToPanel, { type: 'attention' }>): void {
    const { focus } = this.#state;
    const current = focus !== null && this.#state.runs[focus.column]?.run === run;
    if (!current || focus.sequence !== sequence || focus.index !== index) return;
    if (layer === this.#state.layer && head === this.#state.head) this.update({ map });
  }
}
