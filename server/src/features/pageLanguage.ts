import type { ParsedDocument } from '../documents/imageReference.ts';

/** The language of a page, as its ISO 639 code (`de`, `zh`); null: it cannot be told. */
export interface PageLanguage {
  readonly code: string | null;
  readonly source: 'declared' | 'words' | 'unknown';
}

/** Letters. Below, names and code words look like any language. */
const fewestLetters = 60;
/** How far another language must score above English; measured on English READMEs: 80 characters never reach it. */
const clearLead = 0.12;
/** Characters that are looked at; more change nothing. */
const enoughText = 3000;

/**
 * What the page declares, else what its words are. Another language than English is only said when it is sure, for an
 * English caption is then held back.
 */
export async function pageLanguage(page: Pick<ParsedDocument, 'declaredLanguage' | 'prose'>): Promise<PageLanguage> {
  const declared = /^([a-z]{2,3})(?:[-_][a-z\d]+)*$/iu.exec(page.declaredLanguage?.trim() ?? '');
  if (declared !== null && declared[1]!.toLowerCase() !== 'und') {
    return { code: declared[1]!.toLowerCase(), source: 'declared' };
  }
  const code = await languageOfWords(page.prose);
  return code === null ? { code: null, source: 'unknown' } : { code, source: 'words' };
}

/** Whether a caption in English fits: the page is English, or nobody can tell. */
export function takesEnglish({ code }: PageLanguage): boolean {
  return code === null || code === 'en' || code === 'eng' || code === 'zxx' || code === 'mul';
}

async function languageOfWords(prose: string): Promise<string | null> {
  const text = prose.replaceAll(/\S*(?:[:/\\@_]|\w\.\w)\S*/gu, ' ').slice(0, enoughText);
  if (letterCount(text) < fewestLetters) return null;
  // A megabyte of n-grams: loaded when the first page needs it.
  const { eld } = await import('eld/extrasmall');
  const found = eld.detect(text);
  const scores = found.getScores();
  if (found.language === 'en') return 'en';
  const lead = (scores[found.language] ?? 0) - (scores['en'] ?? 0);
  return found.language !== '' && found.isReliable() && lead > clearLead ? found.language : null;
}

/** A Han, kana or Hangul character says as much as a handful of Latin letters. */
function letterCount(text: string): number {
  const wide = text.match(/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/gu)?.length ?? 0;
  return (text.match(/\p{L}/gu)?.length ?? 0) + wide * 3;
}
