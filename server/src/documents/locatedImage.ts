/**
 * The second type of the flow: where a reference's picture is. Plain data. Paths are absolute and use `/` on every
 * system (`C:/site/a.png`).
 */
export type LocatedImage =
  | {
      readonly kind: 'file';
      readonly path: string;
      /** Every place that was to be looked at, in order; `path` is one of them. */
      readonly candidates: readonly string[];
      /** The name on disk where the disk forgives another case than the one written, as other machines will not. */
      readonly otherCase: string | null;
    }
  | {
      readonly kind: 'missing';
      /** The first is where the picture is expected: what a link to it opens. Empty for a notebook's attachment. */
      readonly candidates: readonly string[];
      /** A file that differs from a candidate in upper and lower case alone. */
      readonly otherCase: string | null;
    }
  /** Somewhere else: http(s), `//host/…`, a file on another host. Nothing has been asked of the network. */
  | { readonly kind: 'remote'; readonly url: string }
  /** The document holds the picture itself; `readDataUrl` takes it out. */
  | { readonly kind: 'data'; readonly url: string }
  /** Only running the program, or a tool's own configuration, could tell. */
  | { readonly kind: 'unknown' };
