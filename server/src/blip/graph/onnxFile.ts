/**
 * A graph as ONNX: NAME.onnx with its weights beside it in NAME.weights (ONNX external data), for protobuf ends at 2 GB,
 * and ONNX Runtime maps external data instead of reading it; or in memory, for a graph that is run and thrown away.
 */
import { create, toBinary } from '@bufbuild/protobuf';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  ModelProtoSchema,
  TensorProto_DataLocation,
  TensorProtoSchema,
  type TensorProto,
} from './generated/onnx_pb.js';
import { onnxDataType, type OnnxGraph, type TensorSource } from './onnxBuilder.ts';
import { WeightsFile } from './weightsFile.ts';

/** ONNX 1.17: Gelu came with opset 20. */
const irVersion = 10n;
const opsets = [
  { domain: '', version: 20n },
  { domain: 'com.microsoft', version: 1n },
];

/** Below this a tensor stays inside the .onnx file: shapes must, and a mapping of its own is not worth it. */
const inlineBytes = 1024;

/** A tensor's place in a .weights file. */
interface Stored {
  readonly location: string;
  readonly offset: number;
  readonly length: number;
}

/** Weights written once and named by several graphs (the text graph and the one that also shows its attention). */
export type StoredWeights = Map<string, Stored>;

export interface WriteProgress {
  /** Bytes of weights written so far in this graph, of how many in all. */
  (written: number, total: number): void;
}

function byteLength(source: TensorSource): number {
  const width = { float32: 4, float16: 2, uint8: 1, int8: 1, int32: 4, int64: 8, bool: 1 }[source.dataType];
  return source.dims.reduce((size, dim) => size * dim, width);
}

async function loadBytes(name: string, source: TensorSource): Promise<Uint8Array> {
  const values = await source.load();
  const expected = byteLength(source);
  if (values.byteLength !== expected) {
    throw new Error(`weight ${name} has ${values.byteLength} bytes, its shape says ${expected}`);
  }
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

/**
 * Writes `folder`/NAME.onnx and NAME.weights. Weights that `stored` knows already are named, not written again.
 *
 * @returns where each weight lies, for further graphs of the same folder.
 */
export async function writeOnnx(
  graph: OnnxGraph,
  folder: string,
  stored: StoredWeights = new Map(),
  onProgress?: WriteProgress,
  signal?: AbortSignal,
): Promise<StoredWeights> {
  const location = `${graph.name}.weights`;
  const total = [...graph.initializers.values()].reduce((sum, source) => sum + byteLength(source), 0);
  const tensors: TensorProto[] = [];
  const file = new WeightsFile(join(folder, location));
  let written = 0;
  try {
    for (const [name, source] of graph.initializers) {
      signal?.throwIfAborted();
      const place = stored.get(name);
      if (place !== undefined) {
        tensors.push(outsideTensor(name, source, place));
        continue;
      }
      const bytes = await loadBytes(name, source);
      if (bytes.byteLength < inlineBytes) {
        tensors.push(tensorProto(name, source, { rawData: bytes }));
      } else {
        const here = { location, offset: await file.add(bytes), length: bytes.byteLength };
        stored.set(name, here);
        tensors.push(outsideTensor(name, source, here));
      }
      written += bytes.byteLength;
      onProgress?.(written, total);
    }
    await file.end();
  } finally {
    await file.close();
  }
  await writeFile(join(folder, `${graph.name}.onnx`), modelBytes(graph, tensors));
  return stored;
}

/** A graph in memory: each large weight is external data of its own name. */
export interface OnnxBytes {
  readonly model: Uint8Array;
  readonly weights: ReadonlyMap<string, Uint8Array>;
}

export async function onnxBytes(graph: OnnxGraph): Promise<OnnxBytes> {
  const tensors: TensorProto[] = [];
  const weights = new Map<string, Uint8Array>();
  for (const [name, source] of graph.initializers) {
    const bytes = await loadBytes(name, source);
    if (bytes.byteLength < inlineBytes) {
      tensors.push(tensorProto(name, source, { rawData: bytes }));
    } else {
      weights.set(name, bytes);
      tensors.push(outsideTensor(name, source, { location: name, offset: 0, length: bytes.byteLength }));
    }
  }
  return { model: modelBytes(graph, tensors), weights };
}

function modelBytes(graph: OnnxGraph, initializer: TensorProto[]): Uint8Array {
  const model = create(ModelProtoSchema, {
    irVersion,
    producerName: 'image-captioner',
    opsetImport: opsets,
    graph: { ...graph.graph, initializer },
  });
  return toBinary(ModelProtoSchema, model);
}

function tensorProto(name: string, source: TensorSource, rest: { rawData: Uint8Array }): TensorProto {
  return create(TensorProtoSchema, {
    name,
    dataType: onnxDataType[source.dataType],
    dims: source.dims.map(BigInt),
    ...rest,
  });
}

function outsideTensor(name: string, source: TensorSource, place: Stored): TensorProto {
  return create(TensorProtoSchema, {
    name,
    dataType: onnxDataType[source.dataType],
    dims: source.dims.map(BigInt),
    dataLocation: TensorProto_DataLocation.EXTERNAL,
    externalData: [
      { key: 'location', value: place.location },
      { key: 'offset', value: String(place.offset) },
      { key: 'length', value: String(place.length) },
    ],
  });
}
