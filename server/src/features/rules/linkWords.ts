import { altEdit } from '../../documents/altEdit.ts';
import type { ImageReference } from '../../documents/imageReference.ts';
import type { Fix } from './rule.ts';

/** Endings of pages; other endings belong to the name (`report.pdf`). */
const pageEnding = /\.(?:html?|xhtml|php|aspx?|jsp|mdx?|qmd|rst|adoc)$/iu;

/**
 * What the address of a link says in words: `/about-us.html` → "About us", `https://www.example.org/` → "example.org".
 * Null where it says nothing that can be read (a number, a hash, `javascript:`).
 */
export function wordsOfDestination(destination: string): string | null {
  const address = destination.trim();
  const mail = /^mailto:([^?]+)/iu.exec(address);
  if (mail !== null) return `E-mail ${mail[1]!}`;
  const phone = /^tel:(.+)/iu.exec(address);
  if (phone !== null) return `Call ${phone[1]!}`;
  if (/^[a-z][a-z\d+.-]*:/iu.test(address) && !/^https?:/iu.test(address)) return null;
  const [, host, path] = /^(?:https?:)?\/\/([^/?#]+)([^?#]*)/iu.exec(address) ?? [
    null,
    null,
    address.replace(/[?#].*$/u, ''),
  ];
  const site = host?.replace(/^www\./iu, '') ?? null;
  const segments = path.split('/').filter((segment) => segment !== '' && segment !== '.' && segment !== '..');
  const last = segments.at(-1);
  if (last === undefined || /^index\./iu.test(last)) return site ?? (path.startsWith('/') ? 'Home' : null);
  const page = wordsOfSlug(last);
  if (site === null) return page;
  return page === null ? site : `${page} (${site})`;
}

function wordsOfSlug(segment: string): string | null {
  const words = decoded(segment)
    .replace(pageEnding, '')
    .replaceAll(/[-_+\s]+/gu, ' ')
    .trim();
  if (!/\p{L}{2}/u.test(words) || /^[\da-f]{7,}$/iu.test(words) || /[{}<>$%*]/u.test(words)) return null;
  return words.replace(/^\p{Ll}/u, (letter) => letter.toUpperCase());
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The alt of a picture that is all of a link: where the link leads. */
export function nameTheTarget(reference: ImageReference): Fix[] {
  const destination = reference.link?.destination ?? null;
  const alt = destination === null ? null : wordsOfDestination(destination);
  const edit = alt === null ? null : altEdit(reference, alt);
  return alt === null || edit === null ? [] : [{ kind: 'name-the-target', alt, edit }];
}
