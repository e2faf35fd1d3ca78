import type { Installation } from '../installation.ts';
import type { CommandIo } from './commandIo.ts';
import { runPictureTask } from './pictureTask.ts';

/** `image-captioner score FILE TEXT`: how well a text fits a picture, by what the model's architecture can tell. */
export function score(args: string[], io: CommandIo, installation: Installation): Promise<number> {
  return runPictureTask(
    {
      usage: 'score takes a FILE and a TEXT in quotes.',
      task: (model, image, text) => ({ kind: 'score', model, image, text }) as const,
      text: (result) =>
        Object.entries(result)
          .filter(([, value]) => typeof value === 'number')
          .map(([name, value]) => `${name}: ${String(value)}`)
          .join('\n'),
      wordsName: 'text',
    },
    args,
    io,
    installation,
  );
}
