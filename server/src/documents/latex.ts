/**
 * LaTeX. unified-latex parses it too, in 42 s for a document of 2 MB and not at all where groups are nested deeply: so this
 * blanks out what TeX would not typeset and then reads the commands that matter.
 */
import type { ImageReference, LinkContext, NearbyText, ParsedDocument } from './imageReference.ts';
import { around, type Frame, type LinkCommand } from './latex/frames.ts';
import { declaredLanguage } from './latex/languages.ts';
import { liveText } from './latex/liveText.ts';
import { type Definitions, readable } from './latex/plainWords.ts';
import { type Picture, walkLatex } from './latex/walk.ts';
import { inRows } from './pictureRows.ts';

/** So many characters tell a language, and so many after a picture tell whether it is repeated. */
const enoughProse = 4000;
const enoughFollowing = 400;
const longestPreamble = 50_000;

export function parseLatex(source: string): ParsedDocument {
  const { text, comments } = liveText(source);
  const root = comments.slice(0, 20).map(({ text: words }) => /^\s*!\s*TEX\s+root\s*=\s*(.*\/)/i.exec(words)?.[1]);
  const { pictures, definitions } = walkLatex(text, root.find((folder) => folder !== undefined)?.trim() ?? '');
  const body = text.indexOf('\\begin{document}');
  const preamble = body === -1 ? text.slice(0, longestPreamble) : text.slice(0, Math.min(body, longestPreamble));
  const alts = new Map(pictures.map(({ range, options }) => [range.start, options.alt ?? '']));
  const references = pictures.map((picture) => reference(text, picture, alts, definitions));
  return {
    references: inRows(references, text, isBlankBetween),
    comments,
    declaredLanguage: declaredLanguage(preamble),
    prose: readable(text.slice(Math.max(body, 0)), definitions).slice(0, enoughProse),
  };
}

function reference(
  text: string,
  { range, target, writable, options, frame }: Picture,
  alts: ReadonlyMap<number, string>,
  definitions: Definitions,
): ImageReference {
  const frames = around(frame);
  const command = frames.find(({ link }) => link !== null)?.link ?? null;
  const linkWords = command === null ? '' : linkText(text, command, definitions);
  const others =
    command?.pictures.filter(({ start }) => start !== range.start).map(({ start }) => alts.get(start)) ?? [];
  const name = `${linkWords} ${others.join(' ')}`.trim();
  const link: LinkContext | null = command && {
    range: command.range,
    destination: command.destination,
    name: name === '' ? null : name,
  };
  const alone = link !== null && linkWords === '' && !options.artifact;
  return {
    kind: options.artifact ? 'decorative' : alone ? 'link-only' : 'image',
    range,
    target,
    others: [],
    alt: options.alt,
    altRange: options.altRange,
    dynamicAlt: options.dynamicAlt,
    altExpected: !options.artifact && !frames.some(({ described }) => described),
    hidden: options.artifact,
    altMayBeReplaced: false,
    altSlot: writable && !options.dynamicAlt ? options.altSlot : null,
    removeAlt: options.dynamicAlt ? null : options.removeAlt,
    markDecorative: writable && !options.dynamicAlt && !(alone && name === '') ? options.markDecorative : null,
    element: 'includegraphics',
    link,
    nearby: nearbyTexts(text, range.end, frames, linkWords, definitions),
    followsPrevious: false,
  };
}

/** What the link says besides its pictures. */
function linkText(text: string, { content, pictures }: LinkCommand, definitions: Definitions): string {
  let words = '';
  let position = content.start;
  for (const { start, end } of pictures.slice(0, 100)) {
    words += `${text.slice(position, start)} `;
    position = end;
  }
  return readable(words + text.slice(position, Math.min(content.end, position + enoughProse)), definitions);
}

function nearbyTexts(
  text: string,
  end: number,
  frames: readonly Frame[],
  link: string,
  definitions: Definitions,
): NearbyText[] {
  const read = (ranges: readonly { start: number; end: number }[], source: NearbyText['source']): NearbyText[] =>
    ranges.slice(0, 20).map((range) => ({ source, text: readable(text.slice(range.start, range.end), definitions) }));
  const nearby = frames.flatMap(({ captions, title }) => [
    ...read(captions, 'caption'),
    ...read(title === null ? [] : [title], 'title'),
  ]);
  if (link !== '') nearby.push({ source: 'link', text: link });
  nearby.push({ source: 'following', text: followingText(text, end, definitions) });
  return nearby.filter((each) => each.text !== '');
}

/** The end of a paragraph, row, cell, item or group; another picture, a caption. */
const boundary =
  /\n[ \t\r\0]*\n|\\\\|(?<!\\)[&}]|\\(?:begin|end|item|par|Description|caption\w*|label|includegraphics|(?:sub)*section|chapter|subfloat|subcaptionbox|hfill|newpage)(?![a-zA-Z])/;

function followingText(text: string, end: number, definitions: Definitions): string {
  const rest = text.slice(end, end + enoughFollowing);
  const stop = rest.search(boundary);
  return readable(stop === -1 ? rest : rest.slice(0, stop), definitions);
}

/** Commands that show as nothing but room. */
const blankBetween =
  /^(?:[\s\0~]|\\(?:[\s,;:\\]|(?:hfill|hfil|quad|qquad|linebreak|newline|par|noindent|centering|smallskip|medskip|bigskip)(?![a-zA-Z])|[hv]space\*?\{[^{}]*\}))*$/;

function isBlankBetween(between: string): boolean {
  return blankBetween.test(between);
}
