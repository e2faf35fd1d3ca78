import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { openPytorch } from '../../server/src/blip/checkpoint/pytorchFile.ts';
import { randomGenerator } from '../support/random.ts';

const kit = fileURLToPath(new URL('../fixtures/parity-kit', import.meta.url));
// Python's JSON has -Infinity without quotes.
const goldenText = (await readFile(path.join(kit, 'goldens/pickle.json'), 'utf8')).replace(/-Infinity/g, '"-Infinity"');
const goldens = JSON.parse(goldenText) as Record<string, { shape: number[]; value: (number | string)[] }>;
let folder: string;

before(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'pytorch-'));
});
after(() => rm(folder, { recursive: true, force: true }));

for (const name of ['edge.bin', 'edge.legacy.bin']) {
  test(`${name}: every type, view and shared storage`, async () => {
    const file = await openPytorch(path.join(kit, 'pickle', name));
    assert.deepEqual([...file.tensors.keys()].toSorted(), Object.keys(goldens).toSorted());
    for (const [tensor, { shape, value }] of Object.entries(goldens)) {
      assert.deepEqual(file.tensors.get(tensor)?.shape, shape, tensor);
      const expected = Float32Array.from(value, (one) => Number(one));
      assert.deepEqual(await file.read(tensor), expected, tensor);
    }
    await file.close();
  });
}

test("a state dict in a trainer's wrapping is found", async () => {
  const file = await openPytorch(path.join(kit, 'pickle/nested.bin'));
  assert.deepEqual([...file.tensors.keys()], ['w']);
  assert.deepEqual(await file.read('w'), Float32Array.of(1, 2));
  await file.close();
});

test('a name outside the list is refused by its name', async () => {
  await assert.rejects(
    openPytorch(path.join(kit, 'pickle/forbidden-global.bin')),
    /names (?:__builtin__|builtins)\.len.*Nothing was run/,
  );
});

/** A legacy file whose state dict calls `module.name(argument)` when Python unpickles it. */
function malicious(module: string, name: string, argument: string): Uint8Array {
  const text = (words: string): Buffer =>
    Buffer.concat([Buffer.from([0x58, words.length, 0, 0, 0]), Buffer.from(words)]);
  const magic = Buffer.from([0x80, 2, 0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, 0x2e]);
  const version = Buffer.from([0x80, 2, 0x4d, 0xe9, 0x03, 0x2e]);
  const machine = Buffer.concat([Buffer.from([0x80, 2, 0x7d]), text('little_endian'), Buffer.from([0x88, 0x73, 0x2e])]);
  const call = Buffer.concat([
    Buffer.from([0x80, 2]),
    Buffer.from(`c${module}\n${name}\n`),
    text(argument),
    Buffer.from([0x85, 0x52, 0x2e]),
  ]);
  return Buffer.concat([magic, version, machine, call]);
}

test('pickles that would run a command when Python reads them run nothing here', async () => {
  const victim = path.join(folder, 'written-by-a-pickle');
  const calls = [
    ['os', 'system'],
    ['posix', 'system'],
    ['subprocess', 'Popen'],
    ['builtins', 'exec'],
    ['builtins', 'eval'],
    ['torch', 'load'],
  ];
  for (const [module, name] of calls) {
    const file = path.join(folder, `${module}.${name}.bin`);
    await writeFile(file, malicious(module!, name!, `touch ${victim}`));
    await assert.rejects(
      openPytorch(file),
      (error: Error) =>
        error.message.includes(`names ${module}.${name}`) && error.message.includes(path.basename(file)),
    );
  }
  assert.equal(existsSync(victim), false);
});

test('files changed at random end in an error or in the same tensors, never in a hang', async () => {
  const rounds = process.env['LONG_TESTS'] === '1' ? 4000 : 200;
  const random = randomGenerator(11);
  for (const name of ['edge.bin', 'edge.legacy.bin']) {
    const whole = await readFile(path.join(kit, 'pickle', name));
    for (let round = 0; round < rounds; round += 1) {
      const at = Math.floor(random() * whole.length);
      const changed = Buffer.from(round % 3 === 0 ? whole.subarray(0, at) : whole);
      if (round % 3 !== 0) changed[at] = Math.floor(random() * 256);
      const file = path.join(folder, 'changed.bin');
      await writeFile(file, changed);
      try {
        const opened = await openPytorch(file);
        for (const tensor of opened.tensors.keys()) await opened.read(tensor);
        await opened.close();
      } catch (error) {
        assert.match((error as Error).name, /CheckpointInvalid/);
      }
    }
  }
});
