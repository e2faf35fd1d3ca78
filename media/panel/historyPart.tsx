import type { Panel } from './panel.ts';
import type { PanelState } from './panelState.ts';
import { duration, optionWords, strings } from './strings.ts';

/** The captions of this session, each with the parameters it was made with. */
export function HistoryPart({ panel, state }: { readonly panel: Panel; readonly state: PanelState }) {
  const { history, open } = state;
  return (
    <details
      class="part history"
      open={open.history}
      onToggle={({ currentTarget }) => panel.fold('history', currentTarget.open)}
    >
      <summary>
        <h2>{strings.history}</h2>
      </summary>
      {history.length === 0 && <p class="hint">{strings.historyNone}</p>}
      <ol>
        {history.map(({ run, picture, alt, confidence, model, precision, options, totalMs }) => (
          <li key={run}>
            <p class="words">{alt}</p>
            <p class="facts">
              {picture} · {model}, {precision} · {strings.sure(Math.round(confidence * 100))} · {duration(totalMs)}
            </p>
            <p class="facts">{optionWords(options)}</p>
            <button
              class="link"
              aria-label={`${strings.useAgain}: ${alt}, ${optionWords(options)}`}
              onClick={() => panel.useOptions(options)}
            >
              {strings.useAgain}
            </button>
            <button
              class="link"
              aria-label={`${strings.copy}: ${alt}`}
              onClick={() => panel.send({ type: 'copy', text: alt })}
            >
              {strings.copy}
            </button>
          </li>
        ))}
      </ol>
    </details>
  );
}
