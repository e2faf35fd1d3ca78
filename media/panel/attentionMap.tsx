import type { Panel } from './panel.ts';
import { focusedWord, type PanelState, type Run } from './panelState.ts';
import { strings, tokenWords } from './strings.ts';

interface Props {
  readonly panel: Panel;
  readonly state: PanelState;
  readonly run: Run | null;
}

/** The picture with the look for one word laid over it. */
export function AttentionMap({ panel, state, run }: Props) {
  const { focus, map, picture, layer, head } = state;
  const word = focusedWord(run, focus);
  if (picture === null || word === undefined) return null;
  const name = tokenWords(word.token.text);
  const shapes = run?.result?.shapes;
  return (
    <figure class="attention">
      <h3>{strings.attention(name)}</h3>
      <div class="stage">
        <img class="shown" src={picture.shown} alt={describe(map, name)} />
        {map !== null && (
          <canvas
            class="heat"
            aria-hidden="true"
            width={map.patchesPerSide}
            height={map.patchesPerSide}
            ref={(canvas) => {
              if (canvas !== null) paint(canvas, map);
            }}
          />
        )}
      </div>
      <div class="row">
        <Choice
          label={strings.layer}
          count={shapes?.textLayers ?? 0}
          value={layer}
          choose={(one) => panel.lookAt(one, head)}
        />
        <Choice
          label={strings.head}
          count={shapes?.textHeads ?? 0}
          value={head}
          choose={(one) => panel.lookAt(layer, one)}
        />
      </div>
      <figcaption class="hint">
        {map === null
          ? strings.attentionNone
          : `${strings.attentionHint} ${strings.attentionWhole(Math.round(map.whole * 100))}`}
      </figcaption>
    </figure>
  );
}

interface ChoiceProps {
  readonly label: string;
  readonly count: number;
  readonly value: number | null;
  readonly choose: (value: number | null) => void;
}

function Choice({ label, count, value, choose }: ChoiceProps) {
  return (
    <label>
      <span>{label}</span>
      <select
        value={value ?? ''}
        onChange={({ currentTarget }) => choose(currentTarget.value === '' ? null : Number(currentTarget.value))}
      >
        <option value="">{strings.mean}</option>
        {Array.from({ length: count }, (_, index) => (
          <option key={index} value={index}>
            {index + 1}
          </option>
        ))}
      </select>
    </label>
  );
}

/** In words, for those who do not see the map: where its weight lies. */
function describe(map: PanelState['map'], word: string): string {
  if (map === null) return strings.attention(word);
  const side = map.patchesPerSide;
  const strongest = map.weights.indexOf(Math.max(...map.weights));
  const third = (place: number): number => Math.min(2, Math.floor((place / side) * 3));
  const place = strings.places[third(Math.floor(strongest / side))]?.[third(strongest % side)];
  return place === undefined ? strings.attention(word) : strings.attentionPlace(word, place);
}

/** One pixel a patch, drawn smoothly by the browser; the strongest patch is the brightest whatever its weight. */
function paint(
  canvas: HTMLCanvasElement,
  { patchesPerSide: side, weights, whole }: NonNullable<PanelState['map']>,
): void {
  const context = canvas.getContext('2d');
  if (context === null) return;
  const most = Math.max(...weights, Number.MIN_VALUE);
  // A look that went to the picture as a whole says little of places: it is drawn faintly.
  const strength = Math.min(1, 0.25 + 1.5 * (1 - whole));
  const pixels = context.createImageData(side, side);
  for (const [patch, weight] of weights.entries()) {
    const share = weight / most;
    pixels.data.set([255, 30 + 150 * share, 0, 235 * share * strength], patch * 4);
  }
  context.putImageData(pixels, 0, 0);
}
