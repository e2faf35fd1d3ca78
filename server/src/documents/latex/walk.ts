import type { ImageTarget, TextRange } from '../imageReference.ts';
import { type Frame, Frames } from './frames.ts';
import { graphicsExtensions, graphicsFolders, graphicsTarget } from './graphicsFile.ts';
import { readOptions, type OptionsReading } from './graphicsOptions.ts';
import { groupAt, type Groups, matchGroups, optionalAt, overlayEnd, skipBlanks } from './groups.ts';

/** `\includegraphics…{…}` with what stood around it when it was reached. */
export interface Picture {
  readonly range: TextRange;
  readonly target: ImageTarget;
  /** The alt cannot be written beside a bounding box. */
  readonly writable: boolean;
  readonly options: OptionsReading;
  readonly frame: Frame | null;
}

export interface LatexWalk {
  readonly pictures: readonly Picture[];
  readonly definitions: ReadonlyMap<string, string>;
}

/** `mainFolder`: where LaTeX runs, seen from this document, where the document says so; else ''. */
export function walkLatex(text: string, mainFolder: string): LatexWalk {
  return new Walker(text, mainFolder).walk();
}

class Walker {
  readonly #groups: Groups;
  readonly #frames = new Frames();
  readonly #pictures: Picture[] = [];
  readonly #definitions = new Map<string, string>();
  #folders: string[];
  /** Where a command is named that is defined there, not used. */
  #named = -1;
  #extensions: readonly string[] = graphicsExtensions;
  readonly text: string;
  readonly mainFolder: string;

  constructor(text: string, mainFolder: string) {
    this.text = text;
    this.mainFolder = mainFolder;
    this.#groups = matchGroups(text);
    this.#folders = mainFolder === '' ? [] : [mainFolder];
  }

  walk(): LatexWalk {
    const command = /\\(?:([a-zA-Z@]+)\*?|[^])/g;
    for (const match of this.text.matchAll(command)) {
      if (match[1] === undefined) continue;
      this.#frames.reach(match.index);
      this.#command(match[1], match.index, match.index + match[0].length);
    }
    return { pictures: this.#pictures, definitions: this.#definitions };
  }

  #command(name: string, start: number, after: number): void {
    switch (name) {
      case 'begin':
      case 'end':
        return this.#environment(name, after);
      case 'includegraphics':
      case 'adjincludegraphics':
        return this.#picture(start, after);
      case 'caption':
      case 'subcaption':
      case 'captionof':
      case 'Description':
        return this.#caption(name, after);
      case 'subfloat':
      case 'subfigure':
      case 'subtable':
      case 'subcaptionbox':
        return this.#captionedGroup(name, after);
      case 'href':
      case 'hyperref':
      case 'hyperlink':
        return this.#link(name, start, after);
      case 'pdftooltip':
        return this.#tooltip(after);
      case 'graphicspath':
        return this.#graphicsPath(after);
      case 'DeclareGraphicsExtensions':
        return this.#declareExtensions(after);
      case 'newcommand':
      case 'renewcommand':
      case 'providecommand':
      case 'DeclareRobustCommand':
      case 'def':
      case 'gdef':
      case 'edef':
        return this.#definition(after);
      case 'NewDocumentCommand':
      case 'RenewDocumentCommand':
      case 'ProvideDocumentCommand':
      case 'DeclareDocumentCommand':
      case 'let':
        this.#nameAt(after);
        return undefined;
      default:
    }
  }

  #environment(which: 'begin' | 'end', after: number): void {
    const group = groupAt(this.text, this.#groups, after);
    if (group === null) return;
    const name = this.text.slice(group.start, group.end).trim();
    if (which === 'begin') this.#frames.begin(name);
    else this.#frames.end(name);
  }

  #picture(start: number, after: number): void {
    if (start === this.#named) return;
    const commandEnd = overlayEnd(this.text, after);
    const options = optionalAt(this.text, this.#groups, commandEnd);
    const second = options === null ? null : optionalAt(this.text, this.#groups, options.end + 1);
    const last = second ?? options;
    const file = groupAt(this.text, this.#groups, overlayEnd(this.text, last === null ? commandEnd : last.end + 1));
    if (file === null) return;
    const range = { start, end: file.end + 1 };
    const frame = this.#frames.top;
    this.#pictures.push({
      range,
      target: graphicsTarget(this.text, file, this.#folders, this.#extensions, this.#definitions),
      writable: second === null,
      options: readOptions(this.text, options, commandEnd, this.#groups, this.#definitions),
      frame,
    });
    for (let each = frame; each !== null; each = each.parent) {
      if (each.link === null) continue;
      each.link.pictures.push(range);
      break;
    }
  }

  #caption(name: string, after: number): void {
    const kind = name === 'captionof' ? groupAt(this.text, this.#groups, after) : null;
    const from = kind === null ? after : kind.end + 1;
    const words = this.#groupAfterOptions(from);
    const frame = this.#frames.captioned();
    if (words === null || frame === null) return;
    frame.captions.push(words);
    if (name === 'Description' && words.end > words.start) frame.described = true;
  }

  /** `\subfloat[caption]{…}`, `\subcaptionbox{caption}{…}`. */
  #captionedGroup(name: string, after: number): void {
    const optional = this.#lastOptional(after);
    const from = optional === null ? after : optional.end + 1;
    const group = groupAt(this.text, this.#groups, from);
    if (group === null) return;
    if (name !== 'subcaptionbox') {
      return this.#frames.group(name, group.end, { captions: optional === null ? [] : [optional] });
    }
    const content = this.#groupAfterOptions(group.end + 1);
    if (content !== null) this.#frames.group(name, content.end, { captions: [group] });
  }

  #link(name: string, start: number, after: number): void {
    const target = name === 'hyperref' ? null : this.#groupAfterOptions(after);
    if (target === null && name !== 'hyperref') return;
    const content = target === null ? this.#groupAfterOptions(after) : groupAt(this.text, this.#groups, target.end + 1);
    if (content === null) return;
    const destination =
      target === null || name === 'hyperlink' ? null : this.text.slice(target.start, target.end).trim();
    const link = { range: { start, end: content.end + 1 }, content, destination, pictures: [] };
    this.#frames.group(name, content.end, { link });
  }

  #tooltip(after: number): void {
    const content = this.#groupAfterOptions(after);
    const title = content === null ? null : groupAt(this.text, this.#groups, content.end + 1);
    if (content !== null && title !== null) this.#frames.group('pdftooltip', content.end, { title });
  }

  #graphicsPath(after: number): void {
    const group = groupAt(this.text, this.#groups, after);
    if (group === null) return;
    const folders = graphicsFolders(this.text.slice(group.start, group.end), this.#definitions);
    this.#folders = [
      this.mainFolder,
      ...folders.map((folder) => (folder.startsWith('/') ? '' : this.mainFolder) + folder),
    ];
  }

  #declareExtensions(after: number): void {
    const group = groupAt(this.text, this.#groups, after);
    if (group === null) return;
    const endings = this.text
      .slice(group.start, group.end)
      .split(',')
      .map((ending) => ending.trim());
    this.#extensions = endings.filter((ending) => /^\.\w+$/.test(ending));
  }

  /** `\newcommand{\name}{body}`, `\def\name{body}`; one with parameters is only known when it runs. */
  #definition(after: number): void {
    const named = this.#nameAt(after);
    if (named === null) return;
    const { name, end } = named;
    const body = groupAt(this.text, this.#groups, end);
    if (body === null) this.#definitions.delete(name);
    else this.#definitions.set(name, this.text.slice(body.start, Math.min(body.end, body.start + 4000)));
  }

  /** The command that a definition names, which is no use of it. */
  #nameAt(after: number): { readonly name: string; readonly end: number } | null {
    const named = /([\s\0]*\{?[\s\0]*)\\([a-zA-Z@]+)[\s\0]*\}?/y;
    named.lastIndex = after;
    const match = named.exec(this.text);
    if (match === null) return null;
    this.#named = after + match[1]!.length;
    return { name: match[2]!, end: named.lastIndex };
  }

  #lastOptional(after: number): TextRange | null {
    const first = optionalAt(this.text, this.#groups, after);
    return first === null ? null : (optionalAt(this.text, this.#groups, first.end + 1) ?? first);
  }

  #groupAfterOptions(after: number): TextRange | null {
    const optional = this.#lastOptional(after);
    return groupAt(this.text, this.#groups, skipBlanks(this.text, optional === null ? after : optional.end + 1));
  }
}
