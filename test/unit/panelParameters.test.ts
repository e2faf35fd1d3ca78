/** The panel's table of parameters agrees with what the program accepts; conflicts, settings, command line. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, it } from 'node:test';
import { parseArgs } from 'node:util';
import {
  asCommandLine,
  asSettingsJson,
  conflicts,
  idle,
  parameters,
  presets,
} from '../../client/src/panelParameters.ts';
import type { GenerationOptions } from '../../server/src/protocol.ts';
import { resolveOptions } from '../../server/src/blip/generation/options.ts';
import { generationFlags, readGenerationFlags } from '../../server/src/cli/generationFlags.ts';
import { defaultSettings, parseSettings } from '../../server/src/settings.ts';

const limits = { positions: 512, promptTokens: 1 };
/** What must be set beside a parameter for it to act. */
const beside = { always: {}, sampling: { doSample: true }, beams: { numBeams: 4 } } as const;

/** Does the model core take these options? */
function accepted(options: Record<string, unknown>): boolean {
  try {
    resolveOptions(options, {}, limits);
    return true;
  } catch {
    return false;
  }
}

describe('the table', () => {
  it('holds each option of the settings but forceWords', () => {
    const names = Object.keys(defaultSettings.generation).filter((name) => name !== 'forceWords');
    assert.deepEqual(parameters.map(({ name }) => name).toSorted(), names.toSorted());
  });

  for (const parameter of parameters) {
    if (parameter.kind !== 'number') continue;
    const { name, least, most, step, acts } = parameter;
    it(`${name}: ${least} to ${most} is just what the program takes`, () => {
      const company =
        name === 'numReturnSequences'
          ? { doSample: true }
          : name === 'minNewTokens'
            ? { maxNewTokens: 511 }
            : beside[acts];
      const takes = (value: number): boolean => accepted({ ...company, [name]: value });
      const outside = [least - step, ...(most < Number.MAX_SAFE_INTEGER ? [most + step] : [])];
      assert.deepEqual([takes(least), takes(most), ...outside.map(takes)], [true, true, ...outside.map(() => false)]);
      for (const value of [least, most]) {
        const { problems, settings } = parseSettings({ generation: { [name]: value } });
        assert.deepEqual([problems, settings.generation[name]], [[], value]);
      }
      for (const value of outside) assert.ok(conflicts({ ...company, [name]: value }).some((one) => one.name === name));
    });
  }

  it('offers the choices that the program takes', () => {
    for (const parameter of parameters) {
      if (parameter.kind !== 'choice') continue;
      for (const choice of parameter.choices)
        assert.ok(accepted({ ...beside[parameter.acts], [parameter.name]: choice }));
    }
  });

  it('says in a sentence what each does', () => {
    for (const { name, meaning, range } of parameters) {
      assert.match(meaning, /^[A-Z].*\.$/, name);
      assert.ok(range !== '', name);
    }
  });
});

describe('conflicts', () => {
  for (const [options, expected] of [
    [{}, []],
    [{ temperature: 0.7 }, ['temperature']],
    [{ topK: 10, topP: 0.9, seed: 1 }, ['topK', 'topP', 'seed']],
    [{ doSample: true, temperature: 0.7, seed: 1 }, []],
    [{ doSample: true, numBeams: 3 }, ['numBeams']],
    [{ numReturnSequences: 3 }, ['numReturnSequences']],
    [{ numBeams: 3, numReturnSequences: 3 }, []],
    [{ minNewTokens: 30 }, ['minNewTokens']],
    [{ minNewTokens: 30, maxNewTokens: 30 }, []],
    [{ numBeams: 2.5 }, ['numBeams']],
  ] as const) {
    it(`${JSON.stringify(options)}: ${expected.join(', ') || 'none'}`, () => {
      assert.deepEqual(
        conflicts(options).map(({ name }) => name),
        expected,
      );
      assert.equal(accepted(options), expected.length === 0, 'the program is of the same mind');
    });
  }

  it('names what has no effect', () => {
    assert.deepEqual(
      idle({ lengthPenalty: 2 }).map(({ name }) => name),
      ['lengthPenalty'],
    );
    assert.deepEqual(idle({ lengthPenalty: 2, numBeams: 2 }), []);
  });

  it('presets have none', () => {
    for (const { options } of presets) assert.deepEqual([conflicts(options), idle(options)], [[], []]);
  });
});

const options: GenerationOptions = {
  prompt: "the dog's picture of",
  numBeams: 4,
  lengthPenalty: -1.5,
  badWords: ['cat', 'big dog'],
  earlyStopping: 'never',
};

it('settings JSON reads back as the same options', () => {
  const { settings, problems } = parseSettings(JSON.parse(asSettingsJson(options)));
  assert.deepEqual(problems, []);
  const set = Object.entries(settings.generation).filter(([, value]) => value !== null);
  assert.deepEqual(Object.fromEntries(set), options);
});

it('the command line reads back as the same options', () => {
  const hub = 'Salesforce/blip-image-captioning-base';
  const command = asCommandLine(options, "my picture's.png", { model: hub, precision: 'fp32' });
  assert.ok(command.startsWith('image-captioner caption '), command);
  const { stdout } = spawnSync('sh', ['-c', `printf '%s\\0' ${command}`], { encoding: 'utf8' });
  const words = stdout.split('\0').slice(0, -1);
  const { values, positionals } = parseArgs({ args: words.slice(2), options: generationFlags, allowPositionals: true });
  assert.deepEqual(readGenerationFlags(values), options);
  assert.deepEqual([positionals, values.model, values.precision], [["my picture's.png"], hub, 'fp32']);
});
