/** What a `data:` URL holds. */
export interface DataUrlContent {
  /** Lower case, without parameters; `text/plain` where the URL names none. */
  readonly mimeType: string;
  readonly bytes: Uint8Array;
}

/** RFC 2397, as browsers read it; null for a URL without its comma or with broken base64. */
export function readDataUrl(url: string): DataUrlContent | null {
  const match = /^data:([^,]*),/is.exec(url);
  if (match === null) return null;
  const header = match[1] ?? '';
  const body = url.slice(match[0].length).replace(/#.*$/s, '');
  const base64 = /;\s*base64\s*$/i.test(header);
  const mimeType = (header.split(';')[0] ?? '').trim().toLowerCase() || 'text/plain';
  const plain = percentBytes(body);
  if (!base64) return { mimeType, bytes: plain };
  const letters = plain.toString('latin1').replace(/[\s=]/g, '').replaceAll('-', '+').replaceAll('_', '/');
  if (!/^[A-Za-z0-9+/]*$/.test(letters) || letters.length % 4 === 1) return null;
  return { mimeType, bytes: Buffer.from(letters, 'base64') };
}

/** Percent-escapes → their bytes, everything else → UTF-8. */
function percentBytes(text: string): Buffer {
  if (!text.includes('%')) return Buffer.from(text, 'utf8');
  const parts = text.split(/((?:%[0-9a-f]{2})+)/i);
  return Buffer.concat(
    parts.map((part, index) =>
      index % 2 === 1 ? Buffer.from(part.replaceAll('%', ''), 'hex') : Buffer.from(part, 'utf8'),
    ),
  );
}
