import type { ImageReference, ImageTarget, ParsedDocument } from './imageReference.ts';

/** What a notebook's cell says of its attachments, as it comes: by name, then by MIME type, base64 or lines of it. */
export type CellAttachments = () => unknown;

/** A cell's document with the pictures that the cell carries itself; null: it cannot be known whether it has them. */
export function withAttachments(parsed: ParsedDocument, attachments: CellAttachments | null): ParsedDocument {
  const each =
    attachments === null ? unresolved : (reference: ImageReference) => withAttachment(reference, attachments);
  return { ...parsed, references: parsed.references.map(each) };
}

/** As a URL of a scheme that only the notebook's own program knows. */
function unresolved(reference: ImageReference): ImageReference {
  const { target } = reference;
  return target.resolution === 'attachment' ? { ...reference, target: { ...target, resolution: 'url' } } : reference;
}

/** The picture itself where the target names an attachment that the cell carries. */
export function withAttachment(reference: ImageReference, attachments: CellAttachments): ImageReference {
  const { written } = reference.target;
  if (written === null || !/^attachment:/i.test(written)) return reference;
  const target: ImageTarget = { ...reference.target, resolution: 'attachment' };
  const data = attachedData(attachments(), percentDecoded(written.slice(written.indexOf(':') + 1)));
  return { ...reference, target: data === null ? target : { ...target, data } };
}

function attachedData(attachments: unknown, name: string): string | null {
  const [mime, value] = Object.entries(own(own(attachments)[name])).find(([type]) => type.startsWith('image/')) ?? [];
  if (mime === undefined) return null;
  const data = Array.isArray(value) ? value.join('') : String(value);
  // A drawing may stand there as its own text.
  return /^\s*</.test(data) ? `data:${mime},${encodeURIComponent(data)}` : `data:${mime};base64,${data.trim()}`;
}

/** Its own entries, for a file may hold any name; of what is no object none. */
function own(value: unknown): Readonly<Record<string, unknown>> {
  const entries = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  return Object.assign(Object.create(null) as Record<string, unknown>, Object.fromEntries(entries));
}

function percentDecoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    // A stray `%`: the name as it stands.
    return name;
  }
}
