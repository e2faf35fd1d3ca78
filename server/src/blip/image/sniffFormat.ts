/** The formats that are decoded. Everything else is refused by name. */
export type ImageFormat = 'png' | 'jpeg' | 'webp' | 'gif' | 'avif' | 'tiff' | 'svg';

/** What the first bytes say a file is, whatever its name says. */
export type SniffedFormat =
  | { readonly kind: 'supported'; readonly format: ImageFormat }
  /** A picture or document of a format that is not decoded, or no picture at all; `name` continues "this is …". */
  | { readonly kind: 'unsupported'; readonly name: string; readonly remedy: string }
  | { readonly kind: 'unknown' };

export const SUPPORTED_FORMATS = 'PNG, JPEG, WebP, GIF, AVIF, TIFF or SVG';

const CONVERT = `Convert it to ${SUPPORTED_FORMATS}.`;

interface Signature {
  readonly name: string;
  /** Bytes as latin-1 text; `?` stands for any byte. */
  readonly magic: string;
  readonly offset?: number;
  readonly remedy?: string;
}

const SUPPORTED: readonly (Signature & { readonly format: ImageFormat })[] = [
  { format: 'png', name: 'PNG', magic: '\x89PNG\r\n\x1a\n' },
  { format: 'jpeg', name: 'JPEG', magic: '\xff\xd8\xff' },
  { format: 'gif', name: 'GIF', magic: 'GIF87a' },
  { format: 'gif', name: 'GIF', magic: 'GIF89a' },
  { format: 'webp', name: 'WebP', magic: 'RIFF????WEBP' },
  { format: 'avif', name: 'AVIF', magic: 'ftypavif', offset: 4 },
  { format: 'avif', name: 'AVIF', magic: 'ftypavis', offset: 4 },
  { format: 'tiff', name: 'TIFF', magic: 'II*\0' },
  { format: 'tiff', name: 'TIFF', magic: 'MM\0*' },
  { format: 'tiff', name: 'BigTIFF', magic: 'II+\0' },
  { format: 'tiff', name: 'BigTIFF', magic: 'MM\0+' },
];

const UNSUPPORTED: readonly Signature[] = [
  { name: 'an ICO icon', magic: '\0\0\x01\0' },
  { name: 'a CUR cursor', magic: '\0\0\x02\0' },
  { name: 'a BMP bitmap', magic: 'BM' },
  { name: 'a JPEG 2000 (JP2) picture', magic: '\0\0\0\x0cjP  ' },
  { name: 'a JPEG 2000 (J2K) picture', magic: '\xff\x4f\xff\x51' },
  { name: 'a JPEG XL picture', magic: '\xff\x0a' },
  { name: 'a JPEG XL picture', magic: '\0\0\0\x0cJXL ' },
  { name: 'a HEIC picture', magic: 'ftyphei', offset: 4 },
  { name: 'a HEIC picture', magic: 'ftyphev', offset: 4 },
  { name: 'a video', magic: 'ftyp', offset: 4 },
  { name: 'a video', magic: '\x1a\x45\xdf\xa3' },
  { name: 'a video', magic: 'RIFF????AVI ' },
  { name: 'a PDF document', magic: '%PDF' },
  { name: 'a PostScript (EPS) drawing', magic: '%!PS' },
  { name: 'a PostScript (EPS) drawing', magic: '\xc5\xd0\xd3\xc6' },
  { name: 'a Photoshop (PSD) document', magic: '8BPS' },
  { name: 'a GIMP (XCF) picture', magic: 'gimp xcf' },
  { name: 'an ICNS icon', magic: 'icns' },
  { name: 'a QOI picture', magic: 'qoif' },
  { name: 'a DirectDraw (DDS) texture', magic: 'DDS ' },
  { name: 'an OpenEXR picture', magic: 'v/1\x01' },
  { name: 'a Radiance (HDR) picture', magic: '#?RADIANCE' },
  { name: 'a FITS picture', magic: 'SIMPLE  =' },
  { name: 'an EMF drawing', magic: ' EMF', offset: 40 },
  { name: 'a WMF drawing', magic: '\xd7\xcd\xc6\x9a' },
  ...['1', '2', '3', '4', '5', '6', '7'].flatMap((digit) =>
    ['\n', '\r', ' ', '\t'].map((blank) => ({ name: 'a Netpbm (PPM) picture', magic: `P${digit}${blank}` })),
  ),
  { name: 'a ZIP archive', magic: 'PK\x03\x04', remedy: 'Point to the picture itself.' },
  {
    name: 'a Git LFS pointer, not the picture itself',
    magic: 'version https://git-lfs',
    remedy: 'Fetch the picture with `git lfs pull`.',
  },
];

/** How far into a text the `<svg` of a drawing is looked for: prologs, licences and doctypes come before it. */
const SVG_PROLOG_BYTES = 64 * 1024;

export function sniffFormat(bytes: Uint8Array): SniffedFormat {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, SVG_PROLOG_BYTES)).toString(
    'latin1',
  );
  const supported = SUPPORTED.find((signature) => matches(head, signature));
  if (supported !== undefined) return { kind: 'supported', format: supported.format };
  const heif = sniffHeif(head);
  if (heif !== undefined) return heif;
  const unsupported = UNSUPPORTED.find((signature) => matches(head, signature));
  if (unsupported !== undefined) {
    return { kind: 'unsupported', name: unsupported.name, remedy: unsupported.remedy ?? CONVERT };
  }
  return sniffText(head);
}

function matches(head: string, { magic, offset = 0 }: Signature): boolean {
  if (head.length < offset + magic.length) return false;
  for (let i = 0; i < magic.length; i++) {
    if (magic[i] !== '?' && magic[i] !== head[offset + i]) return false;
  }
  return true;
}

/** `mif1` and `msf1` say only "HEIF": the brands that follow tell AVIF from HEIC. */
function sniffHeif(head: string): SniffedFormat | undefined {
  if (!head.startsWith('ftypmif1', 4) && !head.startsWith('ftypmsf1', 4)) return undefined;
  const brands = head.slice(8, 128);
  if (brands.includes('avif') || brands.includes('avis')) return { kind: 'supported', format: 'avif' };
  return { kind: 'unsupported', name: 'a HEIC picture', remedy: CONVERT };
}

function sniffText(head: string): SniffedFormat {
  if (!isText(head.slice(0, 1024))) return { kind: 'unknown' };
  const start = head
    .replace(/^\xef\xbb\xbf/, '')
    .trimStart()
    .toLowerCase();
  if (/^<(!doctype html|html|head|body)[\s>]/.test(start)) {
    return { kind: 'unsupported', name: 'a web page', remedy: 'Save the picture itself, not the page that shows it.' };
  }
  if (/^(<\?xml[^>]*>\s*)?<!doctype svg|<([a-z][\w.-]*:)?svg[\s/>]/.test(start))
    return { kind: 'supported', format: 'svg' };
  if (start.length === 0) return { kind: 'unsupported', name: 'only blanks', remedy: 'Save the picture again.' };
  return { kind: 'unsupported', name: 'a text', remedy: 'Point to a picture.' };
}

/** Text in ASCII or UTF-8; other encodings of it have zero bytes, and nobody writes SVG so. */
function isText(latin1: string): boolean {
  return [...latin1].every((character) => character >= ' ' || '\t\n\v\f\r\x1b'.includes(character));
}
