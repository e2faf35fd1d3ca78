import type { BeamView } from '../../server/src/protocol.ts';

export interface TreeNode {
  readonly key: string;
  readonly token: string;
  readonly score: number;
  /** Its step, from 0. */
  readonly column: number;
  /** Its place in the column, from 0. */
  readonly row: number;
  readonly parent: TreeNode | null;
  /** On the way to the caption; ended or alive at the end; or given up on the way. */
  readonly fate: 'best' | 'kept' | 'given-up';
}

export interface TreeLayout {
  readonly nodes: readonly TreeNode[];
  readonly columns: number;
  readonly rows: number;
}

/**
 * Places each text of a beam search in the column of its step, in the order of its scores.
 *
 * @param steps each step's living and ended texts
 * @param best the ids of the text that became the caption
 */
export function layOut(steps: readonly (readonly BeamView[])[], best: readonly number[]): TreeLayout {
  const nodes = new Map<string, TreeNode>();
  const last = steps.at(-1) ?? [];
  const kept = last.map(({ ids }) => ids);
  let rows = 0;
  for (const [column, beams] of steps.entries()) {
    let row = 0;
    for (const { ids, token, score } of beams) {
      const key = ids.join();
      if (ids.length !== column + 1 || nodes.has(key)) continue; // it ended at an earlier step
      const parent = nodes.get(ids.slice(0, -1).join()) ?? null;
      const isPrefixOf = (whole: readonly number[]): boolean => ids.every((id, index) => whole[index] === id);
      const fate = isPrefixOf(best) ? 'best' : kept.some(isPrefixOf) ? 'kept' : 'given-up';
      nodes.set(key, { key, token, score, column, row, parent, fate });
      row += 1;
    }
    rows = Math.max(rows, row);
  }
  return { nodes: [...nodes.values()], columns: steps.length, rows };
}
