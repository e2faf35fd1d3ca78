/**
 * Writes an ONNX graph node by node. Values are names; weights are declared with a function that loads them, so that a
 * graph costs nothing until `writeOnnx` streams its weights to disk, one tensor at a time.
 */
import { create } from '@bufbuild/protobuf';
import {
  AttributeProto_AttributeType,
  AttributeProtoSchema,
  GraphProtoSchema,
  NodeProtoSchema,
  TensorProto_DataType,
  TensorShapeProto_DimensionSchema,
  TypeProtoSchema,
  ValueInfoProtoSchema,
  type AttributeProto,
  type GraphProto,
  type NodeProto,
  type ValueInfoProto,
} from './generated/onnx_pb.js';

/** The name of a tensor that flows through the graph. */
export type Value = string;

export type DataType = 'float32' | 'float16' | 'uint8' | 'int8' | 'int32' | 'int64' | 'bool';

/** A sized dimension, or the name of one that is known only when the graph runs. */
export type Dimension = number | string;

/** A constant tensor: what it is at once, its values when they are written. */
export interface TensorSource {
  readonly dataType: DataType;
  readonly dims: readonly number[];
  /** The values, row by row, little-endian. */
  load(): ArrayBufferView | Promise<ArrayBufferView>;
}

export interface NodeOptions {
  /** 'com.microsoft' for ONNX Runtime's own operators. */
  readonly domain?: 'com.microsoft';
  /** How many outputs the node has; one when not given. */
  readonly outputs?: number;
}

/** A graph whose weights are still to be written. */
export interface OnnxGraph {
  readonly name: string;
  readonly graph: GraphProto;
  readonly initializers: ReadonlyMap<string, TensorSource>;
}

export const onnxDataType: Record<DataType, TensorProto_DataType> = {
  float32: TensorProto_DataType.FLOAT,
  float16: TensorProto_DataType.FLOAT16,
  uint8: TensorProto_DataType.UINT8,
  int8: TensorProto_DataType.INT8,
  int32: TensorProto_DataType.INT32,
  int64: TensorProto_DataType.INT64,
  bool: TensorProto_DataType.BOOL,
};

export function int(value: number): AttributeProto {
  return create(AttributeProtoSchema, { type: AttributeProto_AttributeType.INT, i: BigInt(value) });
}

export function ints(values: readonly number[]): AttributeProto {
  return create(AttributeProtoSchema, { type: AttributeProto_AttributeType.INTS, ints: values.map(BigInt) });
}

export function float(value: number): AttributeProto {
  return create(AttributeProtoSchema, { type: AttributeProto_AttributeType.FLOAT, f: value });
}

export class OnnxBuilder {
  readonly #name: string;
  readonly #nodes: NodeProto[] = [];
  readonly #inputs: ValueInfoProto[] = [];
  readonly #outputs: ValueInfoProto[] = [];
  readonly #initializers = new Map<string, TensorSource>();
  #values = 0;

  constructor(name: string) {
    this.#name = name;
  }

  input(name: string, dataType: DataType, dims: readonly Dimension[]): Value {
    this.#inputs.push(valueInfo(name, dataType, dims));
    return name;
  }

  /** Names a value as a result of the graph. */
  output(value: Value, name: string, dataType: DataType, dims: readonly Dimension[]): void {
    this.#nodes.push(create(NodeProtoSchema, { opType: 'Identity', name, input: [value], output: [name] }));
    this.#outputs.push(valueInfo(name, dataType, dims));
  }

  /** Declares a weight; the same name twice is the same weight. */
  weight(name: string, source: TensorSource): Value {
    this.#initializers.set(name, source);
    return name;
  }

  /** A small constant of integers, e.g. a shape. */
  int64(values: readonly number[]): Value {
    return this.weight(`int64[${values.join(',')}]`, {
      dataType: 'int64',
      dims: [values.length],
      load: () => BigInt64Array.from(values, BigInt),
    });
  }

  /** A constant without dimensions. */
  scalar(value: number, dataType: 'float32' | 'int64' = 'float32'): Value {
    const load = () => (dataType === 'float32' ? Float32Array.of(value) : BigInt64Array.of(BigInt(value)));
    return this.weight(`${dataType}(${value})`, { dataType, dims: [], load });
  }

  /** Adds an operator with one output. An empty name stands for an optional input that is left out. */
  node(
    opType: string,
    inputs: readonly Value[],
    attributes: Record<string, AttributeProto> = {},
    options: NodeOptions = {},
  ): Value {
    return this.nodes(opType, inputs, attributes, { ...options, outputs: 1 })[0]!;
  }

  /** Adds an operator with several outputs. */
  nodes(
    opType: string,
    inputs: readonly Value[],
    attributes: Record<string, AttributeProto>,
    options: NodeOptions,
  ): Value[] {
    const name = `${opType}_${this.#nodes.length}`;
    const output = Array.from({ length: options.outputs ?? 1 }, () => `v${this.#values++}`);
    const attribute = Object.entries(attributes).map(([key, value]) =>
      create(AttributeProtoSchema, { ...value, name: key }),
    );
    this.#nodes.push(
      create(NodeProtoSchema, { opType, name, input: [...inputs], output, attribute, domain: options.domain ?? '' }),
    );
    return output;
  }

  build(): OnnxGraph {
    const graph = create(GraphProtoSchema, {
      name: this.#name,
      node: this.#nodes,
      input: this.#inputs,
      output: this.#outputs,
    });
    return { name: this.#name, graph, initializers: this.#initializers };
  }
}

function valueInfo(name: string, dataType: DataType, dims: readonly Dimension[]): ValueInfoProto {
  const dim = dims.map((size) =>
    create(TensorShapeProto_DimensionSchema, {
      value: typeof size === 'number' ? { case: 'dimValue', value: BigInt(size) } : { case: 'dimParam', value: size },
    }),
  );
  const type = create(TypeProtoSchema, {
    value: { case: 'tensorType', value: { elemType: onnxDataType[dataType], shape: { dim } } },
  });
  return create(ValueInfoProtoSchema, { name, type });
}
