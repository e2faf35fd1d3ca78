/** Generation options: where their values come from, and what is refused. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { checkOptions, resolveOptions, type GenerationConfigJson } from '../../server/src/blip/generation/options.ts';
import type { GenerationOptions } from '../../server/src/blip/index.ts';

const limits = { positions: 64, promptTokens: 1 };
const resolve = (given: GenerationOptions, model: GenerationConfigJson = {}) => resolveOptions(given, model, limits);

describe('values', () => {
  it("are Hugging Face's where nobody says otherwise", () => {
    assert.deepEqual(resolve({}), {
      prompt: '',
      numBeams: 1,
      maxNewTokens: 20,
      minNewTokens: 0,
      lengthPenalty: 1,
      earlyStopping: false,
      repetitionPenalty: 1,
      noRepeatNgramSize: 0,
      badWords: [],
      forceWords: [],
      numReturnSequences: 1,
      doSample: false,
      temperature: 1,
      topK: 50,
      topP: 1,
      seed: 0,
    });
  });

  it("come from the model's generation_config.json next, and from the caller first", () => {
    const model = { max_new_tokens: 24, num_beams: 3, length_penalty: 2, top_k: null };
    const { maxNewTokens, numBeams, lengthPenalty, topK } = resolve({ numBeams: 5 }, model);
    assert.deepEqual(
      { maxNewTokens, numBeams, lengthPenalty, topK },
      { maxNewTokens: 24, numBeams: 5, lengthPenalty: 2, topK: 50 },
    );
  });

  it("the model's sampling settings act only where it samples", () => {
    const model = { temperature: 0.5, top_k: 3 };
    assert.equal(resolve({}, model).temperature, 1);
    assert.deepEqual(
      [resolve({ doSample: true }, model).temperature, resolve({ doSample: true }, model).topK],
      [0.5, 3],
    );
    assert.equal(resolve({}, { do_sample: true, ...model }).topK, 3);
  });

  it('an undefined option is one that was not given', () => {
    assert.equal(resolve({ numBeams: undefined } as unknown as GenerationOptions, { num_beams: 4 }).numBeams, 4);
  });

  it('without a seed each draw is another', () => {
    assert.notEqual(resolve({ doSample: true }).seed, resolve({ doSample: true }).seed);
    assert.equal(resolve({ doSample: true, seed: 5 }).seed, 5);
  });

  it('a default length that the positions have no room for is cut', () => {
    assert.equal(resolveOptions({}, { max_new_tokens: 100 }, { positions: 48, promptTokens: 8 }).maxNewTokens, 40);
  });
});

describe('refused with the range', () => {
  const cases: readonly [GenerationOptions, string][] = [
    [{ numBeams: 0 }, 'numBeams is 0; it must be a whole number, 1…16.'],
    [{ numBeams: 17 }, 'numBeams is 17; it must be a whole number, 1…16.'],
    [{ numBeams: 2.5 }, 'numBeams is 2.5; it must be a whole number, 1…16.'],
    [{ maxNewTokens: 0 }, 'maxNewTokens is 0; it must be a whole number, 1…63.'],
    [{ maxNewTokens: 64 }, 'maxNewTokens is 64; it must be a whole number, 1…63.'],
    [{ minNewTokens: 21 }, 'minNewTokens is 21; it must be a whole number, 0…20.'],
    [{ minNewTokens: -1 }, 'minNewTokens is -1; it must be a whole number, 0…20.'],
    [{ lengthPenalty: NaN }, 'lengthPenalty is NaN; it must be -10…10.'],
    [{ lengthPenalty: 11 }, 'lengthPenalty is 11; it must be -10…10.'],
    [{ repetitionPenalty: 0 }, 'repetitionPenalty is 0; it must be 0.01…100.'],
    [{ noRepeatNgramSize: -1 }, 'noRepeatNgramSize is -1; it must be a whole number, 0…100.'],
    [{ numReturnSequences: 2 }, 'numReturnSequences is 2; it must be 1…1 (numBeams), or more with doSample.'],
    [
      { numBeams: 3, numReturnSequences: 4 },
      'numReturnSequences is 4; it must be 1…3 (numBeams), or more with doSample.',
    ],
    [{ doSample: true, numReturnSequences: 17 }, 'numReturnSequences is 17; it must be a whole number, 1…16.'],
    [{ doSample: true, numBeams: 2 }, 'numBeams is 2; it must be 1 with doSample.'],
    [{ doSample: true, temperature: 0 }, 'temperature is 0; it must be 0.01…100.'],
    [{ doSample: true, topK: -1 }, 'topK is -1; it must be a whole number, 0…1000000.'],
    [{ doSample: true, topP: 0 }, 'topP is 0; it must be above 0, at most 1.'],
    [{ doSample: true, topP: 1.1 }, 'topP is 1.1; it must be above 0, at most 1.'],
    [{ doSample: true, seed: 0.5 }, 'seed is 0.5; it must be a whole number, 0…9007199254740991.'],
    [{ temperature: 0.7 }, 'temperature acts only with doSample.'],
    [{ topK: 5 }, 'topK acts only with doSample.'],
    [{ topP: 0.5, doSample: false }, 'topP acts only with doSample.'],
    [{ seed: 1 }, 'seed acts only with doSample.'],
    [{ earlyStopping: 'soon' as 'never' }, "earlyStopping is soon; it must be true, false or 'never'."],
    [{ forceWords: ['cat'] }, 'numBeams is 1; it must be 2…16 with forceWords.'],
    [{ forceWords: ['cat'], doSample: true }, 'forceWords is cat; it must be empty with doSample.'],
  ];
  for (const [options, message] of cases) {
    it(message, () => {
      assert.throws(() => resolve(options), { code: 'OptionInvalid', message });
    });
  }

  it('before the model is known, what no model would take', () => {
    const rejected: readonly (readonly [GenerationOptions, string])[] = [
      [{ numBeams: 17 }, 'numBeams is 17; it must be a whole number, 1…16.'],
      [{ maxNewTokens: 0 }, 'maxNewTokens is 0; it must be a whole number from 1.'],
      [{ maxNewTokens: 5, minNewTokens: 6 }, 'minNewTokens is 6; it must be a whole number, 0…5.'],
      [{ topK: 5 }, 'topK acts only with doSample.'],
      [{ doSample: true, numBeams: 2 }, 'numBeams is 2; it must be 1 with doSample.'],
    ];
    for (const [options, message] of rejected)
      assert.throws(() => checkOptions(options), { code: 'OptionInvalid', message });
    // What the model's own options and length decide.
    for (const options of [{ minNewTokens: 30 }, { maxNewTokens: 500 }, { numReturnSequences: 4 }, { doSample: true }])
      assert.doesNotThrow(() => checkOptions(options));
  });

  it('a prompt that leaves no room', () => {
    assert.throws(() => resolveOptions({ prompt: '…' }, {}, { positions: 48, promptTokens: 48 }), {
      code: 'OptionInvalid',
      message: 'prompt has 47 tokens; the model takes at most 46.',
    });
  });
});
