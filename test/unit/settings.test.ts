import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { defaultSettings, parseSettings } from '../../server/src/settings.ts';

suite('settings', () => {
  test('nothing given: the defaults', () => {
    const { settings, problems } = parseSettings({});
    assert.deepEqual(settings, defaultSettings);
    assert.deepEqual(problems, []);
    assert.deepEqual(settings.alt, { capitalise: true, removeFinalFullStop: true });
    assert.ok(
      Object.values(settings.generation).every((value) => value === null),
      'the model decides',
    );
    assert.equal(settings.rules['alt-missing'], 'warning');
    assert.equal(settings.rules['alt-mismatch'], 'off');
  });

  test('values, nested or dotted, with or without the prefix', () => {
    const { settings, problems } = parseSettings({
      model: 'Salesforce/blip-image-captioning-base',
      generation: { numBeams: 4, earlyStopping: 'never', badWords: ['arafed'] },
      'generation.maxNewTokens': 30,
      'imageCaptioner.rules.alt-missing': 'error',
      rules: { 'alt-too-long': 'off' },
      hub: { endpoint: 'https://hub.example.org' },
      exclude: ['drafts/'],
    });
    assert.deepEqual(problems, []);
    assert.equal(settings.model, 'Salesforce/blip-image-captioning-base');
    assert.equal(settings.generation.numBeams, 4);
    assert.equal(settings.generation.maxNewTokens, 30);
    assert.deepEqual(settings.generation.badWords, ['arafed']);
    assert.equal(settings.rules['alt-missing'], 'error');
    assert.equal(settings.rules['alt-too-long'], 'off');
    assert.equal(settings.rules['alt-filename'], 'warning');
    assert.equal(settings.hub.endpoint, 'https://hub.example.org');
    assert.deepEqual(settings.exclude, ['drafts/']);
  });

  test('null is the default', () => {
    const raw = Object.fromEntries(Object.keys(defaultSettings).map((name) => [name, null]));
    assert.deepEqual(parseSettings(raw), { settings: defaultSettings, problems: [] });
  });

  const wrong: readonly (readonly [raw: unknown, problem: string])[] = [
    [{ generation: { numBeams: 40 } }, 'generation.numBeams: must be at most 16, not 40'],
    [{ generation: { numBeams: 1.5 } }, 'generation.numBeams: must be a whole number, not 1.5'],
    [{ generation: { numBeams: '4' } }, 'generation.numBeams: must be a whole number, not "4"'],
    [{ generation: { topP: 0 } }, 'generation.topP: must be more than 0, not 0'],
    [{ generation: { temperature: -1 } }, 'generation.temperature: must be more than 0, not -1'],
    [{ generation: { earlyStopping: 'x' } }, 'generation.earlyStopping: must be true, false or "never", not "x"'],
    [{ generation: 3 }, 'generation: must be an object, not 3'],
    [
      { rules: { 'alt-missing': 'loud' } },
      'rules.alt-missing: must be one of off, error, warning, information, hint, not "loud"',
    ],
    [{ exclude: 'drafts' }, 'exclude: must be a list of texts, not "drafts"'],
    [{ exclude: ['a', 3] }, 'exclude.1: must be a text, not 3'],
    [{ alt: { capitalise: 'yes' } }, 'alt.capitalise: must be true or false, not "yes"'],
    [{ model: '' }, 'model: must not be empty, not ""'],
    [{ idleMinutes: -1 }, 'idleMinutes: must be at least 0, not -1'],
    [{ hub: { endpoint: 'ftp://x' } }, 'hub.endpoint: must begin with https:// or http://, not "ftp://x"'],
    [{ precision: 'fp8' }, 'precision: must be int8 or fp32, not "fp8"'],
    [[1], 'must be an object, not [1]'],
    ['x', 'must be an object, not "x"'],
    [{ colour: 1 }, 'colour: there is no such setting'],
    [{ rules: { 'alt-mising': 'off' } }, 'rules.alt-mising: there is no such setting'],
    [JSON.parse('{"__proto__": {"model": 3}}'), '__proto__: there is no such setting'],
  ];
  for (const [raw, problem] of wrong) {
    test(`${JSON.stringify(raw)}: ${problem}`, () => {
      assert.deepEqual(parseSettings(raw, 'report'), { settings: defaultSettings, problems: [problem] });
    });
  }

  test('a wrong value costs only itself', () => {
    const { settings, problems } = parseSettings({ generation: { numBeams: 40, topK: 5 }, model: 3, offline: true });
    assert.equal(problems.length, 2);
    assert.equal(settings.generation.numBeams, null);
    assert.equal(settings.generation.topK, 5);
    assert.equal(settings.model, 'built-in');
    assert.equal(settings.offline, true);
  });

  test("an editor's other keys are none of our business; a file may name its schema", () => {
    assert.deepEqual(parseSettings({ trace: { server: 'off' } }).problems, []);
    assert.deepEqual(parseSettings({ $schema: 'x' }, 'report').problems, []);
  });
});
