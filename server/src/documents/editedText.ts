import type { TextEdit } from './imageReference.ts';

export function editedText(text: string, { range, newText }: TextEdit): string {
  return text.slice(0, range.start) + newText + text.slice(range.end);
}
