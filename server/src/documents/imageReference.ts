/**
 * The first type of the flow: what a document says about one picture.
 *
 * Everything here is plain data (it crosses a worker boundary). Offsets are UTF-16 code units into the document's text
 * without its byte order mark, `end` exclusive. `test/fixtures/cases/README.md` holds the exact meaning of each field.
 */
export interface TextRange {
  readonly start: number;
  readonly end: number;
}

export interface TextEdit {
  readonly range: TextRange;
  readonly newText: string;
}

/**
 * `image`: a picture that needs words. `link-only`: all that a link or button shows (or itself one): its alt names the
 * destination. `decorative`: marked so by the author. `css`: a style's `url(…)` or a path in code, to look at only.
 */
export type ReferenceKind = 'image' | 'link-only' | 'decorative' | 'css';

/**
 * How the written target becomes a file. `url`: percent-encoding, query and fragment mean something. `path`: the
 * characters as they stand (LaTeX, Typst, reStructuredText …). `module`: resolved as an import (relative, or an alias
 * of tsconfig/jsconfig paths). `attachment`: a notebook cell's attachment. `wiki`: Obsidian's shortest path: beside the
 * document, from the workspace's root, else anywhere in it by the end of its path.
 */
export type TargetResolution = 'url' | 'path' | 'module' | 'attachment' | 'wiki';

export interface ImageTarget {
  /** The target with the language's own escapes and entities resolved; null where only running the program could tell. */
  readonly written: string | null;
  /** The target as it stands in the text, without quotes or angle brackets. */
  readonly range: TextRange;
  readonly resolution: TargetResolution;
  /**
   * Folders or URLs put before a relative target, tried in order (`<base href>`, `:imagesdir:`, `\graphicspath`). Of a
   * `url` target's only what stands up to the last `/` counts, as of any base URL.
   */
  readonly prefixes?: readonly string[];
  /** Endings tried when the target has none (LaTeX: `.pdf`, `.png` …). */
  readonly extensions?: readonly string[];
  /** The data URL of an `attachment:` target, where the document itself carries it. */
  readonly data?: string;
}

/**
 * How plain words become source text; applied in order, so that Markdown within a notebook is
 * `['markdown', 'json-string']`. Each is implemented once, in altEdit.ts.
 */
export type AltEncoding =
  | 'markdown'
  | 'markdown-table-cell'
  | 'obsidian'
  | 'learn'
  | 'learn-table-cell'
  | 'pandoc-double-quoted'
  | 'pandoc-single-quoted'
  | 'escaped-pipe'
  | 'html-in-markdown'
  | 'html-double-quoted'
  | 'html-single-quoted'
  | 'angular-double-quoted'
  | 'angular-single-quoted'
  | 'svelte-double-quoted'
  | 'svelte-single-quoted'
  | 'jsx-double-quoted'
  | 'jsx-single-quoted'
  | 'js-string-double'
  | 'js-string-single'
  | 'js-template'
  | 'js-unicode-quotes'
  | 'js-in-markdown'
  | 'mdx'
  | 'asciidoc'
  | 'asciidoc-words'
  | 'asciidoc-inline-words'
  | 'asciidoc-link-text'
  | 'asciidoc-value'
  | 'asciidoc-double-quoted'
  | 'asciidoc-single-quoted'
  | 'asciidoc-brackets'
  | 'asciidoc-cell'
  | 'asciidoc-nested-cell'
  | 'latex'
  | 'typst-string'
  | 'rst-option'
  | 'json-string';

/** Where an alt is written: `range` is replaced by `before` + the encoded words + `after`. */
export interface AltSlot {
  readonly range: TextRange;
  readonly before: string;
  readonly after: string;
  readonly encodings: readonly AltEncoding[];
}

/** Words that stand near the picture and reach the reader already. */
export interface NearbyText {
  readonly source: 'caption' | 'title' | 'link' | 'following';
  readonly text: string;
}

export interface LinkContext {
  readonly range: TextRange;
  /** Where the link leads, as written; null for a button or a computed target. */
  readonly destination: string | null;
  /** It is a button: it does something, and leads nowhere. */
  readonly isButton?: true;
  /** What names the link besides this picture's alt (text, aria-label, title); '' or null where nothing does. */
  readonly name: string | null;
}

export interface ImageReference {
  readonly kind: ReferenceKind;
  /** `![…](…)`, the start tag, the directive with its options … */
  readonly range: TextRange;
  readonly target: ImageTarget;
  /** Other files of the same picture: `srcset`, `<source>` of its `<picture>`. */
  readonly others: readonly ImageTarget[];
  /** As a reader gets it; null: there is none. '' only where an empty alt is a decision (HTML and its kin). */
  readonly alt: string | null;
  /** The alt as written, without its quotes; null where it is not written. */
  readonly altRange: TextRange | null;
  /** Computed by the program: never missing, never overwritten. */
  readonly dynamicAlt: boolean;
  /** False where a missing alt is no problem: CSS, a spread that may bring one, a hidden parent, a video's poster. */
  readonly altExpected: boolean;
  /** Hidden from readers (aria-hidden, hidden, role=presentation), by itself or a parent. */
  readonly hidden: boolean;
  /** A later spread may replace the alt: nothing is said of it. */
  readonly altMayBeReplaced: boolean;
  /** Null where words cannot be written (CSS, a computed alt). */
  readonly altSlot: AltSlot | null;
  /** The edit that takes the alt away, where there is one. */
  readonly removeAlt: TextEdit | null;
  /** The edit that marks the picture as decorative, where the language has a way. */
  readonly markDecorative: TextEdit | null;
  /** The element or construct, in the language's own word: `img`, `area`, `input`, `svg`, `object`, `image::` … */
  readonly element: string;
  readonly link: LinkContext | null;
  readonly nearby: readonly NearbyText[];
  /** Nothing but white space stands between the previous reference and this one. */
  readonly followsPrevious: boolean;
}

/** A comment of the language, for `image-captioner-disable-next-line` and its kin. */
export interface DocumentComment {
  readonly range: TextRange;
  /** What stands between the comment's markers. */
  readonly text: string;
}

export interface ParsedDocument {
  /** In document order (by `range.start`). */
  readonly references: readonly ImageReference[];
  readonly comments: readonly DocumentComment[];
  /** The language the document declares (`<html lang>`, front matter `lang:`, `:lang:`), lower case; else null. */
  readonly declaredLanguage: string | null;
  /** Prose as a reader sees it (no code, no markup), at most some thousand characters, to tell the language by. */
  readonly prose: string;
}

export interface ParseOptions {
  /** JSX and framework components that show a picture, besides the known ones (`Image` of next/image …). */
  readonly imageComponents: readonly string[];
}

/** One function a language family; `parse.ts` chooses among them by language identifier. Never throws on bad input. */
export type DocumentParser = (text: string, languageId: string, options: ParseOptions) => ParsedDocument;
