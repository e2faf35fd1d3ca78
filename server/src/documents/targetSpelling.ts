import type { TargetResolution } from './imageReference.ts';

/** What a written target is before any disk is asked. */
export type WrittenTarget =
  | { readonly kind: 'remote'; readonly url: string }
  | { readonly kind: 'data'; readonly url: string }
  | { readonly kind: 'unknown' }
  /** `onDisk`: from a file URL, so that `/x` is the disk's `/x`. Else rooted, relative or a module's, by its own look. */
  | { readonly kind: 'path'; readonly onDisk: boolean; readonly spellings: readonly string[] };

const scheme = /^[a-z][a-z0-9+.-]+:/i;

export function readTarget(written: string, resolution: TargetResolution): WrittenTarget {
  const bare = resolution === 'module' ? withoutLoaders(written) : written;
  // What the URL standard drops: blanks around, tabs and line ends within.
  const clean = bare.trim().replace(/[\t\n\r]/g, '');
  if (/^data:/i.test(clean)) return { kind: 'data', url: clean };
  // `\\host\x` and `//host/x` reach for another machine, on Windows even with the user's credentials.
  if (/^(?:https?:|ftps?:)?[\\/]{2}/i.test(clean)) return { kind: 'remote', url: clean };
  if (/^file:/i.test(clean)) return readFileUrl(clean);
  if (scheme.test(clean) && resolution !== 'path' && resolution !== 'wiki') return { kind: 'unknown' };
  const spellings = spell(resolution === 'url' ? clean : bare, resolution);
  return spellings.length === 0 ? { kind: 'unknown' } : { kind: 'path', onDisk: false, spellings };
}

/** Percent-escapes resolved; those that are no UTF-8 stay as they stand. */
export function percentDecoded(text: string): string {
  return text.replace(/(?:%[0-9a-f]{2})+/gi, (escapes) => {
    try {
      return decodeURIComponent(escapes);
    } catch {
      return escapes;
    }
  });
}

function readFileUrl(url: string): WrittenTarget {
  if (!URL.canParse(url)) return { kind: 'unknown' };
  const { host, pathname } = new URL(url);
  if (host !== '' && host !== 'localhost') return { kind: 'remote', url };
  const names = [percentDecoded(pathname), pathname].map((name) => name.replace(/^\/(?=[A-Za-z]:)/, ''));
  return { kind: 'path', onDisk: true, spellings: distinct(names.flatMap(unicodeForms)) };
}

/** webpack's `loader!./a.png`, Parcel's `url:./a.png`. */
function withoutLoaders(specifier: string): string {
  return specifier.slice(specifier.lastIndexOf('!') + 1).replace(/^(?:url|asset-url|data-url):/, '');
}

/** The ways the file may be spelt on disk, the right one first, what people and tools write carelessly after it. */
function spell(written: string, resolution: TargetResolution): string[] {
  // Nothing to decode: most targets, asked for at each keystroke.
  if (/^[\w./-]+$/.test(written)) return [written];
  const names = plainNames(written, resolution).flatMap((name) => [name.replaceAll('\\', '/'), name]);
  return distinct(names.flatMap(unicodeForms)).filter((name) => name !== '' && !name.includes('\0'));
}

function plainNames(written: string, resolution: TargetResolution): string[] {
  switch (resolution) {
    case 'url': {
      const path = written.replace(/[?#].*$/s, '');
      // `#icon` or `?x` alone name a part of the document itself.
      return path === '' ? [] : [percentDecoded(path), path, written];
    }
    case 'module': {
      const path = written.replace(/[?#].*$/s, '');
      return [path, written.replace(/\?.*$/s, ''), written, percentDecoded(path)];
    }
    case 'wiki':
      return [written.replace(/#.*$/s, '').trim(), written, percentDecoded(written)];
    case 'path':
    case 'attachment':
      return [written, percentDecoded(written)];
  }
}

/** macOS writes é as two code points where most editors write one; ASCII, nearly every name, has one form only. */
function unicodeForms(name: string): string[] {
  // oxlint-disable-next-line no-control-regex -- the whole of ASCII
  return /^[\0-\x7f]*$/.test(name) ? [name] : [name, name.normalize('NFC'), name.normalize('NFD')];
}

function distinct(names: readonly string[]): string[] {
  return [...new Set(names)];
}
