/**
 * The pictures on which a converted model is held against its original: drawn here, so that every machine has the same
 * ones. The kinds of pictures people have, and some that are nothing but edges, noise or a gradient.
 */
import type { PixelTensor } from '../pixelTensor.ts';

type Colour = readonly [red: number, green: number, blue: number];

/** The colour at a point of the unit square, x to the right, y downwards. */
type Paint = (x: number, y: number) => Colour;

const white: Colour = [255, 255, 255];
const black: Colour = [17, 17, 17];
const blue: Colour = [37, 99, 235];

const distance = (x: number, y: number, toX: number, toY: number): number => Math.hypot(x - toX, y - toY);
const mix = (a: Colour, b: Colour, share: number): Colour => [
  a[0] + (b[0] - a[0]) * share,
  a[1] + (b[1] - a[1]) * share,
  a[2] + (b[2] - a[2]) * share,
];

/** Noise in 0…1 that depends on nothing but its arguments. */
function noise(x: number, y: number, seed: number): number {
  let hash = Math.imul(x + 1, 0x9e3779b1) ^ Math.imul(y + 1, 0x85ebca6b) ^ Math.imul(seed + 1, 0xc2b2ae35);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  hash = Math.imul(hash ^ (hash >>> 12), 0x297a2d39);
  return ((hash ^ (hash >>> 15)) >>> 0) / 2 ** 32;
}

/** Soft noise, as large as 1 / cells of the picture. */
function clouds(x: number, y: number, cells: number, seed: number): number {
  const column = Math.floor(x * cells);
  const row = Math.floor(y * cells);
  const right = eased(x * cells - column);
  const down = eased(y * cells - row);
  const top = noise(column, row, seed) * (1 - right) + noise(column + 1, row, seed) * right;
  const bottom = noise(column, row + 1, seed) * (1 - right) + noise(column + 1, row + 1, seed) * right;
  return top * (1 - down) + bottom * down;
}

function eased(share: number): number {
  return share * share * (3 - 2 * share);
}

const icon: Paint = (x, y) => {
  const angle = Math.atan2(y - 0.5, x - 0.5);
  const fromCentre = distance(x, y, 0.5, 0.5);
  const rim = Math.cos(8 * angle) > 0 ? 0.42 : 0.33;
  return fromCentre < rim && fromCentre > 0.14 ? black : white;
};

const face: Paint = (x, y) => {
  if (distance(x, y, 0.5, 0.5) > 0.45) return white;
  if (Math.min(distance(x, y, 0.35, 0.4), distance(x, y, 0.65, 0.4)) < 0.06) return [102, 69, 0];
  const mouth = Math.abs(distance(x, y, 0.5, 0.5) - 0.27) < 0.03 && y > 0.58;
  return mouth ? [102, 69, 0] : [255, 204, 77];
};

const chart: Paint = (x, y) => {
  if (x < 0.08 || y > 0.92) return x < 0.1 && x > 0.06 ? black : white;
  const bar = Math.floor((x - 0.1) * 5.5);
  const height = [0.3, 0.55, 0.4, 0.75, 0.6][bar] ?? 0;
  const within = (x - 0.1) * 5.5 - bar < 0.7;
  return within && 1 - y < height + 0.08 ? mix(blue, [249, 115, 22], bar / 4) : white;
};

const window: Paint = (x, y) => {
  if (y < 0.1) return [51, 65, 85];
  if (x < 0.22) return Math.floor(y * 20) % 2 === 0 && x > 0.03 && x < 0.17 ? [148, 163, 184] : [226, 232, 240];
  if (y > 0.82 && x > 0.7 && x < 0.93 && y < 0.92) return blue;
  const line = Math.floor(y * 24);
  return line % 2 === 0 && x > 0.27 && x < 0.55 + 0.4 * noise(line, 0, 3) && y < 0.75 ? [100, 116, 139] : white;
};

const beach: Paint = (x, y) => {
  if (distance(x, y, 0.75, 0.2) < 0.08) return [255, 236, 179];
  const texture = 30 * (clouds(x, y, 60, 1) - 0.5);
  const near = distance(x * 1.6, y, 0.6, 0.72) < 0.12 ? ([90, 60, 45] as const) : null;
  const ground: Colour =
    near ?? (y < 0.45 ? mix([90, 150, 220], [220, 235, 250], y / 0.45) : y < 0.6 ? [40, 95, 130] : [214, 190, 150]);
  return [ground[0] + texture, ground[1] + texture, ground[2] + texture];
};

const foliage: Paint = (x, y) => {
  const light = 0.5 * clouds(x, y, 6, 4) + 0.3 * clouds(x, y, 19, 5) + 0.2 * clouds(x, y, 57, 6);
  return mix([15, 35, 10], [190, 220, 120], light);
};

const gradient: Paint = (x, y) => [255 * x, 255 * y, 255 * (1 - x)];

const grain: Paint = (x, y) => {
  const column = Math.floor(x * 96);
  const row = Math.floor(y * 96);
  return [255 * noise(column, row, 7), 255 * noise(column, row, 8), 255 * noise(column, row, 9)];
};

/** [size, size, 3] each. */
export function checkPictures(size: number): PixelTensor[] {
  return [icon, face, chart, window, beach, foliage, gradient, grain].map((paint) => painted(paint, size));
}

function painted(paint: Paint, size: number): PixelTensor {
  const data = new Uint8ClampedArray(size * size * 3);
  for (let row = 0; row < size; row += 1) {
    for (let column = 0; column < size; column += 1) {
      const colour = paint((column + 0.5) / size, (row + 0.5) / size);
      const at = (row * size + column) * 3;
      data[at] = colour[0];
      data[at + 1] = colour[1];
      data[at + 2] = colour[2];
    }
  }
  return { data: new Uint8Array(data.buffer), height: size, width: size };
}
