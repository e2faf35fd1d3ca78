import * as l10n from '@vscode/l10n';
import type { PanelState, Run } from './panelState.ts';
import { duration, strings } from './strings.ts';

interface Paper {
  readonly name: string;
  readonly url: string;
}
const blip = (section: string): Paper => ({
  name: l10n.t('BLIP, section {0}', section),
  url: 'https://arxiv.org/abs/2201.12086',
});
const vit: Paper = { name: l10n.t('Vision Transformer, section {0}', '3.1'), url: 'https://arxiv.org/abs/2010.11929' };
const transformer: Paper = {
  name: l10n.t('Attention Is All You Need, section {0}', '3.2'),
  url: 'https://arxiv.org/abs/1706.03762',
};

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
      name: l10n.t('Image'),
      shape: size === null || size === undefined ? (picture?.format ?? '') : `${size.width} × ${size.height}`,
      time: null,
      meaning: l10n.t('The file is decoded to colours; transparency is laid on a background.'),
      paper: blip('4.1'),
    },
    {
      name: l10n.t('Pixels'),
      shape: `${imageSize} × ${imageSize} × 3`,
      time: duration(decodeMs),
      meaning: l10n.t('It is resized to the square that the model was trained on; its proportions are not kept.'),
      paper: blip('4.1'),
    },
    {
      name: l10n.t('Patches'),
      shape: l10n.t('{0} × {0} of {1} × {1}', side, patchSize),
      time: null,
      meaning: l10n.t(
        'The square is cut into {0} patches, each of which becomes a vector with its position, and one more vector stands for the whole.',
        side ** 2,
      ),
      paper: vit,
    },
    {
      name: l10n.t('Embeds'),
      shape: `${side ** 2 + 1} × ${visionHidden}`,
      time: duration(encodeMs),
      meaning: l10n.t(
        '{0} transformer layers let each patch take account of all others: this is what the words look at.',
        visionLayers,
      ),
      paper: blip('3.1'),
    },
    {
      name: l10n.t('Tokens'),
      shape: l10n.t('{0} of {1}', caption.tokens.length, vocabulary.toLocaleString(document.documentElement.lang)),
      time: duration(generateMs),
      meaning: l10n.t(
        'A decoder of {0} layers with {1} heads writes token after token, each one looking back at the words before it.',
        textLayers,
        textHeads,
      ),
      paper: blip('3.1'),
    },
    {
      name: l10n.t('Cross-attention'),
      shape: `${textLayers} × ${textHeads} × ${side ** 2 + 1}`,
      time: null,
      meaning: l10n.t(
        'In every layer and head, each token also looks at the embeds of the picture: the map above shows where.',
      ),
      paper: transformer,
    },
  ];
}
