import { decodeHTMLAttribute } from 'entities/decode';

/** An attribute's value with its entities resolved, and where each of its offsets stands in the source. */
export interface DecodedSource {
  readonly text: string;
  /** Offset into `text` → offset into the source; of a character that an entity stands for, the entity's start. */
  readonly offsetAt: (offset: number) => number;
}

/** As browsers read attributes: `&copy=1` in an address is no entity. */
export function decodeAttribute(source: string): DecodedSource {
  if (!source.includes('&')) return { text: source, offsetAt: (offset) => offset };
  const places: number[] = [];
  let text = '';
  let at = 0;
  for (const part of source.split(/(&#?\w+(?:;|(?!=)))/)) {
    const decoded = part.startsWith('&') ? decodeHTMLAttribute(part) : part;
    for (let index = 0; index < decoded.length; index++) places.push(decoded === part ? at + index : at);
    text += decoded;
    at += part.length;
  }
  places.push(source.length);
  return { text, offsetAt: (offset) => places[offset] ?? source.length };
}
