import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { rememberingFileSystem } from '../../server/src/documents/rememberingFileSystem.ts';
import { memoryFileSystem } from '../support/memoryFileSystem.ts';

suite('a disk whose answers are remembered', () => {
  test('says what the disk says', async () => {
    const disk = memoryFileSystem({ '/w/img/a.png': 'x' }, { devices: ['/w/pipe.png'] });
    const remembering = rememberingFileSystem(disk);
    for (const path of ['/w/img/a.png', '/w/img', '/w/img/b.png', '/w/no/a.png', '/w/img/a.png/x', '/w/pipe.png']) {
      assert.deepEqual(await remembering.stat(path), await disk.stat(path), path);
    }
    assert.deepEqual(await remembering.list('/w'), await disk.list('/w'));
    assert.equal(await remembering.readText('/w/img/a.png'), 'x');
    assert.equal(remembering.caseSensitive, true);
  });
  test('asks once, and nothing below a folder that is not there', async () => {
    const disk = memoryFileSystem({ '/w/a.png': 'x' });
    const remembering = rememberingFileSystem(disk);
    for (let round = 0; round < 3; round += 1) {
      for (const name of ['a', 'b', 'c', 'd']) assert.equal(await remembering.stat(`/w/public/img/${name}.png`), null);
      await remembering.list('/w');
    }
    // `/`, `/w` and `/w/public`, which is not there.
    assert.deepEqual(disk.calls, { stat: 3, list: 1, readText: 0 });
  });
});
