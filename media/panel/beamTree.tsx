import { layOut, type TreeNode } from './beamLayout.ts';
import type { Run } from './panelState.ts';
import { strings, tokenWords } from './strings.ts';

const box = { width: 92, height: 30, gapX: 26, gapY: 8 };
const pad = 4;

/** A beam search as a tree, its steps from left to right; the way to the caption stands out. */
export function BeamTree({ run }: { readonly run: Run | null }) {
  if (run === null || run.beams.length === 0) {
    return (
      <div class="beams">
        <h3>{strings.beams}</h3>
        <p class="hint">{strings.beamsNone}</p>
      </div>
    );
  }
  const best = run.result?.caption.tokens.map(({ id }) => id) ?? run.beams.at(-1)?.[0]?.ids ?? [];
  const { nodes, columns, rows } = layOut(run.beams, best);
  const width = columns * (box.width + box.gapX) - box.gapX + 2 * pad;
  const height = rows * (box.height + box.gapY) - box.gapY + 2 * pad;
  const left = ({ column }: TreeNode): number => pad + column * (box.width + box.gapX);
  const top = ({ row }: TreeNode): number => pad + row * (box.height + box.gapY);
  return (
    <div class="beams">
      <h3>{strings.beams}</h3>
      <p class="hint">{strings.beamsHint}</p>
      <div class="scroll" tabIndex={0} role="group" aria-label={strings.beams}>
        <svg
          width={width}
          height={height}
          viewBox={`0 0 ${width} ${height}`}
          role="img"
          aria-label={strings.beamsLabel(run.beams.length, run.texts[0] ?? '')}
        >
          {nodes.map((node) => {
            if (node.parent === null) return null;
            const [fromX, fromY] = [left(node.parent) + box.width, top(node.parent) + box.height / 2];
            const [toX, toY] = [left(node), top(node) + box.height / 2];
            const bend = (fromX + toX) / 2;
            return (
              <path
                key={`to ${node.key}`}
                class="edge"
                data-fate={node.fate}
                d={`M${fromX},${fromY} C${bend},${fromY} ${bend},${toY} ${toX},${toY}`}
              />
            );
          })}
          {nodes.map((node) => (
            <g key={node.key} class="node" data-fate={node.fate} transform={`translate(${left(node)},${top(node)})`}>
              <rect width={box.width} height={box.height} rx="3" />
              <text x="7" y="13">
                {short(tokenWords(node.token))}
              </text>
              <text class="score" x="7" y="25">
                {node.score.toFixed(2)}
              </text>
            </g>
          ))}
        </svg>
      </div>
    </div>
  );
}

function short(word: string): string {
  return word.length > 12 ? `${word.slice(0, 11)}…` : word;
}
