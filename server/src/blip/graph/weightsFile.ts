import { open, type FileHandle } from 'node:fs/promises';

/** Weights start on a page, so that they can be mapped. */
const pageBytes = 4096;
/** So many bytes are written at once: each write waits for its turn on a busy thread. */
const pieceBytes = 4 * 1024 * 1024;

/** A file of weights, made when the first of them is there. */
export class WeightsFile {
  readonly #path: string;
  #file: FileHandle | undefined;
  /** What is still to be written, from `#written` to `#end`. */
  #waiting: Uint8Array[] = [];
  #written = 0;
  #end = 0;

  constructor(path: string) {
    this.#path = path;
  }

  /** @returns where the weight lies */
  async add(bytes: Uint8Array): Promise<number> {
    const offset = Math.ceil(this.#end / pageBytes) * pageBytes;
    this.#waiting.push(new Uint8Array(offset - this.#end));
    if (bytes.byteLength >= pieceBytes) await this.#write(); // by itself: it is not copied
    this.#end = offset + bytes.byteLength;
    this.#waiting.push(bytes);
    if (this.#end - this.#written >= pieceBytes) await this.#write();
    return offset;
  }

  /** Writes the rest. */
  async end(): Promise<void> {
    await this.#write();
  }

  async close(): Promise<void> {
    await this.#file?.close();
  }

  async #write(): Promise<void> {
    const [first, ...rest] = this.#waiting.filter((part) => part.byteLength > 0);
    this.#waiting = [];
    if (first === undefined) return;
    const bytes = rest.length === 0 ? first : Buffer.concat([first, ...rest]);
    this.#file ??= await open(this.#path, 'w');
    let done = 0;
    while (done < bytes.byteLength) {
      done += (await this.#file.write(bytes, done, bytes.byteLength - done, this.#written + done)).bytesWritten;
    }
    this.#written += bytes.byteLength;
  }
}
