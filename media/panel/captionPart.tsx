import type { Panel } from './panel.ts';
import type { PanelState, Run, Setup } from './panelState.ts';
import { duration, percent, strings } from './strings.ts';

interface Props {
  readonly panel: Panel;
  readonly state: PanelState;
}

/** What came out: the growing caption, its candidates and times; one model, or two side by side. */
export function CaptionPart({ panel, state }: Props) {
  const { setups, runs, prefixIds } = state;
  return (
    <section class="caption-part" aria-labelledby="caption-title">
      <div class="head">
        <h2 id="caption-title">{strings.caption}</h2>
        <button class="secondary" aria-pressed={setups.length > 1} onClick={() => panel.compare(setups.length < 2)}>
          {setups.length > 1 ? strings.compareEnd : strings.compare}
        </button>
      </div>
      <InDocument state={state} />
      <div class="columns" data-columns={setups.length}>
        {setups.map((setup, column) => (
          <div class="column" key={column}>
            <ModelChoice panel={panel} state={state} column={column} setup={setup} />
            <Output panel={panel} state={state} run={runs[column] ?? null} column={column} />
          </div>
        ))}
      </div>
      {prefixIds.length > 0 && (
        <p class="message">
          {strings.chosenStart}{' '}
          <button class="link" onClick={() => panel.forgetChoice()}>
            {strings.chosenEnd}
          </button>
        </p>
      )}
    </section>
  );
}

/** The alt text as it stands, to hold the caption against. */
function InDocument({ state: { reference, runs } }: Pick<Props, 'state'>) {
  if (reference === null) return null;
  const { alt, target } = reference;
  const same = alt !== null && alt !== '' && alt === runs[0]?.result?.alt;
  return (
    <p class="in-document">
      <span class="label">
        {strings.inDocument} ({target})
      </span>{' '}
      {alt === null || alt === '' ? <em>{strings.inDocumentNone}</em> : <q>{alt}</q>}
      {same && <span class="badge">{strings.inDocumentSame}</span>}
    </p>
  );
}

function ModelChoice({
  panel,
  state: { models },
  column,
  setup,
}: Props & { readonly column: number; readonly setup: Setup }) {
  if (models === null) return null;
  const { current } = models;
  const others = models.models.filter(({ id }) => id !== current.id);
  const number = column + 1;
  return (
    <div class="row model">
      <label>
        <span>{strings.model}</span>
        <select
          aria-label={`${strings.model} ${number}`}
          value={setup.model ?? ''}
          onChange={({ currentTarget: { value } }) =>
            panel.setSetup(column, { ...setup, model: value === '' ? null : value })
          }
        >
          <option value="">{strings.asSettings(current.id)}</option>
          {others.map(({ id }) => (
            <option key={id} value={id}>
              {id}
            </option>
          ))}
          {setup.model === current.id && <option value={current.id}>{current.id}</option>}
        </select>
      </label>
      <label>
        <span>{strings.precision}</span>
        <select
          aria-label={`${strings.precision} ${number}`}
          value={setup.precision ?? ''}
          onChange={({ currentTarget: { value } }) =>
            panel.setSetup(column, { ...setup, precision: value === 'int8' || value === 'fp32' ? value : null })
          }
        >
          <option value="">{strings.asSettings(current.precision)}</option>
          <option value="int8">int8</option>
          <option value="fp32">fp32</option>
        </select>
      </label>
    </div>
  );
}

function Output({ panel, state, run, column }: Props & { readonly run: Run | null; readonly column: number }) {
  const running = run?.status === 'running';
  const { reference } = state;
  const result = run?.result ?? null;
  const words = result?.alt ?? run?.texts[0] ?? '';
  const canInsert = result !== null && reference?.canWrite === true;
  return (
    <div class="output">
      <p class="caption" aria-live="polite" aria-busy={running} data-status={run?.status ?? 'idle'}>
        {words !== '' && <span>{words}</span>}
        {running && <span class="cursor" aria-hidden="true" />}
        {words === '' && <span class="waiting">{running ? strings.captioning : strings.waiting}</span>}
      </p>
      {run?.preparing && (
        <p class="message" role="status">
          {run.preparing.message}
          {run.preparing.fraction !== null && (
            <progress max={1} value={run.preparing.fraction} aria-label={run.preparing.message} />
          )}
        </p>
      )}
      {run?.error && (
        <p class="message error" role="alert">
          {run.error}
        </p>
      )}
      {result?.note && <p class="message warning">{result.note}</p>}
      <div class="actions">
        <button
          disabled={!canInsert}
          title={canInsert ? strings.insertWhere(reference.target) : strings.insertNowhere}
          onClick={() => panel.send({ type: 'insert', words })}
        >
          {strings.insert}
        </button>
        <button class="secondary" disabled={result === null} onClick={() => panel.send({ type: 'copy', text: words })}>
          {strings.copy}
        </button>
        {running ? (
          <button class="secondary" onClick={() => panel.send({ type: 'cancel', run: run.run })}>
            {strings.cancel}
          </button>
        ) : (
          <button class="secondary" disabled={state.source === null} onClick={() => panel.captionAgain()}>
            {strings.captionAgain}
          </button>
        )}
      </div>
      {result !== null && <Times result={result} />}
      {result?.caption.candidates && <Candidates panel={panel} run={run!} column={column} />}
    </div>
  );
}

function Times({ result: { caption } }: { readonly result: NonNullable<Run['result']> }) {
  const { decodeMs, encodeMs, generateMs } = caption.timings;
  return (
    <dl class="times">
      <div>
        <dt>{strings.confidence}</dt>
        <dd>{strings.sure(Math.round(caption.confidence * 100))}</dd>
      </div>
      <div>
        <dt>{strings.decoding}</dt>
        <dd data-cached={decodeMs === 0}>{duration(decodeMs)}</dd>
      </div>
      <div>
        <dt>{strings.encoding}</dt>
        <dd data-cached={encodeMs === 0}>{duration(encodeMs)}</dd>
      </div>
      <div>
        <dt>{strings.generating}</dt>
        <dd>{duration(generateMs)}</dd>
      </div>
      <div>
        <dt>{strings.precision}</dt>
        <dd>{caption.precision}</dd>
      </div>
    </dl>
  );
}

function Candidates({ panel, run, column }: { readonly panel: Panel; readonly run: Run; readonly column: number }) {
  return (
    <div class="candidates">
      <h3>{strings.candidates}</h3>
      <ol>
        {run.result?.caption.candidates?.map(({ caption, confidence, score }, sequence) => (
          <li key={sequence}>
            <span class="words">{caption}</span>
            <span class="facts">
              {percent(Math.log(confidence))}
              {score !== undefined && `, ${strings.score} ${score.toFixed(2)}`}
            </span>
            <button
              class="link"
              aria-label={`${strings.copy}: ${caption}`}
              onClick={() => panel.send({ type: 'copy', text: caption })}
            >
              {strings.copy}
            </button>
            {run.words[sequence] !== undefined && run.words.length > 1 && (
              <button
                class="link"
                aria-label={`${strings.lookInside}: ${caption}`}
                onClick={() => panel.focus({ column, sequence, index: 0 })}
              >
                {strings.lookInside}
              </button>
            )}
          </li>
        ))}
      </ol>
    </div>
  );
}
