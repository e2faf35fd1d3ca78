import { resizePasses } from './image/resizePasses.ts';
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

/** Rows of this many bytes go through together: they stay in the processor's cache. */
const bandBytes = 256 * 1024;

/** [h, w, 3] → [h, width, 3] */
function resizeColumns(image: PixelTensor, width: number): PixelTensor {
  if (image.width === width) return image;
  const { data, height } = image;
  const { start, length, weights, stride } = windowsOf(image.width, width);
  const [inBytes, outBytes] = [image.width * 3, width * 3];
  const band = Math.min(height, Math.ceil(bandBytes / inBytes));
  const layout = new Layout();
  const weightsAt = layout.place(weights.byteLength);
  const windowsAt = layout.place(width * 12);
  const targetAt = layout.place(band * outBytes);
  const sourceAt = layout.place(band * inBytes);
  const { memory, columns } = resizePasses(layout.end);
  new Int32Array(memory.buffer, weightsAt).set(weights);
  const windows = new Int32Array(memory.buffer, windowsAt, width * 3);
  for (let out = 0; out < width; out += 1) {
    windows.set([start[out]! * 3, length[out]!, weightsAt + out * stride * 4], out * 3);
  }
  const [source, target] = [new Uint8Array(memory.buffer, sourceAt), new Uint8Array(memory.buffer, targetAt)];
  const resized = new Uint8Array(height * outBytes);
  for (let row = 0; row < height; row += band) {
    const rows = Math.min(band, height - row);
    source.set(data.subarray(row * inBytes, (row + rows) * inBytes));
    columns(sourceAt, rows, inBytes, windowsAt, width, targetAt);
    resized.set(target.subarray(0, rows * outBytes), row * outBytes);
  }
  return { data: resized, height, width };
}

/** [h, w, 3] → [height, w, 3] */
function resizeRows(image: PixelTensor, height: number): PixelTensor {
  if (image.height === height) return image;
  const { data, width } = image;
  const { start, length, weights, stride } = windowsOf(image.height, height);
  const rowBytes = width * 3;
  const layout = new Layout();
  const weightsAt = layout.place(weights.byteLength);
  const targetAt = layout.place(rowBytes);
  const sourceAt = layout.place(stride * rowBytes);
  const { memory, weighted } = resizePasses(layout.end);
  new Int32Array(memory.buffer, weightsAt).set(weights);
  const [source, target] = [new Uint8Array(memory.buffer, sourceAt), new Uint8Array(memory.buffer, targetAt, rowBytes)];
  const resized = new Uint8Array(height * rowBytes);
  for (let row = 0; row < height; row++) {
    const [first, count] = [start[row]!, length[row]!];
    source.set(data.subarray(first * rowBytes, (first + count) * rowBytes));
    weighted(sourceAt, rowBytes, weightsAt + row * stride * 4, count, targetAt);
    resized.set(target, row * rowBytes);
  }
  return { data: resized, height, width };
}

/** Areas of memory, one behind the other. */
class Layout {
  end = 0;

  /** @returns where an area of this size begins; the passes read and write up to 15 bytes past its end. */
  place(bytes: number): number {
    const start = this.end;
    this.end += Math.ceil((bytes + 15) / 16) * 16;
    return start;
  }
}
