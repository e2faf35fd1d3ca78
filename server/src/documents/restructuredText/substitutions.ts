import { plainText } from './plainText.ts';

/** How the text uses a substitution. */
export interface SubstitutionUses {
  /** `|name|_`: the picture is all that the link shows. */
  readonly linked: boolean;
  /** What follows each use in its paragraph. */
  readonly following: readonly string[];
}

const use = /\|(?!\s)([^|]{0,200}?[^|\s])\|(_{1,2})?(?![\w|])/g;
/** So many uses are looked at for what follows them. */
const enough = 20;

/** Substitutions by name, as far as paragraphs were added. */
export class Substitutions {
  readonly #uses = new Map<string, { linked: boolean; following: string[] }>();

  add(lines: readonly string[]): void {
    if (!lines.some((line) => line.includes('|'))) return;
    const text = lines.join(' ');
    for (const match of text.matchAll(use)) {
      const name = nameOf(match[1]!);
      const known = this.#uses.get(name) ?? { linked: false, following: [] };
      this.#uses.set(name, known);
      known.linked ||= match[2] !== undefined;
      if (known.following.length >= enough) continue;
      const rest = text.slice(match.index + match[0].length, match.index + match[0].length + 400);
      const words = plainText([rest.split('|')[0]!]);
      if (words !== '') known.following.push(words);
    }
  }

  usesOf(name: string): SubstitutionUses {
    return this.#uses.get(nameOf(name)) ?? { linked: false, following: [] };
  }
}

/** White space runs and, where that is all the difference, case do not count. */
function nameOf(written: string): string {
  return written.replace(/\s+/g, ' ').toLowerCase();
}
