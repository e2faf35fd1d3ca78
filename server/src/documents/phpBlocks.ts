/** What hides a closing tag from PHP: strings, comments over lines and here-documents. A line's comment does not. */
const hiding = /\?>|'|"|`|\/\*|\/\/|#(?!\[)|<<<[ \t]*(['"]?)(\w+)\1\r?\n/g;

/** The offset of the `?>` that ends the PHP code from `from` on; the text's length where none does. */
export function phpEnd(text: string, from: number): number {
  hiding.lastIndex = from;
  for (let match = hiding.exec(text); match !== null; match = hiding.exec(text)) {
    const mark = match[0];
    if (mark === '?>') return match.index;
    const end = hiddenUntil(text, mark, match[2], hiding.lastIndex);
    if (end === -1) return text.length;
    hiding.lastIndex = end;
  }
  return text.length;
}

/** Where the string, comment or here-document ends; -1: with the text. */
function hiddenUntil(text: string, mark: string, label: string | undefined, from: number): number {
  if (mark === '/*') {
    const at = text.indexOf('*/', from);
    return at === -1 ? -1 : at + 2;
  }
  if (mark === '//' || mark === '#') {
    const lineEnd = /\?>|\r?\n/g;
    lineEnd.lastIndex = from;
    return lineEnd.exec(text)?.index ?? -1;
  }
  if (label !== undefined) {
    const closing = new RegExp(`^[ \\t]*${label}\\b`, 'gm');
    closing.lastIndex = from;
    return closing.exec(text) === null ? -1 : closing.lastIndex;
  }
  for (let at = from; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === mark) return at + 1;
  }
  return -1;
}
