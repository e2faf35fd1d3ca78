import { BlipError } from '../blip/index.ts';
import type { FeatureWorld } from './featureWorld.ts';

/** Stillness after a change before pictures are captioned ahead, milliseconds. */
const delay = 1500;
/** Pictures of one document that are captioned ahead: the ones a person gets to first. */
const most = 30;

/** Captions the pictures of an open document that have no alt text before anyone asks, when nothing else is to do. */
export class Prefetch {
  readonly #world: FeatureWorld;
  readonly #log: (message: string) => void;
  readonly #running = new Map<string, { readonly timer: NodeJS.Timeout; readonly abort: AbortController }>();

  constructor(world: FeatureWorld, log: (message: string) => void) {
    this.#world = world;
    this.#log = log;
  }

  /** A document was opened or changed: what was under way for its former text ends. */
  changed(uri: string): void {
    this.closed(uri);
    const abort = new AbortController();
    const timer = setTimeout(() => void this.#captionAhead(uri, abort.signal), delay);
    timer.unref();
    this.#running.set(uri, { timer, abort });
  }

  closed(uri: string): void {
    const running = this.#running.get(uri);
    if (running === undefined) return;
    clearTimeout(running.timer);
    running.abort.abort();
    this.#running.delete(uri);
  }

  async #captionAhead(uri: string, signal: AbortSignal): Promise<void> {
    try {
      const settings = await this.#world.settings(uri);
      const document = settings.prefetch ? await this.#world.documents.analyse(uri) : null;
      if (document === null) return;
      const wanted = document.parsed.references.filter(
        ({ kind, alt, altExpected, dynamicAlt }) => kind === 'image' && alt === null && altExpected && !dynamicAlt,
      );
      for (const { target } of wanted.slice(0, most)) {
        const located = await this.#world.locate(target, document);
        if (signal.aborted) return;
        if (located.kind !== 'file' && located.kind !== 'data') continue;
        const image = await this.#world.images.read(located, signal);
        await this.#world.images.caption(image, settings, 'prefetch', signal);
      }
    } catch (error) {
      // Nobody asked: the hover and the quick fix say what is wrong when somebody does.
      const expected = signal.aborted || (error instanceof BlipError && error.code === 'Aborted');
      if (!expected) this.#log(`Captions ahead: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}
