export interface FrontMatter {
  /** Where the document's text starts. */
  readonly end: number;
  /** Its `lang`, lower case; null where it has none. */
  readonly language: string | null;
}

const yaml = /^---[ \t]*(?:\r\n|\n|\r)([^]*?)(?<=[\r\n])(?:---|\.\.\.)[ \t]*(?:\r\n|\n|\r|$)/;
const toml = /^\+\+\+[ \t]*(?:\r\n|\n|\r)([^]*?)(?<=[\r\n])\+\+\+[ \t]*(?:\r\n|\n|\r|$)/;
const language =
  /^(?:lang|language|locale)[ \t]*[:=][ \t]*(["']?)([a-z]{2,3}(?:[-_][a-z0-9]{2,8})*)\1[ \t]*(?:#.*)?$/im;

/** YAML between `---` or TOML between `+++` at the very start. */
export function frontMatter(text: string): FrontMatter {
  const found = yaml.exec(text) ?? toml.exec(text);
  if (found === null) return { end: 0, language: null };
  return { end: found[0].length, language: declaredLanguage(found[1] ?? '') };
}

function declaredLanguage(matter: string): string | null {
  return language.exec(matter)?.[2]?.toLowerCase().replaceAll('_', '-') ?? null;
}
