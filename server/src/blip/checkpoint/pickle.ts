/**
 * Python's pickle, read without running anything: a stack machine that builds plain values, and knows the handful of
 * names that PyTorch checkpoints hold. Any other name is an error that says it.
 * https://docs.python.org/3/library/pickletools.html
 */
import { isGlobal, PickleError, storageOf, tensorOf, type PickledGlobal, type PickledValue } from './pickledValues.ts';

const storageTypes = ['Float', 'Half', 'BFloat16', 'Double', 'Long', 'Int', 'Short', 'Char', 'Byte', 'Bool'];
/** Everything that may be named. Nothing here is called: each is a description that is understood. */
const allowed: ReadonlySet<string> = new Set([
  'collections.OrderedDict',
  'torch._utils._rebuild_tensor_v2',
  'torch._utils._rebuild_parameter',
  ...storageTypes.map((type) => `torch.${type}Storage`),
]);

/** Nesting and size of a checkpoint's description; one of 400 tensors takes some thousand values. */
const mostValues = 5_000_000;

type List = PickledValue[];
const mark = Symbol('mark');
type Slot = PickledValue | typeof mark;

/** @returns the value and where the pickle ends. @throws PickleError */
export function readPickle(bytes: Uint8Array, start = 0): { readonly value: PickledValue; readonly end: number } {
  return new PickleReader(bytes, start).read();
}

class PickleReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #stack: Slot[] = [];
  readonly #memo = new Map<number, PickledValue>();
  #at: number;
  #values = 0;

  constructor(bytes: Uint8Array, start: number) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#at = start;
  }

  read(): { readonly value: PickledValue; readonly end: number } {
    for (;;) {
      const code = this.#byte();
      if (code === 0x2e) return { value: this.#pop(), end: this.#at };
      this.#step(code);
      this.#values += 1;
      if (this.#values > mostValues) throw new PickleError('it describes more values than a checkpoint has');
    }
  }

  #step(code: number): void {
    const simple = simpleValues.get(code);
    if (simple !== undefined) return this.#push(simple());
    const size = lengths.get(code);
    if (size !== undefined) return this.#push(this.#text(size(this)));
    switch (code) {
      case 0x80: // PROTO
        return this.#protocol(this.#byte());
      case 0x95: // FRAME
        return void this.#unsigned(8);
      case 0x28: // MARK
        return void this.#stack.push(mark);
      case 0x30: // POP
        return void this.#pop();
      case 0x63: // GLOBAL
        return this.#push(this.#global(this.#line(), this.#line()));
      case 0x93: // STACK_GLOBAL
        return this.#stackGlobal();
      case 0x71: // BINPUT
        return void this.#memo.set(this.#byte(), this.#top());
      case 0x72: // LONG_BINPUT
        return void this.#memo.set(this.#unsigned(4), this.#top());
      case 0x94: // MEMOIZE
        return void this.#memo.set(this.#memo.size, this.#top());
      case 0x68: // BINGET
        return this.#push(this.#remembered(this.#byte()));
      case 0x6a: // LONG_BINGET
        return this.#push(this.#remembered(this.#unsigned(4)));
      case 0x4a: // BININT
        return this.#push(this.#view.getInt32(this.#skip(4), true));
      case 0x4b: // BININT1
        return this.#push(this.#byte());
      case 0x4d: // BININT2
        return this.#push(this.#unsigned(2));
      case 0x8a: // LONG1
        return this.#push(this.#long(this.#byte()));
      case 0x47: // BINFLOAT, the one big-endian number
        return this.#push(this.#view.getFloat64(this.#skip(8), false));
      case 0x85: // TUPLE1, 2, 3
      case 0x86:
      case 0x87:
        return this.#push(this.#popMany(code - 0x84));
      case 0x74: // TUPLE
        return this.#push(this.#popToMark());
      case 0x61: // APPEND
        return this.#append([this.#pop()]);
      case 0x65: // APPENDS
        return this.#append(this.#popToMark());
      case 0x73: // SETITEM
        return this.#setItems(this.#popMany(2));
      case 0x75: // SETITEMS
        return this.#setItems(this.#popToMark());
      case 0x51: // BINPERSID
        return this.#push(storageOf(this.#pop()));
      case 0x52: // REDUCE
        return this.#reduce();
      case 0x62: // BUILD: an OrderedDict's `_metadata`, which nobody needs
        return this.#build();
      default:
        throw new PickleError(`it uses the operation 0x${code.toString(16)}, which no checkpoint needs`);
    }
  }

  #protocol(version: number): void {
    if (version > 5) throw new PickleError(`it is of pickle protocol ${version}`);
  }

  #stackGlobal(): void {
    const name = this.#pop();
    const module = this.#pop();
    if (typeof name !== 'string' || typeof module !== 'string')
      throw new PickleError('it names something without a name');
    this.#push(this.#global(module, name));
  }

  #global(module: string, name: string): PickledGlobal {
    const full = `${module}.${name}`;
    if (!allowed.has(full)) {
      throw new PickleError(`it names ${full}, which is no part of a checkpoint and could run code. Nothing was run`);
    }
    return { kind: 'global', name: full };
  }

  #reduce(): void {
    const args = this.#pop();
    const callable = this.#pop();
    if (!isGlobal(callable) || !Array.isArray(args))
      throw new PickleError('it calls something that is not on the list');
    const values = args as List;
    switch (callable.name) {
      case 'collections.OrderedDict':
        return this.#push(new Map());
      case 'torch._utils._rebuild_tensor_v2':
        return this.#push(tensorOf(values));
      case 'torch._utils._rebuild_parameter':
        return this.#push(values[0] ?? null);
      default:
        throw new PickleError(`it calls ${callable.name}, which is a type`);
    }
  }

  #build(): void {
    this.#pop();
    if (!(this.#top() instanceof Map)) throw new PickleError('it sets the state of something that has none');
  }

  #append(items: readonly PickledValue[]): void {
    const list = this.#top();
    if (!Array.isArray(list)) throw new PickleError('it appends to something that is no list');
    (list as List).push(...items);
  }

  #setItems(items: readonly PickledValue[]): void {
    const map = this.#top();
    if (!(map instanceof Map) || items.length % 2 !== 0)
      throw new PickleError('it sets items of something that has none');
    for (let index = 0; index < items.length; index += 2) map.set(items[index]!, items[index + 1]!);
  }

  #push(value: PickledValue): void {
    this.#stack.push(value);
  }

  #pop(): PickledValue {
    const value = this.#stack.pop();
    if (value === undefined || value === mark) throw new PickleError('it takes more from its stack than is there');
    return value;
  }

  #top(): PickledValue {
    const value = this.#stack.at(-1);
    if (value === undefined || value === mark) throw new PickleError('its stack is empty');
    return value;
  }

  #popMany(count: number): List {
    return Array.from({ length: count }, () => this.#pop()).toReversed();
  }

  #popToMark(): List {
    const at = this.#stack.lastIndexOf(mark);
    if (at < 0) throw new PickleError('it looks for a mark that is not there');
    return this.#stack.splice(at).slice(1) as List;
  }

  #remembered(index: number): PickledValue {
    const value = this.#memo.get(index);
    if (value === undefined) throw new PickleError(`it remembers nothing under ${index}`);
    return value;
  }

  #skip(count: number): number {
    const at = this.#at;
    if (at + count > this.#bytes.length) throw new PickleError('it ends in the middle');
    this.#at = at + count;
    return at;
  }

  #byte(): number {
    return this.#bytes[this.#skip(1)]!;
  }

  /** @internal used by the lengths of texts below */
  unsigned(size: 1 | 4): number {
    return this.#unsigned(size);
  }

  #unsigned(size: 1 | 2 | 4 | 8): number {
    const at = this.#skip(size);
    if (size === 1) return this.#view.getUint8(at);
    if (size === 2) return this.#view.getUint16(at, true);
    return size === 4 ? this.#view.getUint32(at, true) : Number(this.#view.getBigUint64(at, true));
  }

  /** A little-endian integer of any length; beyond 2^53 its last digits are lost, and no size is so large. */
  #long(size: number): number {
    const at = this.#skip(size);
    let value = 0n;
    for (let index = size - 1; index >= 0; index -= 1) value = (value << 8n) | BigInt(this.#bytes[at + index]!);
    return Number(size === 0 ? 0n : BigInt.asIntN(size * 8, value));
  }

  #text(size: number): string {
    const at = this.#skip(size);
    return new TextDecoder().decode(this.#bytes.subarray(at, at + size));
  }

  #line(): string {
    const end = this.#bytes.indexOf(0x0a, this.#at);
    if (end < 0) throw new PickleError('it ends in the middle');
    const text = new TextDecoder().decode(this.#bytes.subarray(this.#at, end));
    this.#at = end + 1;
    return text;
  }
}

const simpleValues: ReadonlyMap<number, () => PickledValue> = new Map<number, () => PickledValue>([
  [0x4e, () => null], // NONE
  [0x88, () => true], // NEWTRUE
  [0x89, () => false], // NEWFALSE
  [0x7d, () => new Map<PickledValue, PickledValue>()], // EMPTY_DICT
  [0x5d, () => []], // EMPTY_LIST
  [0x29, () => []], // EMPTY_TUPLE
]);

/** Texts are read with the length that stands before them. */
const lengths: ReadonlyMap<number, (reader: PickleReader) => number> = new Map([
  [0x58, (reader: PickleReader) => reader.unsigned(4)], // BINUNICODE
  [0x8c, (reader: PickleReader) => reader.unsigned(1)], // SHORT_BINUNICODE
  [0x54, (reader: PickleReader) => reader.unsigned(4)], // BINSTRING
  [0x55, (reader: PickleReader) => reader.unsigned(1)], // SHORT_BINSTRING
]);
