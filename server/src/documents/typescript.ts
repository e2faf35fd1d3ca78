import type { Decorator, Node, ObjectProperty } from '@babel/types';
import { parseCode } from './code.ts';
import { parseAngularTemplate } from './html.ts';
import type { DocumentParser, ImageReference, ParsedDocument, TextRange } from './imageReference.ts';
import { documentComment } from './jsx.ts';
import { rangeOf } from './jsxAttributes.ts';
import { childNodes } from './jsxTree.ts';
import { movedReference } from './movedReference.ts';
import { parseProgram } from './programSyntax.ts';
import { StringLiteral } from './stringLiteral.ts';

/** Nothing else makes a component; most files are not parsed. */
const component = /@Component\s*\([\s\S]*\btemplate\b/;

/**
 * TypeScript without JSX: the templates that Angular's components hold (`@Component({ template: '…' })`), as far as they
 * are written in one piece; all else is code, with paths in quotes to look at only.
 */
export const parseTypescript: DocumentParser = (text, languageId, options) => {
  const code = parseCode(text, languageId, options);
  const parsed = component.test(text) ? parseProgram(text, 'ts') : null;
  if (parsed === null) return code;
  const literals = templatesIn(parsed.program);
  const outside = ({ range }: ImageReference): boolean =>
    !literals.some(({ start, end }) => range.start >= start && range.end <= end);
  const documents = literals.map((place): ParsedDocument => {
    const literal = new StringLiteral(text, place);
    const inside = literal.range.bind(literal);
    const template = parseAngularTemplate(literal.text, options);
    return {
      ...template,
      references: template.references.map((each) => movedReference(each, inside, literal.encoding)),
      comments: template.comments.map((each) => ({ ...each, range: inside(each.range) })),
    };
  });
  const byPlace = (a: { readonly range: TextRange }, b: { readonly range: TextRange }): number =>
    a.range.start - b.range.start;
  const references = [...code.references.filter(outside), ...documents.flatMap((each) => each.references)];
  const comments = [...parsed.comments.map(documentComment), ...documents.flatMap((each) => each.comments)];
  return {
    references: references.toSorted(byPlace),
    comments: comments.toSorted(byPlace),
    declaredLanguage: null,
    prose: documents.map(({ prose }) => prose).join(' '),
  };
};

/** The literals that are a component's template. */
function templatesIn(program: Node): TextRange[] {
  const found: TextRange[] = [];
  const open: Node[] = [program];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (node.type === 'Decorator') found.push(...templateOf(node));
    else open.push(...childNodes(node));
  }
  return found;
}

function templateOf({ expression }: Decorator): TextRange[] {
  if (expression.type !== 'CallExpression' || expression.callee.type !== 'Identifier') return [];
  const [given] = expression.arguments;
  if (expression.callee.name !== 'Component' || given?.type !== 'ObjectExpression') return [];
  const property = given.properties.find(
    (each): each is ObjectProperty => each.type === 'ObjectProperty' && !each.computed && isTemplate(each.key),
  );
  const value = property?.value;
  const isPlain =
    value?.type === 'StringLiteral' || (value?.type === 'TemplateLiteral' && value.expressions.length === 0);
  return isPlain ? [rangeOf(value)] : [];
}

function isTemplate(key: Node): boolean {
  return key.type === 'Identifier' ? key.name === 'template' : key.type === 'StringLiteral' && key.value === 'template';
}
