/** The thread that sees pictures: what it says of faults, and whose turn it waits for. */
import assert from 'node:assert/strict';
import { setTimeout } from 'node:timers/promises';
import { after, before, describe, it } from 'node:test';
import { BlipModel } from '../../server/src/blip/blipModel.ts';
import { CrossMemory } from '../../server/src/blip/crossMemory.ts';
import { VisionEnded } from '../../server/src/blip/errors.ts';
import { Turns } from '../../server/src/blip/turns.ts';
import type { VisionShape } from '../../server/src/blip/visionMessages.ts';
import { randomModel } from '../support/randomModel.ts';

const grey = { height: 20, width: 30, data: new Uint8Array(20 * 30 * 3).fill(128) };

async function open(): Promise<{ model: BlipModel; shape: VisionShape }> {
  const model = await BlipModel.load(await randomModel(5), { cacheFolder: null, precision: 'fp32' });
  return { model, shape: await model.visionShape };
}

describe('the vision thread', () => {
  let model: BlipModel;
  let memory: CrossMemory;
  before(async () => {
    const opened = await open();
    ({ model } = opened);
    memory = CrossMemory.allocate(opened.shape.memoryLayout, 1);
  });
  after(() => model.close());
  const see = (signal?: AbortSignal) => model.vision.call('see', signal, grey, 'auto', memory);

  it('fills the memory it is lent', async () => {
    const { feature, encodeMs } = await see();
    assert.equal(feature, null);
    assert.ok(encodeMs > 0);
    assert.ok(memory.tensors.every((tensor) => tensor.some((value) => value !== 0)));
  });

  it('gives errors their code', async () => {
    const nothing = model.vision.call('decode', undefined, new Uint8Array(), 'auto');
    await assert.rejects(nothing, { name: 'ImageUnreadable', code: 'ImageUnreadable', message: /is empty/ });
  });

  it('begins nothing that is aborted already', async () => {
    await assert.rejects(see(AbortSignal.abort(new Error('no longer'))), /no longer/);
  });

  it('waits for its turn in the background, but for a cancellation', async () => {
    const turns = new Turns();
    const background = (signal: AbortSignal) => turns.background(() => see(signal), signal);
    turns.announce(1);
    let done = false;
    const abort = new AbortController();
    const seen = background(new AbortController().signal).then(() => (done = true));
    const cancelled = background(abort.signal);
    await see(); // no part of an urgent picture waits
    await setTimeout(50);
    assert.equal(done, false);
    abort.abort(new Error('no longer'));
    await assert.rejects(cancelled, /no longer/);
    turns.leave(1);
    await seen;
  });
});

it('a vision thread that was closed refuses work', async () => {
  const { model } = await open();
  const running = model.vision.call('decode', undefined, grey, 'auto');
  const refused = assert.rejects(running, VisionEnded);
  await model.close();
  await refused;
  await assert.rejects(model.vision.call('decode', undefined, grey, 'auto'), { code: 'InferenceCrashed' });
});
