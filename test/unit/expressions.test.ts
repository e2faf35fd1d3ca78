import assert from 'node:assert/strict';
import { test } from 'node:test';
import { emptyScope, scopeOf } from '../../server/src/documents/bindings.ts';
import { evaluateExpression } from '../../server/src/documents/expressions.ts';
import { parseExpressionAt, parseProgram } from '../../server/src/documents/programSyntax.ts';

/** `text`, `module:specifier`, `true`, `absent` or `computed`; `@` and the literal as it stands, where there is one. */
function evaluated(expression: string, program: string): string {
  const document = `{{ ${expression} }}`;
  const range = { start: 3, end: document.length - 3 };
  const node = parseExpressionAt(document, range);
  assert.ok(node, expression);
  const parsed = parseProgram(program, 'tsx');
  const known = evaluateExpression(node, parsed === null ? emptyScope : scopeOf(parsed.program.body, emptyScope));
  const literal = 'literal' in known ? known.literal : null;
  const place = literal === null ? '' : ` @ ${document.slice(literal.range.start - 1, literal.range.end + 1)}`;
  if (known.kind === 'text') return JSON.stringify(known.text) + place;
  if (known.kind === 'module') return `module:${known.specifier}${place}`;
  return known.kind === 'boolean' ? String(known.value) : known.kind;
}

// oxfmt-ignore
const rows: readonly (readonly [expression: string, expected: string, program?: string])[] = [
  ['"a"', '"a" @ "a"'],
  ["'a\\u0020b'", `"a b" @ 'a\\u0020b'`],
  ['`a`', '"a" @ `a`'],
  ['("a")', '"a" @ "a"'],
  ['"a" as const', '"a" @ "a"'],
  ['"a" satisfies string', '"a" @ "a"'],
  ['("a"! as any)!', '"a" @ "a"'],
  ['"a" + `b` + "c"', '"abc"'],
  ['"a" + 1', '"a1"'],
  ['1 + 2', 'computed'],
  ['`a${"b"}c`', '"abc"'],
  ['`a${b}c`', 'computed'],
  ['`a${b}c`', '"axc"', 'const b = "x"'],
  ['`${b}`', 'module:./b.png', 'import b from "./b.png"'],
  ['b', 'computed'],
  ['b', '"x"', 'const b = "x"'],
  ['b', '"x"', 'export const b = "x"'],
  ['b', 'computed', 'let b = "x"'],
  ['b', 'computed', 'var b = "x"'],
  ['b', 'computed', 'const { b } = c'],
  ['b', 'computed', 'const b = c, c = b'],
  ['b', '"x"', 'const b = c; const c = "x"'],
  ['b', 'computed', 'function b() {}'],
  ['undefined', 'absent'],
  ['void 0', 'absent'],
  ['null', 'absent'],
  ['undefined', '"x"', 'const undefined = "x"'],
  ['true', 'true'],
  ['c ? "a" : "a"', '"a"'],
  ['c ? "a" : "b"', 'computed'],
  ['"a" || b', '"a" @ "a"'],
  ['"" || "b"', '"b" @ "b"'],
  ['"a" && "b"', '"b" @ "b"'],
  ['null ?? "b"', '"b" @ "b"'],
  ['b ?? "a.png"', 'computed'],
  ['b', 'module:./b.png', 'import b from "./b.png"'],
  ['b', 'module:./b.svg?url', 'import b from "./b.svg?url"'],
  ['b', 'computed', 'import b from "./b"'],
  ['b', 'computed', 'import { b } from "./b.png"'],
  ['b', 'computed', 'import * as b from "./b.png"'],
  ['b', 'computed', 'import type b from "./b.png"'],
  ['b', 'module:./b.png', 'import { default as b } from "./b.png"'],
  ['b', 'module:./b.png', 'import b = require("./b.png")'],
  ['b.src', 'module:./b.png', 'import b from "./b.png"'],
  ['b?.src', 'module:./b.png', 'import b from "./b.png"'],
  ['b.width', 'computed', 'import b from "./b.png"'],
  ['b["src"]', 'computed', 'import b from "./b.png"'],
  ['b.src', 'computed', 'const b = "x"'],
  ['require("./a.png")', 'module:./a.png @ "./a.png"'],
  ['require("./a.png").default', 'module:./a.png @ "./a.png"'],
  ['require.resolve("./a.png")', 'module:./a.png @ "./a.png"'],
  ['require("./a")', 'computed'],
  ['require(b)', 'computed'],
  ['b', 'module:./a.png', 'const b = require("./a.png")'],
  ['(await import("./a.png")).default', 'module:./a.png @ "./a.png"'],
  ['new URL("./a.png", import.meta.url)', '"./a.png" @ "./a.png"'],
  ['new URL("./a.png", import.meta.url).href', '"./a.png" @ "./a.png"'],
  ['new URL("./a.png", import.meta.url).toString()', '"./a.png" @ "./a.png"'],
  ['new URL(`./${b}.png`, import.meta.url).href', 'computed'],
  ['new URL("./a.png", base).href', 'computed'],
  ['useBaseUrl("/a.png")', '"/a.png" @ "/a.png"'],
  ['f("/a.png")', 'computed'],
  ['a.b.c', 'computed'],
  ['"a".concat("b")', 'computed'],
];

for (const [expression, expected, program = ''] of rows) {
  test(`${expression}${program === '' ? '' : ` where ${program}`} is ${expected}`, () => {
    assert.equal(evaluated(expression, program), expected);
  });
}

test('what is no expression', () => {
  for (const text of ['', ' ', 'a b', 'a;', '{', '/* only a comment */', 'item in items']) {
    const found = parseExpressionAt(text, { start: 0, end: text.length });
    assert.ok(found === null || evaluateExpression(found, emptyScope).kind === 'computed', text);
  }
});

test('a long chain ends', () => {
  const chain = Array.from({ length: 3_000 }, (_, index) => `const a${index} = a${index + 1};`).join('\n');
  assert.equal(evaluated('a0', `${chain} const a3000 = "x";`), 'computed');
  assert.equal(evaluated(Array.from({ length: 500 }, () => '"a"').join(' + '), ''), 'computed');
});
