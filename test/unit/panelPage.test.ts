/** The panel's page without a browser: messages and a person's acts in, messages and state out. */
import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import type { FromPanel, ToPanel } from '../../client/src/panelMessages.ts';
import { layOut } from '../../media/panel/beamLayout.ts';
import { Panel } from '../../media/panel/panel.ts';
import type { PanelState } from '../../media/panel/panelState.ts';
import { duration, percent, tokenWords } from '../../media/panel/strings.ts';
import type { BeamView } from '../../server/src/protocol.ts';

type Sent<T extends FromPanel['type']> = Extract<FromPanel, { type: T }>;

class TestPage {
  readonly sent: FromPanel[] = [];
  readonly panel: Panel;
  state!: PanelState;
  memory: unknown;
  readonly #context: TestContext;

  constructor(context: TestContext, memory?: unknown) {
    this.#context = context;
    this.memory = memory;
    context.mock.timers.enable({ apis: ['setTimeout', 'Date'], now: 1 });
    const page = {
      send: (message: FromPanel) => void this.sent.push(message),
      remember: (state: unknown) => (this.memory = structuredClone(state)),
      remembered: () => this.memory,
    };
    this.panel = new Panel(page, (state) => (this.state = state));
  }

  last<T extends FromPanel['type']>(type: T): Sent<T> | undefined {
    return this.sent.findLast((message): message is Sent<T> => message.type === type);
  }

  wait(milliseconds: number): void {
    this.#context.mock.timers.tick(milliseconds);
  }

  tell(...messages: readonly ToPanel[]): void {
    for (const message of messages) this.panel.receive(message);
  }

  /** Shows a picture; the run that follows begins. */
  show(name: string): string {
    this.tell(picture(name));
    this.wait(0);
    return this.last('run')!.run;
  }
}

function picture(name: string): ToPanel {
  const shown = { ok: true, name, size: null, format: 'PNG', bytes: 1, shown: 'data:image/png;base64,' } as const;
  return { type: 'picture', source: { kind: 'file', uri: `file:///${name}` }, picture: shown, reference: null };
}

const word = (id: number, text: string) => ({ id, text, logProb: -0.1 });
function tokenStep(run: string, index: number, text: string): ToPanel {
  const alternatives = [word(index, text), word(index + 10, `not ${text}`)];
  return {
    type: 'step',
    step: { run, kind: 'token', sequence: 0, index, token: word(index, text), text, alternatives },
  };
}
function result(run: string, words: string): ToPanel {
  const timings = { decodeMs: 0, encodeMs: 0, generateMs: 1, totalMs: 1 };
  const caption = {
    caption: words,
    confidence: 0.5,
    tokens: [word(0, words)],
    confident: true,
    photograph: false,
    precision: 'int8',
    timings,
  } as const;
  const shapes = {
    imageSize: 1,
    patchSize: 1,
    visionLayers: 1,
    visionHidden: 1,
    textLayers: 1,
    textHeads: 1,
    textHidden: 1,
    vocabulary: 1,
    parameters: 1,
  };
  return { type: 'result', run, result: { ok: true, caption, alt: words, model: 'built-in', note: null, shapes } };
}

describe('the page', () => {
  it('captions a picture that it is shown, word by word', (context) => {
    const page = new TestPage(context);
    const run = page.show('a.png');
    page.tell(tokenStep(run, 0, 'a'), tokenStep(run, 1, 'a dog'));
    assert.deepEqual([page.state.runs[0]?.status, page.state.runs[0]?.texts[0]], ['running', 'a dog']);
    page.tell(result(run, 'A dog'));
    assert.equal(page.state.runs[0]?.result?.alt, 'A dog');
    assert.deepEqual(
      page.state.history.map(({ alt, picture }) => [alt, picture]),
      [['A dog', 'a.png']],
    );
  });

  it('lets go of the run that another picture makes idle', (context) => {
    const page = new TestPage(context);
    const first = page.show('a.png');
    const second = page.show('b.png');
    page.tell(result(first, 'late'), tokenStep(second, 0, 'b'));
    assert.equal(page.state.runs[0]?.texts[0], 'b');
    assert.deepEqual(page.state.history, []);
  });

  it('takes a dragged slider as one change, and cancels the run before', (context) => {
    const page = new TestPage(context);
    const first = page.show('a.png');
    for (const numBeams of [2, 3, 4]) {
      page.panel.setOption('numBeams', numBeams);
      page.wait(50);
    }
    assert.equal(page.sent.filter(({ type }) => type === 'run').length, 1);
    page.wait(200);
    assert.deepEqual(page.last('run')?.options, { numBeams: 4 });
    assert.deepEqual(page.last('cancel'), { type: 'cancel', run: first });
  });

  it('runs nothing while parameters contradict each other', (context) => {
    const page = new TestPage(context);
    page.show('a.png');
    page.panel.setOption('temperature', 2);
    page.wait(300);
    assert.equal(page.sent.filter(({ type }) => type === 'run').length, 1);
    page.panel.setOption('doSample', true);
    page.wait(300);
    assert.deepEqual(page.last('run')?.options, { temperature: 2, doSample: true });
  });

  it('begins with the settings’ parameters, and keeps its own from the first change on', (context) => {
    const page = new TestPage(context);
    page.tell({ type: 'settings', options: { numBeams: 3 } });
    page.show('a.png');
    assert.deepEqual(page.last('run')?.options, { numBeams: 3 });
    page.panel.setOption('maxNewTokens', 5);
    page.tell({ type: 'settings', options: {} });
    page.wait(300);
    assert.deepEqual(page.last('run')?.options, { numBeams: 3, maxNewTokens: 5 });
  });

  it('goes on from a word that is chosen', (context) => {
    const page = new TestPage(context);
    const run = page.show('a.png');
    page.tell(tokenStep(run, 0, 'a'), tokenStep(run, 1, 'dog'), tokenStep(run, 2, 'runs'), result(run, 'A dog runs'));
    page.panel.focus({ column: 0, sequence: 0, index: 1 });
    page.panel.choose(11);
    page.wait(0);
    assert.deepEqual(page.last('run')?.prefixIds, [0, 11]);
    page.panel.forgetChoice();
    page.wait(0);
    assert.deepEqual(page.last('run')?.prefixIds, []);
  });

  it('asks for attention only when someone looks inside', (context) => {
    const page = new TestPage(context);
    const run = page.show('a.png');
    assert.equal(page.last('run')?.attention, false);
    page.tell(tokenStep(run, 0, 'a'), result(run, 'A'));
    assert.equal(page.last('attention'), undefined);
    page.panel.fold('inside', true);
    page.wait(0);
    const again = page.last('run')!;
    assert.equal(again.attention, true);
    page.tell(tokenStep(again.run, 0, 'a'), result(again.run, 'A'));
    assert.deepEqual(page.last('attention'), {
      type: 'attention',
      run: again.run,
      sequence: 0,
      index: 0,
      layer: null,
      head: null,
    });
  });

  it('compares with another model, else with the other precision', (context) => {
    const page = new TestPage(context);
    const models = [{ id: 'built-in', source: 'built-in' }] as const;
    const current = { id: 'built-in', precision: 'int8' } as const;
    page.tell({ type: 'models', models: { models, current } });
    page.show('a.png');
    page.panel.compare(true);
    const { model, precision } = page.last('run')!;
    assert.deepEqual([model, precision], ['built-in', 'fp32']);
    page.panel.compare(false);
    page.tell({ type: 'models', models: { models: [...models, { id: 'x/y', source: 'hub' }], current } });
    page.panel.compare(true);
    assert.equal(page.last('run')?.model, 'x/y');
  });

  it('finds its way back after it was hidden: what was done stays, what ran is run again', (context) => {
    const page = new TestPage(context);
    const run = page.show('a.png');
    page.panel.useOptions({ numBeams: 2 });
    page.wait(0);
    page.tell(result(page.last('run')!.run, 'A dog'));
    context.mock.timers.reset();
    const back = new TestPage(context, page.memory);
    assert.deepEqual(back.sent[0], { type: 'ready', source: { kind: 'file', uri: 'file:///a.png' }, follow: true });
    back.tell(picture('a.png'));
    back.wait(0);
    assert.equal(back.last('run'), undefined);
    assert.deepEqual(
      [back.state.runs[0]?.result?.alt, back.state.options, back.state.history.length],
      ['A dog', { numBeams: 2 }, 1],
    );
    assert.notEqual(run, '');

    back.panel.captionAgain();
    back.wait(0);
    context.mock.timers.reset();
    const again = new TestPage(context, back.memory);
    again.show('a.png');
    assert.deepEqual(again.last('run')?.options, { numBeams: 2 });
  });

  it('shows why a picture cannot be read', (context) => {
    const page = new TestPage(context);
    page.show('a.png');
    page.tell({ type: 'unreadable', message: 'b.png: broken', reference: null });
    assert.deepEqual([page.state.unreadable, page.state.picture, page.state.runs], ['b.png: broken', null, [null]]);
  });
});

it('a beam tree: columns of steps, rows by score, fates', () => {
  const beam = (ids: readonly number[], finished = false): BeamView => ({
    ids,
    token: `t${ids.at(-1)}`,
    text: '',
    score: -ids.length,
    finished,
  });
  const steps = [
    [beam([1]), beam([2])],
    [beam([1, 3]), beam([1, 4])],
    [beam([1, 4, 6]), beam([1, 3, 5], true)],
  ];
  const { nodes, columns, rows } = layOut(steps, [1, 3, 5]);
  assert.deepEqual([columns, rows], [3, 2]);
  assert.deepEqual(
    nodes.map(({ token, column, row, parent, fate }) => [token, column, row, parent?.token ?? null, fate]),
    [
      ['t1', 0, 0, null, 'best'],
      ['t2', 0, 1, null, 'given-up'],
      ['t3', 1, 0, 't1', 'best'],
      ['t4', 1, 1, 't1', 'kept'],
      ['t6', 2, 0, 't4', 'kept'],
      ['t5', 2, 1, 't3', 'best'],
    ],
  );
});

it('numbers and tokens in words', () => {
  assert.deepEqual([0, 3.21, 42.4, 1234].map(duration), ['from cache', '3.2 ms', '42 ms', '1.2 s']);
  assert.deepEqual(
    [0.87, 0.034, 0.000_01].map((p) => percent(Math.log(p))),
    ['87 %', '3 %', '< 0.01 %'],
  );
  assert.deepEqual(['dog', '##ing', '[SEP]'].map(tokenWords), ['dog', '…ing', 'end']);
});
