import type { Code, Effects, TokenType } from 'micromark-util-types';

/**
 * A line break within a token of text. micromark takes the token apart there, so on both sides of it there must be a
 * token for what is read: `data`.
 */
export function crossLine(effects: Effects, code: Code, data: TokenType): void {
  effects.exit(data);
  effects.enter('lineEnding');
  effects.consume(code);
  effects.exit('lineEnding');
  effects.enter(data);
}
