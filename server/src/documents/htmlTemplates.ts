/**
 * Template languages that write HTML (PHP, Handlebars, Jinja, Liquid, Go, ERB, EJS, JSP, Angular's blocks): their
 * fragments may hold `<`, `>` and quotes, so they are taken out before an HTML parser sees the text. Offsets stay.
 */
import { countWhile } from './countWhile.ts';
import type { DocumentComment, TextRange } from './imageReference.ts';
import { angularBlocks } from './angularBlocks.ts';
import { phpEnd } from './phpBlocks.ts';

/** `output` stands for text that only the program knows; `control` and `comment` write nothing themselves. */
export interface TemplateRegion extends TextRange {
  readonly kind: 'output' | 'control' | 'comment';
}

export interface MaskedHtml {
  /** As long as the original: outputs are `outputMark`s, all else blanks. */
  readonly text: string;
  /** In document order. */
  readonly regions: readonly TemplateRegion[];
  readonly comments: readonly DocumentComment[];
}

/** A private-use character: no page means anything by it. */
export const outputMark = '\uE000';

/** A fragment longer than this is no fragment, but a stray opening. */
const longestFragment = 5000;

const opening = /<\?(?:php\b|=|(?=\s))|<%(?:--|[#=~:@-]|)|\{\{(?:\{|!--|--|!|\/\*)?|\{%|\{#|\{!!/g;

const jinjaControl =
  /^[-+]?\s*(?:end\w*|if|elif|elsif|elseif|else|unless|for|empty|case|when|switch|default|block|extends|load|set|assign|capture|macro|import|from|with|autoescape|spaceless|filter|raw|verbatim|liquid|do|break|continue|layout|section|schema|comment|tablerow|paginate|form|call|use|stylesheet|javascript)\b/;
const mustacheControl = /^[-~]?\s*(?:[#/^]|(?:else|if|end|range|with|define|block)\b)/;
const phpControl =
  /^\s*(?:(?:if|else|elseif|endif|for|endfor|foreach|endforeach|while|endwhile|switch|case|default|endswitch|break|continue|use|namespace|declare|function|return|global|require_once|include_once)\b|[{}]|\/\/|#|\/\*|\$\w+\s*=[^=]|$)/;

interface Found {
  readonly kind: TemplateRegion['kind'];
  readonly end: number;
  /** Of a comment: what stands between its markers. */
  readonly comment?: string;
}

/** Where the mark next stands from an offset on; -1: nowhere. Offsets only grow from call to call. */
type Finder = (mark: string, from: number) => number;

/** A page of openings without an end is searched through once, not once for each. */
function finderIn(text: string): Finder {
  const known = new Map<string, number>();
  return (mark, from) => {
    const last = known.get(mark);
    if (last !== undefined && (last === -1 || last >= from)) return last;
    const found = text.indexOf(mark, from);
    known.set(mark, found);
    return found;
  };
}

/** What opens a comment of JSP, ERB and EJS, Handlebars, Blade, Go, Jinja → what ends it. */
const commentEnds: Readonly<Record<string, string>> = {
  '<%--': '--%>',
  '<%#': '%>',
  '{{!--': '--}}',
  '{{!': '}}',
  '{{--': '--}}',
  '{{/*': '*/',
  '{#': '#}',
};

/** Where the fragment that starts at `start` ends; null: it is none. */
function readFragment(text: string, start: number, mark: string, isPhp: boolean, find: Finder): Found | null {
  const from = start + mark.length;
  if (mark.startsWith('<?')) return !isPhp && find('?>', from) === -1 ? null : readPhp(text, from, mark, isPhp);
  const comment = commentEnds[mark];
  const closing =
    comment ?? (mark.startsWith('<%') ? '%>' : { '{{': '}}', '{{{': '}}}', '{%': '%}', '{!!': '!!}' }[mark]!);
  const at = find(closing, from);
  if (at === -1 || (at - from > longestFragment && comment === undefined)) return null;
  let end = at + closing.length;
  if (mark === '{{/*') {
    const close = /^\s*-?\}\}/.exec(text.slice(end, end + 20));
    if (close === null) return null;
    end += close[0].length;
  }
  const code = text.slice(from, at);
  // A heading's `{#name}` opens no comment.
  if (mark === '{#' && code.includes('{#')) return null;
  if (comment !== undefined) return { kind: 'comment', end, comment: code };
  if (mark === '{{' && code.includes('{{')) return null;
  if (mark === '{%') return readTag(text, code, end, find);
  const control = mark === '<%' || mark === '<%@' || (mark === '{{' && mustacheControl.test(code));
  return { kind: control ? 'control' : 'output', end };
}

/** `{% comment %}` hides everything up to its end; Liquid's `{% # … %}` is one by itself. */
function readTag(text: string, code: string, end: number, find: Finder): Found {
  const inline = /^-?\s*#([^]*?)-?$/.exec(code);
  if (inline !== null) return { kind: 'comment', end, comment: inline[1]! };
  if (!/^-?\s*comment\b/.test(code)) return { kind: jinjaControl.test(code) ? 'control' : 'output', end };
  const close = find('endcomment', end);
  const closeEnd = close === -1 ? -1 : find('%}', close);
  if (closeEnd === -1) return { kind: 'control', end };
  return { kind: 'comment', end: closeEnd + 2, comment: text.slice(end, text.lastIndexOf('{%', close)) };
}

const phpComment = /^\s*(?:\/\/|#)([^\n]*?)\s*$|^\s*\/\*([\s\S]*)\*\/\s*$/;

/** A PHP file may end within its code; any other text that never closes it only speaks of PHP. */
function readPhp(text: string, from: number, mark: string, isPhp: boolean): Found | null {
  const closeAt = phpEnd(text, from);
  if (closeAt === text.length && !isPhp) return null;
  const end = Math.min(closeAt + 2, text.length);
  if (mark === '<?=') return { kind: 'output', end };
  const code = text.slice(from, closeAt);
  const comment = phpComment.exec(code);
  if (comment !== null) return { kind: 'comment', end, comment: comment[1] ?? comment[2] ?? '' };
  return { kind: phpControl.test(code) ? 'control' : 'output', end };
}

/** Today's standard reads what a `select` holds as any other content; parse5 drops the pictures in it. */
const select = /<(\/?)select(?=[\s/>])/gi;

/** `<script src="…"/>` is closed in XHTML, and swallows the page in HTML. */
const selfClosedRawText = /<(?:script|style|title|textarea|iframe|noscript|xmp|noembed|noframes)\b[^<>]*\/>/gi;

/** What must be known of the document's language. */
export interface HtmlFlavour {
  readonly isXhtml: boolean;
  readonly isPhp: boolean;
}

export function maskTemplates(text: string, { isXhtml, isPhp }: HtmlFlavour): MaskedHtml {
  const regions: TemplateRegion[] = [];
  const comments: DocumentComment[] = [];
  const find = finderIn(text);
  opening.lastIndex = 0;
  for (let match = opening.exec(text); match !== null; match = opening.exec(text)) {
    const start = match.index;
    const found = readFragment(text, start, match[0], isPhp, find);
    if (found === null) {
      opening.lastIndex = start + 2;
      continue;
    }
    regions.push({ start, end: found.end, kind: found.kind });
    if (found.comment !== undefined) comments.push({ range: { start, end: found.end }, text: found.comment });
    opening.lastIndex = found.end;
  }
  let masked = blank(text, regions).replace(select, '<$1selecu');
  const selfClosed = isXhtml ? [...masked.matchAll(selfClosedRawText)].map(rangeOf) : [];
  const added = [...angularBlocks(masked), ...selfClosed].map((range): TemplateRegion => ({
    ...range,
    kind: 'control',
  }));
  if (added.length > 0) {
    masked = blank(
      masked,
      added.toSorted((a, b) => a.start - b.start),
    );
    regions.push(...added);
    regions.sort((a, b) => a.start - b.start);
  }
  return { text: masked, regions, comments };
}

function rangeOf(match: RegExpExecArray): TextRange {
  return { start: match.index, end: match.index + match[0].length };
}

/** Same length, same offsets. */
function blank(text: string, regions: readonly TemplateRegion[]): string {
  const parts: string[] = [];
  let at = 0;
  for (const { start, end, kind } of regions) {
    if (start < at) continue;
    parts.push(text.slice(at, start), (kind === 'output' ? outputMark : ' ').repeat(end - start));
    at = end;
  }
  parts.push(text.slice(at));
  return parts.join('');
}

/** Whether a fragment of a template stands within the range (by bisection: regions are in order). */
export function touchesTemplate(regions: readonly TemplateRegion[], range: TextRange): boolean {
  const next = regions[countWhile(regions.length, (index) => regions[index]!.end <= range.start)];
  return next !== undefined && next.start < range.end;
}
