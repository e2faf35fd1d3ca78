/** Lines of a paragraph → what a reader sees, white space runs as one space. */
export function plainText(lines: readonly string[]): string {
  return lines
    .join(' ')
    .slice(0, 4000)
    .replace(
      /:[a-zA-Z][\w:+.-]{0,60}:`([^`]*)`|`([^`]*)`:[a-zA-Z][\w:+.-]{0,60}:/g,
      (_, before?: string, after?: string) => shownOf(before ?? after ?? ''),
    )
    .replace(/``([^`]+)``/g, '$1')
    .replace(/`([^`]+)`_{0,2}/g, (_, words: string) => shownOf(words))
    .replace(/\|([^|\s][^|]{0,200})\|_{0,2}/g, ' ')
    .replace(/\[[\w#*.-]{1,60}\]_(?!\w)/g, '')
    .replace(/(?<![\w*\\])\*{1,2}(?=\S)|(?<=[^\s\\])\*{1,2}(?!\w)/g, '')
    .replace(/(?<=\w)_{1,2}(?!\w)/g, '')
    .replace(/\\(.)/g, (_, escaped: string) => (escaped === ' ' ? '' : escaped))
    .replace(/::$/, ':')
    .replace(/\s+/g, ' ')
    .trim();
}

/** `words <target>` shows its words. */
function shownOf(text: string): string {
  return /^(.*\S)\s*<[^<>]*>$/s.exec(text)?.[1] ?? text;
}
