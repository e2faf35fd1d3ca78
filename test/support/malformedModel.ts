/** Models' folders that are broken on purpose, given to the real terminal. */
import assert from 'node:assert/strict';
import { closeSync, existsSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { copyOfModel } from './parityKit.ts';
import { pickle, py, writeZip, type ZipEntry } from './pytorchBytes.ts';
import { readSafetensors, writeSafetensors, type StoredTensor } from './safetensors.ts';
import { Terminal } from './terminal.ts';

/** What is done to a sound model's folder. */
export type Change = (folder: string) => void;
export type MalformedModel = readonly [name: string, change: Change, message: RegExp];

export const file = (name: string, content: string | Uint8Array): Change => {
  return (folder) => writeFileSync(path.join(folder, name), content);
};

/** Nothing but this is in the folder. */
export const only = (...changes: readonly Change[]): Change => {
  return (folder) => {
    for (const name of readdirSync(folder)) rmSync(path.join(folder, name), { recursive: true });
    for (const change of changes) change(folder);
  };
};

export const config = (change: (config: any) => void, name = 'config.json'): Change => {
  return (folder) => {
    const value = JSON.parse(readFileSync(path.join(folder, name), 'utf8'));
    change(value);
    writeFileSync(path.join(folder, name), JSON.stringify(value));
  };
};

export const tensors = (change: (tensors: Map<string, StoredTensor>) => void): Change => {
  return (folder) => {
    const all = readSafetensors(path.join(folder, 'model.safetensors'));
    change(all);
    writeSafetensors(path.join(folder, 'model.safetensors'), all);
  };
};

export const instead = (name: string, make: (at: string) => void): Change => {
  return (folder) => {
    rmSync(path.join(folder, name), { force: true });
    make(path.join(folder, name));
  };
};

/** pytorch_model.bin as the only weights. */
export const bin = (make: (at: string) => void): Change => {
  return (folder) => {
    rmSync(path.join(folder, 'model.safetensors'));
    instead('pytorch_model.bin', make)(folder);
  };
};

export const zip = (entries: readonly ZipEntry[]): Change => {
  return bin((at) => {
    const opened = openSync(at, 'w');
    writeZip(opened, entries);
    closeSync(opened);
  });
};

/** A checkpoint of this pickle, and storages. */
export const zipped = (value: Buffer, ...more: readonly ZipEntry[]): Change =>
  zip([{ name: 'archive/data.pkl', bytes: () => pickle(value) }, ...more]);

/** What a hostile pickle would write, were it run. */
const victim = path.join(os.tmpdir(), `written-by-a-model-${process.pid}`);

/** A call of a function with a command of the shell. */
export const call = (module: string, name: string, argument = `touch ${victim}`): Buffer =>
  py.call(py.global(module, name), py.tuple(py.text(argument)));

/**
 * A test for each: exit code 3 and one sentence after another, in one line, of what is wrong, with which file and what
 * to do. Nothing that the model names is run, and nothing is left.
 */
export function testMalformed(cases: readonly MalformedModel[]): void {
  let terminal: Terminal;
  before(async () => {
    terminal = await Terminal.create();
  });
  after(async () => {
    rmSync(victim, { force: true });
    await terminal.remove();
  });

  describe('a model folder of', { concurrency: 2 }, () => {
    for (const [name, change, message] of cases) {
      it(name, async () => {
        const folder = copyOfModel('caption', change);
        const cache = path.join(terminal.folder, path.basename(folder));
        const { code, stdout, stderr } = await terminal.run(['models', 'convert', folder, '--precision', 'fp32'], {
          env: { IMAGE_CAPTIONER_CACHE: cache },
        });
        assert.match(stderr, message);
        assert.equal(code, 3, stderr);
        assert.equal(stdout, '');
        assert.match(stderr, /^image-captioner: [^\n]+\.\n$/);
        assert.match(stderr, /(?:Download|Correct|Take|Give|Run) .*\.\n$/, 'it says what to do');
        assert.doesNotMatch(stderr, /\s+at .*:\d+:\d+/);
        const left = existsSync(cache) ? readdirSync(cache, { recursive: true }).map(String) : [];
        assert.deepEqual(
          left.filter((one) => /partial|lock|onnx|weights/.test(one)),
          [],
        );
        assert.equal(existsSync(victim), false, 'nothing was run');
      });
    }
  });
}
