/** A decoded picture: `data` is [height, width, 3], RGB, unsigned bytes, row by row. */
export interface PixelTensor {
  readonly data: Uint8Array;
  readonly height: number;
  readonly width: number;
}

/** What lies below transparent pixels. `auto`: white, or dark grey where what is visible is nearly white. */
export type AlphaMode = 'auto' | 'drop' | 'white';
