import type { PanelState, Run } from './panelState.ts';
import { duration, strings } from './strings.ts';

interface Paper {
  readonly name: string;
  readonly url: string;
}
const blip = (section: string): Paper => ({
  name: `BLIP, section ${section}`,
  url: 'https://arxiv.org/abs/2201.12086',
});
const vit: Paper = { name: 'Vision Transformer, section 3.1', url: 'https://arxiv.org/abs/2010.11929' };
const transformer: Paper = { name: 'Attention Is All You Need, section 3.2', url: 'https://arxiv.org/abs/1706.03762' };

interface Stage {
  readonly name: string;
  readonly shape: string;
  /** Null: its time is counted with the next stage's. */
  readonly time: string | null;
  readonly meaning: string;
  readonly paper: Paper;
}

/** From picture to tokens: the shape of each stage, what it took, what it does, where to read on. */
export function Stages({ state, run }: { readonly state: PanelState; readonly run: Run | null }) {
  const result = run?.result;
  if (result === undefined || result === null) return null;
  return (
    <div class="stages">
      <h3>{strings.stages}</h3>
      <ol>
        {stagesOf(state, result).map(({ name, shape, time, meaning, paper }) => (
          <li key={name}>
            <h4>{name}</h4>
            <p class="shape">{shape}</p>
            {time !== null && <p class="time">{time}</p>}
            <p class="meaning">
              {meaning} <a href={paper.url}>{paper.name}</a>
            </p>
          </li>
        ))}
      </ol>
    </div>
  );
}

function stagesOf({ picture }: PanelState, { caption, shapes }: NonNullable<Run['result']>): Stage[] {
  const { imageSize, patchSize, visionLayers, visionHidden, textLayers, textHeads, vocabulary } = shapes;
  const side = imageSize / patchSize;
  const { decodeMs, encodeMs, generateMs } = caption.timings;
  const size = picture?.size;
  return [
    {
      name: 'Image',
      shape: size === null || size === undefined ? (picture?.format ?? '') : `${size.width} × ${size.height}`,
      time: null,
      meaning: 'The file is decoded to colours; transparency is laid on a background.',
      paper: blip('4.1'),
    },
    {
      name: 'Pixels',
      shape: `${imageSize} × ${imageSize} × 3`,
      time: duration(decodeMs),
      meaning: 'It is resized to the square that the model was trained on; its proportions are not kept.',
      paper: blip('4.1'),
    },
    {
      name: 'Patches',
      shape: `${side} × ${side} of ${patchSize} × ${patchSize}`,
      time: null,
      meaning: `The square is cut into ${side ** 2} patches, each of which becomes a vector with its position, and one more vector stands for the whole.`,
      paper: vit,
    },
    {
      name: 'Embeds',
      shape: `${side ** 2 + 1} × ${visionHidden}`,
      time: duration(encodeMs),
      meaning: `${visionLayers} transformer layers let each patch take account of all others: this is what the words look at.`,
      paper: blip('3.1'),
    },
    {
      name: 'Tokens',
      shape: `${caption.tokens.length} of ${vocabulary.toLocaleString('en')}`,
      time: duration(generateMs),
      meaning: `A decoder of ${textLayers} layers with ${textHeads} heads writes token after token, each one looking back at the words before it.`,
      paper: blip('3.1'),
    },
    {
      name: 'Cross-attention',
      shape: `${textLayers} × ${textHeads} × ${side ** 2 + 1}`,
      time: null,
      meaning:
        'In every layer and head, each token also looks at the embeds of the picture: the map above shows where.',
      paper: transformer,
    },
  ];
}
