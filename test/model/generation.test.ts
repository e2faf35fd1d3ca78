/** Generation as a library: steps, words that must or must not be written, samples, scores, attention, cancelling. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { BlipError, CaptionGenerator, type Caption, type GenerationStep } from '../../server/src/blip/index.ts';
import { golden, kitImage, kitPath, largestDifference, type CaptionGoldens } from '../support/parityKit.ts';

const { images } = golden('caption.json') as CaptionGoldens;
const image = kitImage('rgb_90x60.png');
const drop = { alpha: 'drop', imageKey: 'rgb_90x60.png' } as const;
const idsOf = ({ tokens }: Pick<Caption, 'tokens'>): number[] => tokens.map(({ id }) => id);

let generator: CaptionGenerator;
before(async () => {
  generator = await CaptionGenerator.load(kitPath('caption'), { cacheFolder: null, precision: 'fp32', threads: 1 });
});
after(() => generator.close());

async function stepsOf(
  options: Parameters<CaptionGenerator['stream']>[1],
): Promise<{ steps: GenerationStep[]; caption: Caption }> {
  const steps: GenerationStep[] = [];
  for await (const step of generator.stream(image, { ...drop, ...options })) steps.push(step);
  const last = steps.pop();
  assert.ok(last?.kind === 'caption');
  return { steps, caption: last.caption };
}

it('says of a caption that it was drawn by chance', async () => {
  const byChance = async (options: Parameters<CaptionGenerator['caption']>[1]) =>
    (await generator.caption(image, { ...drop, ...options })).byChance;
  assert.equal(await byChance({ doSample: true }), true);
  assert.equal(await byChance({ doSample: true, seed: 3 }), undefined);
  assert.equal(await byChance({}), undefined);
});

describe('a stream', () => {
  it('tells each token as it is chosen, and ends with the caption', async () => {
    const plain = await generator.caption(image, drop);
    const { steps, caption } = await stepsOf({});
    assert.deepEqual(idsOf(caption), idsOf(plain));
    assert.deepEqual(
      steps.map((step) => (step.kind === 'token' ? step.token : null)),
      caption.tokens,
    );
    assert.equal(steps.map((step) => (step.kind === 'token' ? step.text : '')).at(-1), caption.caption);
  });

  it('shows five alternatives, likeliest first, the chosen one among them', async () => {
    const { steps } = await stepsOf({ maxNewTokens: 3 });
    for (const step of steps) {
      assert.ok(step.kind === 'token');
      const logProbs = step.alternatives.map(({ logProb }) => logProb);
      assert.equal(logProbs.length, 5);
      assert.deepEqual(
        logProbs,
        logProbs.toSorted((a, b) => b - a),
      );
      assert.deepEqual(step.alternatives[0], step.token);
      assert.equal(step.crossAttention, null);
    }
  });

  it('shows where the model looked, without changing what it says', async () => {
    const plain = await generator.caption(image, drop);
    const { steps, caption } = await stepsOf({ crossAttention: true });
    assert.deepEqual(idsOf(caption), idsOf(plain));
    for (const step of steps) {
      assert.ok(step.kind === 'token' && step.crossAttention !== null);
      const { layers, heads, positions, weights } = step.crossAttention;
      assert.deepEqual([layers, heads, positions, weights.length], [2, 2, 17, 68]);
      for (let map = 0; map < layers * heads; map += 1) {
        const sum = weights
          .subarray(map * positions, (map + 1) * positions)
          .reduce((total, weight) => total + weight, 0);
        assert.ok(Math.abs(sum - 1) < 1e-5);
      }
    }
  });

  it('goes on from tokens that are given, whatever the search', async () => {
    const { steps } = await stepsOf({});
    const [first, second] = steps.flatMap((step) => (step.kind === 'token' ? [step] : []));
    const other = second!.alternatives[3]!.id;
    const prefixIds = [first!.token.id, other];
    for (const options of [{}, { numBeams: 3 }, { doSample: true, seed: 3 }, { badWords: ['dog'], minNewTokens: 5 }]) {
      const { caption } = await stepsOf({ ...options, prefixIds });
      assert.deepEqual(idsOf(caption).slice(0, 2), prefixIds);
      assert.equal(caption.tokens[1]?.logProb.toFixed(4), second!.alternatives[3]!.logProb.toFixed(4));
    }
    for (const [wrong, message] of [
      [[120], /prefixIds has 120; the model's tokens are 0…119/],
      [[1, 1, 1], /prefixIds has 3 tokens; maxNewTokens allows 2/],
    ] as const) {
      await assert.rejects(stepsOf({ maxNewTokens: 2, prefixIds: wrong }), message);
    }
  });

  it('of a beam search reads the best caption again, where asked', async () => {
    const { steps, caption } = await stepsOf({ numBeams: 3, rereadBest: true });
    const words = steps.flatMap((step) => (step.kind === 'token' ? [step] : []));
    assert.deepEqual(
      words.map(({ token }) => token),
      caption.tokens,
    );
    for (const { token, alternatives } of words) {
      const same = alternatives.find(({ id }) => id === token.id);
      if (same !== undefined) assert.ok(Math.abs(same.logProb - token.logProb) < 1e-4);
    }
  });

  it('of a beam search shows the texts that live and those that have ended', async () => {
    const plain = await generator.caption(image, { ...drop, numBeams: 3 });
    const { steps, caption } = await stepsOf({ numBeams: 3 });
    assert.deepEqual(idsOf(caption), idsOf(plain));
    const last = steps.at(-1);
    assert.ok(last?.kind === 'beams');
    const best = last.beams.find(({ finished }) => finished);
    assert.deepEqual([best?.ids, best?.text, best?.score], [idsOf(caption), caption.caption, caption.score]);
  });

  it('of several samples tells each one', async () => {
    const { steps, caption } = await stepsOf({ doSample: true, seed: 4, numReturnSequences: 3 });
    const told = [0, 1, 2].map((sequence) =>
      steps.flatMap((step) => (step.kind === 'token' && step.sequence === sequence ? [step.token.id] : [])),
    );
    assert.deepEqual(told, caption.candidates!.map(idsOf));
  });

  it('that is left ends its work, and the model goes on', async () => {
    for await (const step of generator.stream(image, drop)) {
      assert.equal(step.kind, 'token');
      break;
    }
    assert.ok((await generator.caption(image, drop)).caption.length > 0);
  });
});

describe('words', () => {
  it('that are banned are not written, the rest is as likely as before', async () => {
    const plain = await generator.caption(image, drop);
    const banned = plain.tokens.slice(0, 2).map(({ text }) => text);
    for (const options of [{}, { numBeams: 3 }, { doSample: true, seed: 1 }]) {
      const { tokens } = await generator.caption(image, { ...drop, ...options, badWords: banned });
      assert.ok(
        tokens.every(({ text }) => !banned.includes(text)),
        tokens.map(({ text }) => text).join(' '),
      );
    }
  });

  it('of several tokens are banned as a whole', async () => {
    const options = { ...drop, numBeams: 4, forceWords: ['unhappy'] };
    const text = (caption: Caption) => caption.caption;
    assert.match(text(await generator.caption(image, options)), /unhappy/);
    assert.doesNotMatch(text(await generator.caption(image, { ...options, badWords: ['unhappy'] })), /unhappy/);
  });

  it('that are forced are written, in any order', async () => {
    for (const forceWords of [['dog'], ['unhappy'], ['grass', 'two cats'], ['the house', 'left', 'red']]) {
      const { caption } = await generator.caption(image, { ...drop, numBeams: 6, forceWords });
      for (const word of forceWords) assert.ok(` ${caption} `.includes(` ${word} `), `${word} in ${caption}`);
    }
  });

  it('that are forced beyond the room there is: as many as fit', async () => {
    const { tokens } = await generator.caption(image, {
      ...drop,
      numBeams: 4,
      forceWords: ['two cats', 'grass'],
      maxNewTokens: 2,
    });
    assert.equal(tokens.length, 2);
  });
});

describe('samples', () => {
  const options = { ...drop, doSample: true, seed: 11, numReturnSequences: 4 };
  it('of one seed are the same again, of another seed others', async () => {
    const first = await generator.caption(image, options);
    const again = await generator.caption(image, options);
    const other = await generator.caption(image, { ...options, seed: 12 });
    assert.deepEqual(again.candidates, first.candidates);
    assert.notDeepEqual(other.candidates?.map(idsOf), first.candidates?.map(idsOf));
    assert.equal(new Set(first.candidates?.map(({ caption }) => caption)).size, 4);
  });

  it('depend neither on how many there are, nor on other pictures', async () => {
    const four = await generator.caption(image, options);
    const two = await generator.caption(image, { ...options, numReturnSequences: 2 });
    assert.deepEqual(two.candidates?.map(idsOf), four.candidates?.slice(0, 2).map(idsOf));
    const { imageKey: _, ...rest } = options;
    const [, batched] = await generator.captionBatch([kitImage('rgb_64x64.png'), image], rest);
    assert.ok(batched !== undefined && !(batched instanceof BlipError));
    assert.deepEqual(batched.candidates?.map(idsOf), four.candidates?.map(idsOf));
  });

  it('of the likeliest token alone are the greedy caption', async () => {
    const greedy = await generator.caption(image, drop);
    const sampled = await generator.caption(image, { ...drop, doSample: true, topK: 1 });
    assert.deepEqual(idsOf(sampled), idsOf(greedy));
  });
});

describe('a given text', () => {
  it("has the log-probabilities of the caption it is, and its tokens' looks", async () => {
    for (const { image: name, generate } of images.slice(0, 4)) {
      const { text, logprobs: expected } = generate['default']!;
      const { tokens, crossAttention, meanLogProb, confidence } = await generator.scoreText(kitImage(name), text[0]!, {
        alpha: 'drop',
        crossAttention: true,
      });
      const ended = tokens.length === expected!.length;
      const logProbs = tokens.map(({ logProb }) => logProb).slice(0, ended ? undefined : -1);
      assert.ok(largestDifference(logProbs, expected!) < 1e-4, name);
      assert.equal(crossAttention?.length, tokens.length);
      assert.ok(Math.abs(Math.exp(meanLogProb) - confidence) < 1e-12);
    }
  });

  it('is scored by a captioning model as its own', async () => {
    const score = await generator.score(image, 'a dog', drop);
    assert.ok('meanLogProb' in score && score.meanLogProb < 0);
    assert.equal(score.tokens.length, 3);
  });
});

describe('pictures', () => {
  it('of a known key need no second look', async () => {
    const key = { alpha: 'drop', imageKey: 'seen once' } as const;
    const first = await generator.caption(image, key);
    const again = await generator.caption(image, { ...key, numBeams: 3 });
    assert.ok(first.timings.encodeMs > 0);
    assert.deepEqual([again.timings.decodeMs, again.timings.encodeMs], [0, 0]);
  });

  it('that are broken have their error in their place', async () => {
    const [first, broken, last] = await generator.captionBatch([image, new Uint8Array([1, 2, 3]), image], {
      alpha: 'drop',
    });
    assert.ok(broken instanceof BlipError && broken.code === 'ImageUnreadable');
    const alone = await generator.caption(image, drop);
    for (const caption of [first, last]) assert.deepEqual(idsOf(caption as Caption), idsOf(alone));
  });

  it('captioned at the same time do not disturb each other', async () => {
    const names = images.map(({ image: name }) => name);
    const together = await Promise.all(
      names.map((name) => generator.caption(kitImage(name), { alpha: 'drop', numBeams: 2 })),
    );
    for (const [index, name] of names.entries()) {
      const alone = await generator.caption(kitImage(name), { alpha: 'drop', numBeams: 2 });
      assert.deepEqual(together[index]!.tokens, alone.tokens, name);
    }
  });
});

describe('cancelling', () => {
  it('acts between two steps', async () => {
    const abort = new AbortController();
    let steps = 0;
    await assert.rejects(
      async () => {
        for await (const _ of generator.stream(image, { ...drop, minNewTokens: 20 }, abort.signal)) {
          steps += 1;
          if (steps === 2) abort.abort();
        }
      },
      { name: 'AbortError' },
    );
    assert.equal(steps, 2);
  });

  it('before the start does nothing', async () => {
    await assert.rejects(generator.caption(image, { alpha: 'drop' }, AbortSignal.abort()), { name: 'AbortError' });
  });
});

describe('refused', () => {
  it('options outside their range, before anything runs', async () => {
    await assert.rejects(generator.caption(image, { numBeams: 99 }), { code: 'OptionInvalid', message: /1…16/ });
    await assert.rejects(generator.captionBatch([image], { temperature: 1 }), { code: 'OptionInvalid' });
    await assert.rejects(generator.caption(image, { ...drop, numBeams: 2, forceWords: ['zebra'] }), {
      code: 'OptionInvalid',
      message: /forceWords has "zebra"/,
    });
    await assert.rejects(generator.caption(image, { prompt: 'a dog '.repeat(40) }), {
      code: 'OptionInvalid',
      message: /prompt has 80 tokens/,
    });
  });

  it('questions and matching: another kind of model does that', async () => {
    await assert.rejects(generator.ask(image, 'who?'), {
      code: 'ArchitectureUnsupported',
      message: /takes a BlipForQuestionAnswering/,
    });
  });
});
