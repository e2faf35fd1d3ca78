/** Element types of checkpoints, and their values as float32. */

/** Bytes of one element. Names are safetensors'. */
export const elementBytes = {
  F64: 8,
  F32: 4,
  F16: 2,
  BF16: 2,
  I64: 8,
  I32: 4,
  I16: 2,
  I8: 1,
  U8: 1,
  BOOL: 1,
} as const;

export type ElementType = keyof typeof elementBytes;

export function isElementType(name: string): name is ElementType {
  return Object.hasOwn(elementBytes, name);
}

/**
 * Little-endian elements as float32. Integers beyond 2^24 lose their last digits, as in PyTorch's `.float()`.
 *
 * @param bytes starts on a multiple of the element's size.
 */
export function toFloat32(bytes: Uint8Array, type: ElementType): Float32Array {
  const { buffer, byteOffset, byteLength } = bytes;
  const count = byteLength / elementBytes[type];
  switch (type) {
    case 'F32':
      return new Float32Array(buffer, byteOffset, count);
    case 'F64':
      return Float32Array.from(new Float64Array(buffer, byteOffset, count));
    case 'F16':
      return halvesToFloat(new Uint16Array(buffer, byteOffset, count));
    case 'BF16':
      return bfloatToFloat(new Uint16Array(buffer, byteOffset, count));
    case 'I64':
      return Float32Array.from(new BigInt64Array(buffer, byteOffset, count), Number);
    case 'I32':
      return Float32Array.from(new Int32Array(buffer, byteOffset, count));
    case 'I16':
      return Float32Array.from(new Int16Array(buffer, byteOffset, count));
    case 'I8':
      return Float32Array.from(new Int8Array(buffer, byteOffset, count));
    case 'U8':
    case 'BOOL':
      return Float32Array.from(bytes);
  }
}

/** Every IEEE half as float32: 256 KB, made when the first half-precision tensor is read. */
let halves: Float32Array | undefined;

function halfTable(): Float32Array {
  const table = new Float32Array(65536);
  for (let bits = 0; bits < 65536; bits += 1) {
    const sign = bits & 0x8000 ? -1 : 1;
    const exponent = (bits >> 10) & 31;
    const mantissa = bits & 1023;
    if (exponent === 0) table[bits] = sign * mantissa * 2 ** -24;
    else if (exponent === 31) table[bits] = mantissa === 0 ? sign * Infinity : NaN;
    else table[bits] = sign * (1 + mantissa / 1024) * 2 ** (exponent - 15);
  }
  return table;
}

/** The value of an IEEE half. */
export function halfToFloat(bits: number): number {
  return (halves ??= halfTable())[bits]!;
}

const float = new Float32Array(1);
const floatBits = new Uint32Array(float.buffer);
const greatestHalf = 0x7bff;

/** The least IEEE half that is not below a value from 0 on; 65504 where none is. */
export function halfFrom(value: number): number {
  if (value < 2 ** -14) return Math.ceil(value * 2 ** 24); // subnormal, or the first that is not
  float[0] = value;
  const rebiased = floatBits[0]! - ((127 - 15) << 23);
  return Math.min((rebiased + 0x1fff) >>> 13, greatestHalf);
}

/** The IEEE half nearest to a value; ±65504 beyond them. */
export function nearestHalf(value: number): number {
  const size = Math.abs(value);
  const above = halfFrom(size);
  const below = Math.max(above - 1, 0);
  const nearest = size - halfToFloat(below) < halfToFloat(above) - size ? below : above;
  return value < 0 ? nearest | 0x8000 : nearest;
}

function halvesToFloat(source: Uint16Array): Float32Array {
  const table = (halves ??= halfTable());
  const target = new Float32Array(source.length);
  for (let index = 0; index < source.length; index += 1) target[index] = table[source[index]!]!;
  return target;
}

/** A bfloat16 is the upper half of a float32. */
function bfloatToFloat(source: Uint16Array): Float32Array {
  const bits = new Uint32Array(source.length);
  for (let index = 0; index < source.length; index += 1) bits[index] = source[index]! << 16;
  return new Float32Array(bits.buffer);
}
