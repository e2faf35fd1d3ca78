import { AttentionMap } from './attentionMap.tsx';
import { BeamTree } from './beamTree.tsx';
import type { Panel } from './panel.ts';
import { focusedWord, type Focus, type PanelState, type Run } from './panelState.ts';
import { Stages } from './stages.tsx';
import { percent, strings, tokenWords } from './strings.ts';

interface Props {
  readonly panel: Panel;
  readonly state: PanelState;
}

/** How the words came about: their probabilities, what else they could have been, where the model looked, the stages. */
export function InsidePart({ panel, state }: Props) {
  const { focus, open, runs } = state;
  const column = focus?.column ?? 0;
  const run = runs[column] ?? null;
  return (
    <details
      class="part inside"
      open={open.inside}
      onToggle={({ currentTarget }) => panel.fold('inside', currentTarget.open)}
    >
      <summary>
        <h2>{strings.inside}</h2>
      </summary>
      <div class="looking">
        <div>
          {runs.map(
            (one, index) => one !== null && <Words key={index} panel={panel} run={one} column={index} focus={focus} />,
          )}
          <Alternatives panel={panel} run={run} focus={focus} />
        </div>
        <AttentionMap panel={panel} state={state} run={run} />
      </div>
      <BeamTree run={run} />
      <Stages state={state} run={run} />
    </details>
  );
}

interface WordsProps {
  readonly panel: Panel;
  readonly run: Run;
  readonly column: number;
  readonly focus: Focus | null;
}

/** Each word with its probability as its shade, and in figures for those who do not see it. */
function Words({ panel, run, column, focus }: WordsProps) {
  const sequence = focus?.column === column ? focus.sequence : 0;
  const words = run.words[sequence] ?? [];
  return (
    <div class="words-of">
      <h3>
        {run.result === null ? strings.words : `${strings.words}: ${run.result.model}, ${run.result.caption.precision}`}
      </h3>
      <p class="hint">{strings.wordsHint}</p>
      <ol class="tokens">
        {words.map(({ token }, index) => (
          <li key={index}>
            <button
              class="token"
              style={{ '--likely': Math.exp(token.logProb).toFixed(3) }}
              aria-pressed={focus?.column === column && focus.index === index}
              onClick={() => panel.focus({ column, sequence, index })}
            >
              <span class="word" data-end={token.text === '[SEP]'}>
                {tokenWords(token.text)}
              </span>
              <span class="likely">{percent(token.logProb)}</span>
            </button>
          </li>
        ))}
      </ol>
    </div>
  );
}

function Alternatives({ panel, run, focus }: Omit<WordsProps, 'run' | 'column'> & { readonly run: Run | null }) {
  const word = focusedWord(run, focus);
  if (word === undefined) return null;
  return (
    <div class="alternatives">
      <h3>{strings.alternatives(tokenWords(word.token.text))}</h3>
      <p class="hint">{strings.alternativesHint}</p>
      <ol>
        {word.alternatives.map(({ id, text, logProb }) => (
          <li key={id}>
            <button
              class="alternative"
              aria-current={id === word.token.id}
              title={strings.goOn(tokenWords(text))}
              onClick={() => panel.choose(id)}
            >
              <span class="word">{tokenWords(text)}</span>
              <span class="bar">
                <span style={{ width: `${Math.exp(logProb) * 100}%` }} />
              </span>
              <span class="likely">{percent(logProb)}</span>
            </button>
          </li>
        ))}
      </ol>
    </div>
  );
}
