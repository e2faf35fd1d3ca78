import type { Node, Program } from '@babel/types';

/** Modules whose component shows a picture by `src` and `alt`, under whatever name it is imported. */
const imageModules: Readonly<Record<string, readonly string[]>> = {
  'next/image': ['default', 'Image'],
  'next/legacy/image': ['default'],
  'next/future/image': ['default'],
  'next-image-export-optimizer': ['default'],
  'next-cloudinary': ['CldImage'],
  'next-sanity/image': ['Image'],
  'gatsby-plugin-image': ['StaticImage', 'GatsbyImage'],
  'gatsby-image': ['default'],
  '@theme/IdealImage': ['default'],
  '@docusaurus/plugin-ideal-image': ['default'],
  '@unpic/react': ['Image'],
  '@unpic/react/nextjs': ['Image'],
  'react-lazy-load-image-component': ['LazyLoadImage'],
  'react-bootstrap/Image': ['default'],
  'react-bootstrap': ['Image'],
  'astro:assets': ['Image', 'Picture'],
};

/** Component names of this file, as written, that show a picture: imported ones and `styled.img` with its like. */
export function imageComponentsOf(program: Program): string[] {
  const names: string[] = [];
  for (const statement of program.body) {
    if (statement.type === 'ImportDeclaration') {
      const exported = imageModules[statement.source.value] ?? [];
      for (const specifier of statement.specifiers) {
        if (exported.includes(exportedName(specifier))) names.push(specifier.local.name);
      }
    }
    const declaration = statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement;
    if (declaration?.type !== 'VariableDeclaration') continue;
    for (const { id, init } of declaration.declarations) {
      if (id.type === 'Identifier' && init && rendersImg(init, names)) names.push(id.name);
    }
  }
  return names;
}

function exportedName(specifier: Node): string {
  if (specifier.type === 'ImportDefaultSpecifier') return 'default';
  if (specifier.type !== 'ImportSpecifier') return '';
  return specifier.imported.type === 'Identifier' ? specifier.imported.name : specifier.imported.value;
}

/** `styled.img`, `styled(Photo)`, `styled('img').attrs(…)` with a template or an object, `chakra.img`, `motion(Photo)`. */
function rendersImg(value: Node, known: readonly string[]): boolean {
  switch (value.type) {
    case 'TaggedTemplateExpression':
      return rendersImg(value.tag, known);
    case 'MemberExpression': {
      const isFactory =
        value.object.type === 'Identifier' && /^(?:styled|chakra|motion|animated)$/.test(value.object.name);
      if (isFactory) return value.property.type === 'Identifier' && value.property.name === 'img';
      return rendersImg(value.object, known);
    }
    case 'CallExpression': {
      const [first] = value.arguments;
      const isFactory =
        value.callee.type === 'Identifier' && /^(?:styled|chakra|motion|animated)$/.test(value.callee.name);
      if (!isFactory) return value.callee.type !== 'Import' && rendersImg(value.callee, known);
      if (first?.type === 'StringLiteral') return first.value === 'img';
      return first?.type === 'Identifier' && known.includes(first.name);
    }
    default:
      return false;
  }
}
