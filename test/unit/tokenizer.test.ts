/** The tokenizer against Transformers' BertTokenizer. */
import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { loadTokenizer } from '../../server/src/blip/tokenizer.ts';
import { copyOfModel, golden, kitPath } from '../support/parityKit.ts';

interface TokenizerGoldens {
  readonly encode: readonly { readonly text: string; readonly ids: number[]; readonly ids_no_special: number[] }[];
  readonly decode: readonly { readonly ids: number[]; readonly skip_special: string }[];
}

const goldens = golden('tokenizer.json') as TokenizerGoldens;
const onlyVocabulary = copyOfModel('caption', (folder) => rmSync(join(folder, 'tokenizer.json')));

for (const [name, folder] of [
  ['tokenizer.json', kitPath('caption')],
  ['vocab.txt alone', onlyVocabulary],
] as const) {
  describe(name, async () => {
    const tokenizer = await loadTokenizer(folder);
    for (const { text, ids, ids_no_special: bare } of goldens.encode) {
      it(`encodes ${JSON.stringify(text.slice(0, 40))}`, () => {
        assert.deepEqual(tokenizer.encode(text, true), ids);
        assert.deepEqual(tokenizer.encode(text, false), bare);
      });
    }
    for (const { ids, skip_special: text } of goldens.decode) {
      it(`decodes to ${JSON.stringify(text)}`, () => assert.equal(tokenizer.decode(ids), text));
    }
  });
}

it('a model without either is refused by name', async () => {
  const folder = copyOfModel('caption', (path) => {
    rmSync(join(path, 'tokenizer.json'));
    rmSync(join(path, 'vocab.txt'));
  });
  await assert.rejects(loadTokenizer(folder), {
    code: 'CheckpointInvalid',
    message: /neither tokenizer\.json nor vocab\.txt/,
  });
});
