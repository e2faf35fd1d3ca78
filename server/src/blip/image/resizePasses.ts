/** The two passes of the bicubic filter, compiled: a picture takes a quarter of the time that JavaScript takes. */
import { resizeModule } from './generated/resizeModule.ts';

/** Of the global of this name, which Node's types leave empty. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Memory: new (size: { readonly initial: number }) => { readonly buffer: ArrayBuffer };
  readonly Instance: new (module: object, imports: object) => { readonly exports: unknown };
};

/** What generated/resize.as exports; places and sizes are bytes of the memory. */
export interface ResizePasses {
  readonly memory: { readonly buffer: ArrayBuffer };
  readonly columns: (
    source: number,
    rows: number,
    inBytes: number,
    windows: number,
    outWidth: number,
    target: number,
  ) => void;
  readonly weighted: (source: number, rowBytes: number, weights: number, count: number, target: number) => void;
}

const pageBytes = 65_536;
const leastBytes = 1024 * 1024;
/** Such memory never shrinks: what an odd picture made larger than this is left to the collector. */
const keptBytes = 16 * 1024 * 1024;

let compiled: object | undefined;
let last: ResizePasses | undefined;

/** The passes, with a memory of at least this size. What it holds is the caller's until the next call. */
export function resizePasses(bytes: number): ResizePasses {
  const size = last?.memory.buffer.byteLength ?? 0;
  if (last !== undefined && size >= bytes && size <= keptBytes) return last;
  compiled ??= new WebAssembly.Module(Buffer.from(resizeModule, 'base64'));
  const memory = new WebAssembly.Memory({ initial: Math.ceil(Math.max(bytes, leastBytes) / pageBytes) });
  const { exports } = new WebAssembly.Instance(compiled, { env: { memory } });
  last = { ...(exports as Omit<ResizePasses, 'memory'>), memory };
  return last;
}
