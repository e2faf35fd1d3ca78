/** Functions that show one picture: `let fig(path, ..args) = figure(image(path), ..args)`. */
import { isPicture } from './pictures.ts';
import { positional, type CallNode, type TypstArgument, type TypstNode, type Wrapper } from './syntax.ts';

interface Shown {
  readonly call: CallNode;
  /** Calls of `figure` around it. */
  readonly figures: readonly CallNode[];
}

/** Functions that nest deeper are more than a wrapper. */
const deepest = 6;

/** What a function shows, as far as its body is calls and content alone; null: not one picture of a parameter. */
export function wrapperOf(parameters: readonly TypstArgument[], body: TypstNode | null): Wrapper | null {
  const shown: Shown[] = [];
  if (body === null || !collect(body, [], shown, 0) || shown.length !== 1) return null;
  const { call, figures } = shown[0]!;
  const places = positional(parameters).map(({ value }) => nameOf(value));
  const source = call.arguments.find(({ name }) => name === null);
  if (source === undefined || source.spread || call.preset !== null || call.callee?.endsWith('decode')) return null;
  const name = nameOf(source.value);
  const index = name === null ? -1 : places.indexOf(name);
  return index === -1 ? null : { source: index, alt: altPlace(call, figures, parameters, places) };
}

/** False where something else than calls and content stands there: only running it would tell what it shows. */
function collect(node: TypstNode, figures: readonly CallNode[], shown: Shown[], depth: number): boolean {
  if (depth > deepest) return false;
  switch (node.kind) {
    case 'content':
      return node.items.every((item) => item.kind !== 'code' || collect(item.node, figures, shown, depth + 1));
    case 'call': {
      if (isPicture(node)) {
        shown.push({ call: node, figures });
        return node.wrapper === null;
      }
      const around = node.callee === 'figure' ? [...figures, node] : figures;
      return node.arguments.every(({ value }) => collect(value, around, shown, depth + 1));
    }
    case 'other':
      // A length, a field, an expression: nothing that shows.
      return node.children.length === 0;
    case 'sum':
    case 'definition':
    case 'function':
      return false;
    default:
      return true;
  }
}

function nameOf(node: TypstNode): string | null {
  return node.kind === 'name' ? node.name : null;
}

/** How a call gives the alt; null: it cannot, or it cannot be known. */
function altPlace(
  call: CallNode,
  figures: readonly CallNode[],
  parameters: readonly TypstArgument[],
  places: readonly (string | null)[],
): Wrapper['alt'] {
  const inner = [call, ...figures];
  const written = inner.flatMap((each) => each.arguments.filter(({ name }) => name === 'alt'));
  const spreads = inner.flatMap((each) => each.arguments.filter(({ spread }) => spread));
  const own = written[0];
  if (own !== undefined) {
    const name = nameOf(own.value);
    if (name === null || written.length > 1 || spreads.length > 0) return null;
    const named = parameters.find((parameter) => parameter.name === name);
    if (named !== undefined) return { name, default: named.value };
    return places.includes(name) ? { index: places.indexOf(name) } : null;
  }
  const sink = parameters.find(({ spread }) => spread);
  const isSink = sink !== undefined && spreads.length === 1 && nameOf(spreads[0]!.value) === nameOf(sink.value);
  return isSink && !parameters.some(({ name }) => name === 'alt') ? { name: 'alt', default: null } : null;
}
