import type { PixelTensor } from './pixelTensor.ts';

/**
 * Pillow 13's 8-bit bicubic resize, bit for bit (`src/libImaging/Resample.c`): antialiased windows, weights in 22-bit
 * fixed point, rounding and clipping after each of the two passes. The aspect ratio is not kept, as in BLIP's
 * processor. [h, w, 3] → [height, width, 3].
 */
export function resizeBicubic(image: PixelTensor, height: number, width: number): PixelTensor {
  // The order of the passes shows in the result, since each pass rounds. Pillow 13 chooses it by shape.
  const shrink = image.height - height;
  const verticalFirst = shrink > 0 && shrink > 2 * (image.width - width);
  return verticalFirst
    ? resizeColumns(resizeRows(image, height), width)
    : resizeRows(resizeColumns(image, width), height);
}

const PRECISION_BITS = 32 - 8 - 2;
const ROUND = 1 << (PRECISION_BITS - 1);
const BICUBIC_A = -0.5;
const BICUBIC_SUPPORT = 2;

/** For each output position: where its window starts, how long it is, and the window's weights in fixed point. */
interface Windows {
  readonly start: Int32Array; // [outSize]
  readonly length: Int32Array; // [outSize]
  readonly weights: Int32Array; // [outSize, stride]
  readonly stride: number;
}

function bicubic(distance: number): number {
  const x = Math.abs(distance);
  if (x < 1) return ((BICUBIC_A + 2) * x - (BICUBIC_A + 3)) * x * x + 1;
  if (x < 2) return (((x - 5) * x + 8) * x - 4) * BICUBIC_A;
  return 0;
}

function windowsOf(inSize: number, outSize: number): Windows {
  const scale = inSize / outSize;
  const filterScale = Math.max(scale, 1);
  const support = BICUBIC_SUPPORT * filterScale;
  const stride = Math.ceil(support) * 2 + 1;
  const start = new Int32Array(outSize);
  const length = new Int32Array(outSize);
  const weights = new Int32Array(outSize * stride);
  const exact = new Float64Array(stride);
  for (let out = 0; out < outSize; out++) {
    const center = (out + 0.5) * scale;
    const first = Math.max(Math.trunc(center - support + 0.5), 0);
    const count = Math.min(Math.trunc(center + support + 0.5), inSize) - first;
    let sum = 0;
    for (let i = 0; i < count; i++) {
      const weight = bicubic((i + first - center + 0.5) * (1 / filterScale));
      exact[i] = weight;
      sum += weight;
    }
    for (let i = 0; i < count; i++) {
      const weight = (sum === 0 ? exact[i]! : exact[i]! / sum) * (1 << PRECISION_BITS);
      weights[out * stride + i] = Math.trunc(weight < 0 ? weight - 0.5 : weight + 0.5);
    }
    start[out] = first;
    length[out] = count;
  }
  return { start, length, weights, stride };
}

/** [h, w, 3] → [h, width, 3] */
function resizeColumns(image: PixelTensor, width: number): PixelTensor {
  if (image.width === width) return image;
  const { data, height } = image;
  const { start, length, weights, stride } = windowsOf(image.width, width);
  // A clamped array clips to 0…255 as it is written: the sums are integers by then.
  const resized = new Uint8ClampedArray(height * width * 3);
  for (let row = 0, out = 0; row < height; row++) {
    const rowStart = row * image.width * 3;
    for (let column = 0; column < width; column++, out += 3) {
      let red = ROUND;
      let green = ROUND;
      let blue = ROUND;
      let pixel = rowStart + start[column]! * 3;
      const firstWeight = column * stride;
      const end = firstWeight + length[column]!;
      for (let i = firstWeight; i < end; i++, pixel += 3) {
        const weight = weights[i]!;
        red = (red + Math.imul(data[pixel]!, weight)) | 0;
        green = (green + Math.imul(data[pixel + 1]!, weight)) | 0;
        blue = (blue + Math.imul(data[pixel + 2]!, weight)) | 0;
      }
      resized[out] = red >> PRECISION_BITS;
      resized[out + 1] = green >> PRECISION_BITS;
      resized[out + 2] = blue >> PRECISION_BITS;
    }
  }
  return { data: new Uint8Array(resized.buffer), height, width };
}

/** [h, w, 3] → [height, w, 3] */
function resizeRows(image: PixelTensor, height: number): PixelTensor {
  if (image.height === height) return image;
  const { data, width } = image;
  const { start, length, weights, stride } = windowsOf(image.height, height);
  const rowBytes = width * 3;
  const resized = new Uint8ClampedArray(height * rowBytes);
  const sums = new Int32Array(rowBytes);
  for (let row = 0; row < height; row++) {
    sums.fill(ROUND);
    const count = length[row]!;
    // Four rows at a time, so that the sums are read and written less often; rows past the window weigh nothing.
    for (let i = 0; i < count; i += 4) {
      const at = row * stride + i;
      const first = (start[row]! + i) * rowBytes;
      const second = i + 1 < count ? first + rowBytes : first;
      const third = i + 2 < count ? second + rowBytes : first;
      const fourth = i + 3 < count ? third + rowBytes : first;
      const weight1 = weights[at]!;
      const weight2 = i + 1 < count ? weights[at + 1]! : 0;
      const weight3 = i + 2 < count ? weights[at + 2]! : 0;
      const weight4 = i + 3 < count ? weights[at + 3]! : 0;
      for (let x = 0; x < rowBytes; x++) {
        sums[x] =
          sums[x]! +
          Math.imul(data[first + x]!, weight1) +
          Math.imul(data[second + x]!, weight2) +
          Math.imul(data[third + x]!, weight3) +
          Math.imul(data[fourth + x]!, weight4);
      }
    }
    for (let x = 0, out = row * rowBytes; x < rowBytes; x++) resized[out++] = sums[x]! >> PRECISION_BITS;
  }
  return { data: new Uint8Array(resized.buffer), height, width };
}
