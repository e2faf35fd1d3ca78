/** Commands that stand for characters. */
// oxfmt-ignore
const symbolTable: Readonly<Record<string, string>> = {
  textbackslash: '\\', textasciitilde: '~', textasciicircum: '^', textbar: '|', textless: '<', textgreater: '>',
  textquotedbl: '"', textquotesingle: "'", textasciigrave: '`', textunderscore: '_', textdollar: '$', textbraceleft: '{',
  textbraceright: '}', lbrace: '{', rbrace: '}', slash: '/', ldots: '…', dots: '…', textellipsis: '…', textendash: '–',
  textemdash: '—', textbullet: '•', textperiodcentered: '·', textdegree: '°', degree: '°', textmu: 'µ', copyright: '©',
  textcopyright: '©', textregistered: '®', texttrademark: '™', S: '§', P: '¶', textsection: '§', pounds: '£',
  textsterling: '£', euro: '€', texteuro: '€', EUR: '€', textyen: '¥', textcent: '¢', textquoteleft: '‘', textquoteright: '’',
  textquotedblleft: '“', textquotedblright: '”', guillemotleft: '«', guillemotright: '»', guilsinglleft: '‹',
  guilsinglright: '›', quotedblbase: '„', quotesinglbase: '‚', glqq: '„', grqq: '“', flqq: '«', frqq: '»', glq: '‚',
  grq: '‘', og: '«', fg: '»', ss: 'ß', SS: 'SS', ae: 'æ', AE: 'Æ', oe: 'œ', OE: 'Œ', o: 'ø', O: 'Ø', aa: 'å', AA: 'Å',
  l: 'ł', L: 'Ł', i: 'ı', j: 'ȷ', dh: 'ð', DH: 'Ð', th: 'þ', TH: 'Þ', dj: 'đ', DJ: 'Đ', ng: 'ŋ', NG: 'Ŋ', LaTeX: 'LaTeX',
  TeX: 'TeX', LaTeXe: 'LaTeX2e', BibTeX: 'BibTeX', XeTeX: 'XeTeX', XeLaTeX: 'XeLaTeX', LuaTeX: 'LuaTeX',
  LuaLaTeX: 'LuaLaTeX', pdfTeX: 'pdfTeX', pdfLaTeX: 'pdfLaTeX', times: '×', div: '÷', pm: '±', cdot: '·', leq: '≤', le: '≤',
  geq: '≥', ge: '≥', neq: '≠', ne: '≠', approx: '≈', sim: '∼', equiv: '≡', infty: '∞', to: '→', rightarrow: '→',
  leftarrow: '←', Rightarrow: '⇒', Leftarrow: '⇐', uparrow: '↑', downarrow: '↓', textrightarrow: '→', textleftarrow: '←',
  sum: '∑', int: '∫', partial: '∂', sqrt: '√', alpha: 'α', beta: 'β', gamma: 'γ', delta: 'δ', epsilon: 'ε', varepsilon: 'ε',
  zeta: 'ζ', eta: 'η', theta: 'θ', kappa: 'κ', lambda: 'λ', mu: 'μ', nu: 'ν', xi: 'ξ', pi: 'π', rho: 'ρ', sigma: 'σ',
  tau: 'τ', phi: 'φ', varphi: 'φ', chi: 'χ', psi: 'ψ', omega: 'ω', Gamma: 'Γ', Delta: 'Δ', Theta: 'Θ', Lambda: 'Λ',
  Pi: 'Π', Sigma: 'Σ', Phi: 'Φ', Psi: 'Ψ', Omega: 'Ω', space: ' ', quad: ' ', qquad: ' ', enspace: ' ', thinspace: ' ',
  newline: ' ', linebreak: ' ', par: ' ', nobreakspace: ' ', hfill: ' ', textvisiblespace: '␣', tabularnewline: ' ',
};

export const symbols: ReadonlyMap<string, string> = new Map(Object.entries(symbolTable));

/** Commands that change how text looks; what they are given is text. */
// oxfmt-ignore
export const silentCommands: ReadonlySet<string> = new Set([
  'textbf', 'textit', 'texttt', 'textsc', 'textrm', 'textsf', 'textup', 'textmd', 'textsl', 'textnormal', 'textsuperscript',
  'textsubscript', 'emph', 'underline', 'uline', 'sout', 'mbox', 'hbox', 'fbox', 'text', 'ensuremath', 'mathrm', 'mathbf',
  'mathit', 'mathsf', 'mathtt', 'mathcal', 'mathbb', 'enquote', 'url', 'nolinkurl', 'path', 'bfseries', 'mdseries',
  'itshape', 'upshape', 'slshape', 'scshape', 'rmfamily', 'sffamily', 'ttfamily', 'normalfont', 'em', 'bf', 'it', 'tt', 'rm',
  'sf', 'sc', 'sl', 'tiny', 'scriptsize', 'footnotesize', 'small', 'normalsize', 'large', 'Large', 'LARGE', 'huge', 'Huge',
  'centering', 'raggedright', 'raggedleft', 'noindent', 'protect', 'relax', 'leavevmode', 'nobreak', 'xspace', 'ignorespaces',
  'unskip', 'string', 'strut', 'hfil', 'vfill', 'newpage', 'clearpage', 'left', 'right', 'MakeUppercase', 'textquote',
  'section', 'subsection', 'subsubsection', 'chapter', 'part', 'paragraph', 'title', 'item', 'footnote', 'maketitle',
  'tableofcontents', 'appendix', 'caption', 'smallskip', 'medskip', 'bigskip', 'texorpdfstring',
]);

/** How many of a command's first arguments are no text. */
// oxfmt-ignore
const argumentTable: Readonly<Record<string, number>> = {
  label: 1, ref: 1, eqref: 1, autoref: 1, cref: 1, Cref: 1, pageref: 1, nameref: 1, cite: 1, citep: 1, citet: 1, parencite: 1,
  textcite: 1, autocite: 1, footcite: 1, nocite: 1, index: 1, gls: 0, hspace: 1, vspace: 1, footnotemark: 0, color: 1,
  textcolor: 1, colorbox: 1, fcolorbox: 2, href: 1, hyperref: 0, hyperlink: 1, hypertarget: 1, raisebox: 1, resizebox: 2,
  scalebox: 1, rotatebox: 1, makebox: 0, framebox: 0, parbox: 1, includegraphics: 1, adjincludegraphics: 1, foreignlanguage: 1,
  selectlanguage: 1, setlength: 2, addtolength: 2, begin: 1, end: 1, usepackage: 1, documentclass: 1, input: 1, include: 1,
  thispagestyle: 1, pagestyle: 1, bibliography: 1, bibliographystyle: 1, vcenter: 0, rule: 2, phantom: 1, hphantom: 1,
  fontsize: 2, fontfamily: 1, captionsetup: 1, graphicspath: 1, newcommand: 2, renewcommand: 2, providecommand: 2,
};

export const argumentsWithoutWords: ReadonlyMap<string, number> = new Map(Object.entries(argumentTable));

export interface Accent {
  readonly combining: string;
  /** What shows where no letter follows. */
  readonly alone: string;
}

export const accents: ReadonlyMap<string, Accent> = new Map([
  ['"', { combining: '\u0308', alone: '¨' }],
  ["'", { combining: '\u0301', alone: '´' }],
  ['`', { combining: '\u0300', alone: '`' }],
  ['^', { combining: '\u0302', alone: '^' }],
  ['~', { combining: '\u0303', alone: '~' }],
  ['=', { combining: '\u0304', alone: '¯' }],
  ['.', { combining: '\u0307', alone: '˙' }],
  ['u', { combining: '\u0306', alone: '˘' }],
  ['v', { combining: '\u030c', alone: 'ˇ' }],
  ['H', { combining: '\u030b', alone: '˝' }],
  ['c', { combining: '\u0327', alone: '¸' }],
  ['d', { combining: '\u0323', alone: '.' }],
  ['b', { combining: '\u0331', alone: '_' }],
  ['r', { combining: '\u030a', alone: '˚' }],
  ['k', { combining: '\u0328', alone: '˛' }],
]);
