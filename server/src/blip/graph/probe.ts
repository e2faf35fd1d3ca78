/**
 * A graph in float32 that also computes what each layer would give in int8, and by how much that is wrong: the size of
 * the error over the size of the result. Each layer is measured on sound inputs, so that one does not hide another.
 */
import { float32Memory } from './crossMemory.ts';
import type { GraphForms } from './forms.ts';
import { linearForms, type LinearFormName } from './int8Plan.ts';
import { gather, gemm, type LinearForm } from './layers.ts';
import { int, type OnnxBuilder, type Value } from './onnxBuilder.ts';

/** Prefixes of the outputs' names. */
const errorPrefix = 'error ';
const inputPrefix = 'input ';

/** The greatest errors over all pictures, and the greatest inputs. */
export class Measurements {
  /** By output name. */
  readonly #errors = new Map<string, number>();
  readonly #inputs = new Map<string, Float32Array>();

  /** Takes the results of a run of a probing graph. */
  add(results: Readonly<Record<string, { readonly data: unknown }>>): void {
    for (const [name, { data }] of Object.entries(results)) {
      const values = data as Float32Array;
      // A NaN stays: it is worse than any error.
      if (name.startsWith(errorPrefix)) {
        const error = Math.sqrt(greatest(values));
        const known = this.#errors.get(name) ?? 0;
        this.#errors.set(name, error > known || Number.isNaN(error) ? error : known);
      } else if (name.startsWith(inputPrefix)) {
        const known = this.#inputs.get(name) ?? new Float32Array(values.length);
        this.#inputs.set(
          name,
          known.map((value, index) => Math.max(value, values[index]!)),
        );
      }
    }
  }

  /** Infinite where it was not measured, or is no number. */
  error(form: LinearFormName, layer: string): number {
    const error = this.#errors.get(`${errorPrefix}${form} ${layer}`) ?? Infinity;
    return Number.isNaN(error) ? Infinity : error;
  }

  /** The layers that were measured in this form. */
  layers(form: LinearFormName): string[] {
    const prefix = `${errorPrefix}${form} `;
    return [...this.#errors.keys()].filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length));
  }

  /** The greatest absolute value of each input channel, where it was recorded. */
  inputs(layer: string): Float32Array | undefined {
    return this.#inputs.get(`${inputPrefix}${layer}`);
  }
}

/** NaN where one of them is. */
function greatest(values: Float32Array): number {
  return values.reduce((most, value) => Math.max(most, value));
}

export interface Probes {
  /** Forms in which linear layers are measured. */
  readonly vision: readonly LinearFormName[];
  readonly text: readonly LinearFormName[];
  /** Layers whose greatest inputs are wanted. */
  readonly recorded?: ReadonlySet<string>;
}

export function probingForms({ vision, text, recorded = new Set() }: Probes): GraphForms {
  return {
    precision: 'fp32',
    vision: probing(vision, 'run', recorded),
    text: probing(text, 'row', recorded),
    memory: float32Memory,
    lookUp: gather,
    lookUpPositions: gather,
    batches: false,
  };
}

/** What an error is relative to: the result of a run, which is of one picture, or each row of it, of one text. */
type Span = 'run' | 'row';

function probing(measured: readonly LinearFormName[], span: Span, recorded: ReadonlySet<string>): LinearForm {
  return (graph, input, layer) => {
    let exact = gemm(graph, input, layer);
    for (const form of measured) {
      const error = errorOf(graph, linearForms[form](graph, input, layer), exact, span);
      graph.output(error, `${errorPrefix}${form} ${layer.name}`, 'float32', span === 'row' ? ['measured', 1] : [1, 1]);
      exact = after(graph, error, exact);
    }
    if (recorded.has(layer.name)) {
      const most = graph.node('ReduceMax', [graph.node('Abs', [input]), graph.int64([0])], { keepdims: int(0) });
      graph.output(most, `${inputPrefix}${layer.name}`, 'float32', [layer.weight.dims[1]!]);
      exact = after(graph, graph.node('ReduceMax', [most], { keepdims: int(0) }), exact);
    }
    return exact;
  };
}

/** Squared, relative to the result: [1, 1] or [rows, 1]. */
function errorOf(graph: OnnxBuilder, result: Value, exact: Value, span: Span): Value {
  const axes = graph.int64(span === 'row' ? [1] : [0, 1]);
  const sumOfSquares = (value: Value): Value => graph.node('ReduceSumSquare', [value, axes]);
  return graph.node('Div', [sumOfSquares(graph.node('Sub', [result, exact])), sumOfSquares(exact)]);
}

/**
 * The value as it is, to be had once another one is known. ONNX Runtime would measure all layers at the end, and keep
 * what each of them gave until then: a gigabyte for a large model.
 */
function after(graph: OnnxBuilder, known: Value, value: Value): Value {
  return graph.node('Where', [graph.node('IsNaN', [known]), value, value]);
}
