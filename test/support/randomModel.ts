/** A BLIP of random weights, large enough that it is worth quantising, in Hugging Face's layout. */
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expectedTensors } from '../../server/src/blip/checkpoint/expectedTensors.ts';
import { readModelConfig } from '../../server/src/blip/checkpoint/modelConfig.ts';
import { kitPath } from './parityKit.ts';
import { randomGenerator } from './random.ts';
import { writeSafetensors, type StoredTensor } from './safetensors.ts';

const hidden = 384;
const config = {
  architectures: ['BlipForConditionalGeneration'],
  model_type: 'blip',
  vision_config: {
    hidden_size: hidden,
    intermediate_size: 4 * hidden,
    num_hidden_layers: 7,
    num_attention_heads: 6,
    image_size: 224,
    patch_size: 16,
  },
  text_config: {
    vocab_size: 120,
    hidden_size: hidden,
    encoder_hidden_size: hidden,
    intermediate_size: 4 * hidden,
    num_hidden_layers: 2,
    num_attention_heads: 6,
    max_position_embeddings: 32,
    bos_token_id: 118,
    sep_token_id: 3,
    pad_token_id: 0,
  },
};

/** Numbers around 0 with a standard deviation of 1, nearly normal. */
export function normalNumbers(seed: number): () => number {
  const random = randomGenerator(seed);
  return () => (random() + random() + random() + random() - 2) * Math.sqrt(3);
}

/** May change a tensor's values [rows, columns] in place. */
export type Plant = (name: string, values: Float32Array, columns: number) => void;

const folders: string[] = [];
process.on('exit', () => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

/** Writes the model; its folder is gone with the process. */
export async function randomModel(seed: number, plant: Plant = () => {}): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'random-blip-'));
  folders.push(folder);
  for (const name of ['tokenizer.json', 'tokenizer_config.json', 'vocab.txt']) {
    cpSync(kitPath('caption', name), join(folder, name));
  }
  writeFileSync(join(folder, 'config.json'), JSON.stringify(config));
  const normal = normalNumbers(seed);
  const tensors = new Map<string, StoredTensor>();
  for (const [name, shape] of expectedTensors(await readModelConfig(folder), 'BlipForConditionalGeneration')) {
    const size = shape.reduce((product, dim) => product * dim, 1);
    const values = Float32Array.from({ length: size }, () => valueOf(name, shape, normal()));
    plant(name, values, shape.at(-1)!);
    tensors.set(name, { dtype: 'F32', shape: [...shape], bytes: new Uint8Array(values.buffer) });
  }
  writeSafetensors(join(folder, 'model.safetensors'), tensors);
  return folder;
}

function valueOf(name: string, shape: readonly number[], normal: number): number {
  if (shape.length > 1) return normal * (name.includes('patch_embedding') ? 0.05 : 1.2 / Math.sqrt(shape.at(-1)!));
  return name.endsWith('weight') ? 1 + 0.1 * normal : 0.02 * normal;
}
