/** Requests → tasks of the inference process, and back: which pictures go together, and what becomes of each. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BlipError, type Caption, type InferenceTask, type TaskResult } from '../../server/src/blip/index.ts';
import { inferCaptions, joins, type CaptionJob, type Inference } from '../../server/src/captionInference.ts';
import { batchLimits } from '../../server/src/pictureRoom.ts';

const never = new AbortController().signal;

function job(name: string, group: string | null = 'same', bytes = Buffer.from(name)): CaptionJob {
  const image = { name, bytes, hash: name };
  const model = { folder: 'm', precision: 'fp32', cacheFolder: null } as const;
  return { image, model, alpha: 'auto', options: {}, onEvent: () => undefined, group };
}

function asCaption(caption: string): Caption {
  const timings = { decodeMs: 0, encodeMs: 0, generateMs: 0, totalMs: 0 };
  return { caption, confidence: 1, tokens: [], confident: true, photograph: false, precision: 'fp32', timings };
}

/** Captions a picture with its bytes; "broken" cannot be read, "crashes" ends the process. */
class FakeInference implements Inference {
  readonly asked: string[] = [];

  prepare(): void {}

  async run<T extends InferenceTask>(task: T): Promise<TaskResult<T>> {
    const pictures = task.kind === 'captions' ? task.pictures : 'image' in task ? [task.image.bytes] : [];
    const words = pictures.map((bytes) => Buffer.from(bytes).toString());
    this.asked.push(`${task.kind} ${words.join(' ')}`);
    if (words.includes('crashes')) throw new BlipError('InferenceCrashed', 'crashed');
    if (words.includes('no-model')) throw new BlipError('ModelUnavailable', 'no model');
    const results = words.map((word) =>
      word === 'broken'
        ? ({ ok: false, code: 'ImageUnreadable', message: 'It is broken.' } as const)
        : ({ ok: true, caption: asCaption(word) } as const),
    );
    if (task.kind === 'captions') return results as unknown as TaskResult<T>;
    const [result] = results;
    if (!result!.ok) throw new BlipError(result!.code, result!.message);
    return result!.caption as TaskResult<T>;
  }
}

async function infer(names: readonly string[]): Promise<{ asked: readonly string[]; outcomes: readonly string[] }> {
  const inference = new FakeInference();
  const jobs = names.map((name) => job(name));
  const results = await inferCaptions(inference, jobs, 'background', never);
  const outcomes = results.map((result) =>
    result.status === 'fulfilled' ? result.value.caption : (result.reason as Error).message,
  );
  return { asked: inference.asked, outcomes };
}

for (const [what, names, asked, outcomes] of [
  ['one picture is a task of one', ['a'], ['caption a'], ['a']],
  ['several are one task', ['a', 'b'], ['captions a b'], ['a', 'b']],
  [
    'a broken one among them is named',
    ['a', 'broken', 'b'],
    ['captions a broken b'],
    ['a', 'broken: It is broken.', 'b'],
  ],
  [
    'after a crash each is tried by itself',
    ['a', 'crashes', 'broken', 'b'],
    ['captions a crashes broken b', 'caption a', 'caption crashes', 'caption broken', 'caption b'],
    ['a', 'crashed', 'broken: It is broken.', 'b'],
  ],
] as const) {
  test(what, async () => {
    assert.deepEqual(await infer(names), { asked, outcomes });
  });
}

test('a model that cannot be used fails them all at once', async () => {
  await assert.rejects(infer(['a', 'no-model']), { code: 'ModelUnavailable' });
});

test('together go those that ask the same, up to a number and a size', () => {
  const large = (name: string): CaptionJob => job(name, 'same', Buffer.alloc(batchLimits.bytes / 2));
  const many = Array.from({ length: batchLimits.pictures }, (_, index) => job(String(index)));
  assert.deepEqual(
    [
      joins([job('a')], job('b')),
      joins([job('a')], job('b', 'other')),
      joins([job('a', null)], job('b', null)),
      joins(many.slice(1), job('last')),
      joins(many, job('too many')),
      joins([large('a')], large('b')),
      joins([large('a'), large('b')], job('too large')),
    ],
    [true, false, false, true, false, true, false],
  );
});
