/** babel's and polyglossia's names → ISO 639. */
// oxfmt-ignore
const codes: ReadonlyMap<string, string> = new Map(Object.entries({
  english: 'en', american: 'en', USenglish: 'en', usenglish: 'en', british: 'en', UKenglish: 'en', ukenglish: 'en',
  canadian: 'en', australian: 'en', newzealand: 'en', german: 'de', ngerman: 'de', germanb: 'de', austrian: 'de',
  naustrian: 'de', nswissgerman: 'de', swissgerman: 'de', french: 'fr', francais: 'fr', frenchb: 'fr', acadian: 'fr',
  canadien: 'fr', spanish: 'es', catalan: 'ca', galician: 'gl', basque: 'eu', italian: 'it', portuguese: 'pt', portuges: 'pt',
  brazilian: 'pt', brazil: 'pt', dutch: 'nl', afrikaans: 'af', danish: 'da', swedish: 'sv', norsk: 'nb', nynorsk: 'nn',
  norwegian: 'nb', icelandic: 'is', finnish: 'fi', estonian: 'et', latvian: 'lv', lithuanian: 'lt', polish: 'pl', czech: 'cs',
  slovak: 'sk', slovene: 'sl', slovenian: 'sl', croatian: 'hr', serbian: 'sr', serbianc: 'sr', bulgarian: 'bg',
  macedonian: 'mk', russian: 'ru', ukrainian: 'uk', belarusian: 'be', romanian: 'ro', hungarian: 'hu', magyar: 'hu',
  greek: 'el', polutonikogreek: 'el', turkish: 'tr', albanian: 'sq', arabic: 'ar', hebrew: 'he', persian: 'fa', farsi: 'fa',
  hindi: 'hi', bengali: 'bn', tamil: 'ta', thai: 'th', vietnamese: 'vi', indonesian: 'id', malay: 'ms', japanese: 'ja',
  korean: 'ko', chinese: 'zh', irish: 'ga', scottish: 'gd', welsh: 'cy', breton: 'br', latin: 'la', esperanto: 'eo',
  armenian: 'hy', georgian: 'ka', kazakh: 'kk', mongolian: 'mn', azerbaijani: 'az', interlingua: 'ia',
}));

/** The document's main language, from the preamble's live text; null where it says none. */
export function declaredLanguage(preamble: string): string | null {
  const tag = /\\DocumentMetadata\s*\{[^}]*\blang\s*=\s*\{?([\w-]+)|\bpdflang\s*=\s*\{?([\w-]+)/.exec(preamble);
  if (tag !== null) return (tag[1] ?? tag[2])!.toLowerCase();
  const main = /\\(?:setmainlanguage|setdefaultlanguage)\s*(?:\[[^\]]*\])?\s*\{(\w+)\}/.exec(preamble);
  if (main !== null) return codes.get(main[1]!) ?? null;
  const babel = /\\usepackage\s*(?:\[([^\]]*)\])?\s*\{[^}]*\bbabel\b[^}]*\}/.exec(preamble);
  const provided = /\\babelprovide\s*\[[^\]]*\bmain\b[^\]]*\]\s*\{(\w+)\}/.exec(preamble)?.[1];
  if (babel === null) return codes.get(provided ?? '') ?? null;
  const document = /\\documentclass\s*\[([^\]]*)\]/.exec(preamble)?.[1] ?? '';
  const named = /\bmain\s*=\s*(\w+)/.exec(babel[1] ?? '')?.[1] ?? provided;
  return codes.get(named ?? '') ?? lastLanguage(babel[1] ?? '') ?? lastLanguage(document);
}

/** babel takes the last of several; the class's options count where the package has none. */
function lastLanguage(options: string): string | null {
  const languages = options.split(',').map((option) => codes.get(option.trim()) ?? null);
  return languages.findLast((language) => language !== null) ?? null;
}
