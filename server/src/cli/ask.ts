import type { Installation } from '../installation.ts';
import type { CommandIo } from './commandIo.ts';
import { runPictureTask } from './pictureTask.ts';

/** `image-captioner ask FILE QUESTION`: visual question answering, with a BLIP VQA model. */
export function ask(args: string[], io: CommandIo, installation: Installation): Promise<number> {
  return runPictureTask(
    {
      usage: 'ask takes a FILE and a QUESTION in quotes.',
      task: (model, image, question) => ({ kind: 'ask', model, image, question }) as const,
      text: ({ answer }) => answer,
      wordsName: 'question',
    },
    args,
    io,
    installation,
  );
}
