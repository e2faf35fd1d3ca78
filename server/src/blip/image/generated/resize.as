/**
 * The two passes of Pillow's bicubic filter over bytes, in WebAssembly with SIMD (AssemblyScript): what preprocess.ts
 * lays out in memory, and calls. Weights are whole numbers, 2^22 standing for 1; sums round and are clipped to a byte.
 */
const ROUND: i32 = 1 << 21;

@inline
function shifted(sum: v128): v128 {
  return i32x4.shr_s(sum, 22);
}

/**
 * Rows of RGB pixels, each `inBytes` long → `outWidth` pixels each. Writes one byte past the last pixel, and reads one.
 *
 * @param windows of each output: the byte its window starts at, its length, its weights' address; i32 each
 */
export function columns(
  source: usize,
  rows: i32,
  inBytes: i32,
  windows: usize,
  outWidth: i32,
  target: usize,
): void {
  for (let row = 0; row < rows; row++) {
    for (let out = 0; out < outWidth; out++) {
      const window = windows + <usize>(out * 12);
      let pixel = source + <usize>load<i32>(window);
      let weight = <usize>load<i32>(window, 8);
      const end = weight + <usize>(load<i32>(window, 4) << 2);
      let sum = i32x4.splat(ROUND);
      while (weight < end) {
        const bytes = i16x8.extend_low_i8x16_u(v128.load32_zero(pixel));
        sum = i32x4.add(sum, i32x4.mul(i32x4.extend_low_i16x8_u(bytes), v128.load32_splat(weight)));
        pixel += 3;
        weight += 4;
      }
      const clipped = i16x8.narrow_i32x4_s(shifted(sum), shifted(sum));
      v128.store32_lane(target, i8x16.narrow_i16x8_u(clipped, clipped), 0);
      target += 3;
    }
    source += inBytes;
  }
}

/** `count` rows of bytes, each `rowBytes` long → their weighted sum. Writes up to 15 bytes past the row, and reads them. */
export function weighted(source: usize, rowBytes: i32, weights: usize, count: i32, target: usize): void {
  for (let x: i32 = 0; x < rowBytes; x += 16) {
    let first = i32x4.splat(ROUND);
    let second = first;
    let third = first;
    let fourth = first;
    let at = source + <usize>x;
    for (let row = 0; row < count; row++) {
      const weight = v128.load32_splat(weights + <usize>(row << 2));
      const bytes = v128.load(at);
      const low = i16x8.extend_low_i8x16_u(bytes);
      const high = i16x8.extend_high_i8x16_u(bytes);
      first = i32x4.add(first, i32x4.mul(i32x4.extend_low_i16x8_u(low), weight));
      second = i32x4.add(second, i32x4.mul(i32x4.extend_high_i16x8_u(low), weight));
      third = i32x4.add(third, i32x4.mul(i32x4.extend_low_i16x8_u(high), weight));
      fourth = i32x4.add(fourth, i32x4.mul(i32x4.extend_high_i16x8_u(high), weight));
      at += rowBytes;
    }
    const low = i16x8.narrow_i32x4_s(shifted(first), shifted(second));
    const high = i16x8.narrow_i32x4_s(shifted(third), shifted(fourth));
    v128.store(target + <usize>x, i8x16.narrow_i16x8_u(low, high));
  }
}
