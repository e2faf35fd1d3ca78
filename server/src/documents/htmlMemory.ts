import { HtmlMarks } from './htmlMarks.ts';
import { parsePage } from './htmlParser.ts';
import { type KnownHtml, patchedHtml } from './htmlPatch.ts';
import { type HtmlSource, type HtmlTree, htmlTree } from './htmlTree.ts';

/** A few editors are open side by side; each page's tree takes some tens of megabytes. */
const mostRemembered = 2;

/** A whole page has these; anything else is a fragment, in which a lone `<td>` is one. */
const page = /<!doctype|<html[\s>]|<head[\s>]|<body[\s>]/i;
/** Whether frames take the place of the page is settled by all that stands before them. */
const frames = /<frameset/i;

/** A tree whose nodes and comments stand where their marks do. */
export type MarkedTree = HtmlTree & Pick<KnownHtml, 'marks'>;

/** Pages read lately: after a keystroke a large one is not parsed again as a whole. */
export class HtmlMemory {
  readonly #smallest: number;
  #known: readonly KnownHtml[] = [];

  /** @param smallest what is shorter is parsed within a few milliseconds, and not remembered; characters */
  constructor(smallest = 50_000) {
    this.#smallest = smallest;
  }

  read(source: HtmlSource): MarkedTree {
    const { text } = source.masked;
    const isPage = page.test(text);
    if (text.length < this.#smallest || frames.test(text)) return parsed(source, isPage);
    for (const known of this.#known) {
      const patched = known.isPage === isPage ? patchedHtml(known, source) : null;
      if (patched !== null) return this.#remember(patched, known);
    }
    return this.#remember(parsed(source, isPage), this.#known[mostRemembered - 1]);
  }

  #remember(known: KnownHtml, instead: KnownHtml | undefined): MarkedTree {
    this.#known = [known, ...this.#known.filter((each) => each !== instead)];
    return known;
  }
}

function parsed(source: HtmlSource, isPage: boolean): KnownHtml {
  const { nodes, waypoints } = parsePage(source.masked.text, isPage);
  const marks = HtmlMarks.ofPage(source.original.length);
  return { ...source, ...htmlTree(source, nodes, 0), isPage, waypoints, marks };
}
