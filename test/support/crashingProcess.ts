/**
 * Stands in for the inference process where a test is about its life: speaks its messages, says which process it is, and
 * dies when the model or the picture says so.
 */
import type { FromProcess, ToProcess } from '../../server/src/blip/inferenceMessages.ts';

const send = (message: FromProcess): void => void process.send?.(message);

process.on('message', (message: ToProcess) => {
  if (message.type !== 'start') return;
  const { id, task } = message;
  const folder = 'model' in task ? task.model.folder : '';
  if (folder === 'crashes') process.kill(process.pid, 'SIGKILL');
  const model = { architecture: 'BlipForConditionalGeneration', precision: 'fp32', verdict: null } as const;
  send({ type: 'event', id, event: { kind: 'loaded', model } });
  if ('image' in task && task.image.key === 'crashes') process.kill(process.pid, 'SIGKILL');
  if (task.kind === 'captions') process.kill(process.pid, 'SIGKILL');
  if (folder === 'slow') return;
  const picture = 'image' in task ? task.image.key : '';
  const residentBytes = folder === 'large' ? 5e9 : 1e8;
  const answer = (): void => send({ type: 'done', id, result: process.pid, residentBytes, stuck: picture === 'stuck' });
  if (picture === 'later') setTimeout(answer, 400);
  else answer();
});
process.on('disconnect', () => process.exit(0));
