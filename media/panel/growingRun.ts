import type { GenerationOptions, PanelRunResult, PanelStep } from '../../server/src/protocol.ts';
import type { Run } from './panelState.ts';

export function newRun(run: string, options: GenerationOptions, prefixIds: readonly number[], attention: boolean): Run {
  const nothing = { preparing: null, texts: [], words: [], beams: [], result: null, error: null };
  return { run, options, prefixIds, attention, status: 'running', ...nothing };
}

/** The run with one more step. */
export function grown(run: Run, step: PanelStep): Run {
  switch (step.kind) {
    case 'model':
      return { ...run, preparing: { message: step.message, fraction: step.fraction } };
    case 'token': {
      const { sequence, token, alternatives, text } = step;
      const words = run.words.slice();
      // A run that a crash interrupted is made again from its start.
      words[sequence] = [...(words[sequence] ?? []).slice(0, step.index), { token, alternatives }];
      const texts = run.texts.slice();
      // A beam search's best caption is read again at its end: its text is whole already.
      if (run.beams.length === 0) texts[sequence] = text;
      return { ...run, preparing: null, words, texts };
    }
    case 'beams': {
      const best = step.beams.toSorted((a, b) => Number(a.finished) - Number(b.finished) || b.score - a.score)[0];
      return {
        ...run,
        preparing: null,
        beams: [...run.beams.slice(0, step.index), step.beams],
        texts: [best?.text ?? ''],
      };
    }
  }
}

/** The run at its end; null where it was cancelled. */
export function ended(run: Run, result: PanelRunResult): Run | null {
  if (result.ok) {
    const { caption } = result;
    const texts = (caption.candidates ?? [caption]).map((candidate) => candidate.caption);
    return { ...run, status: 'done', preparing: null, texts, result };
  }
  if (result.code === 'Aborted') return null;
  return { ...run, status: 'failed', preparing: null, error: result.message };
}
