/** THIRD_PARTY_NOTICES.md: the licences of what is bundled (esbuild's metafiles tell) and of the native runtime. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { licenceTexts } from './licenceTexts.ts';

/** What can be carried in an MIT-licensed program. LGPL: libvips, a shared library that a user can exchange. */
const allowedLicences: ReadonlySet<string> = new Set([
  'MIT',
  'ISC',
  '0BSD',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'CC0-1.0',
  'Python-2.0',
  '(Apache-2.0 AND BSD-3-Clause)',
  'LGPL-3.0-or-later',
]);

interface Metafile {
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly outputs: Readonly<
    Record<string, { readonly inputs: Readonly<Record<string, { readonly bytesInOutput: number }>> }>
  >;
}

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license?: string;
  readonly author?: string | { readonly name?: string };
  readonly repository?: string | { readonly url?: string };
  readonly homepage?: string;
}

/** Folders, relative to the project, of the packages of which something is in a bundle. */
export function bundledPackages(metafiles: readonly Metafile[]): ReadonlySet<string> {
  const folders = new Set<string>();
  for (const { outputs } of metafiles) {
    for (const { inputs } of Object.values(outputs)) {
      for (const [file, { bytesInOutput }] of Object.entries(inputs)) {
        const folder = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1];
        if (folder !== undefined && bytesInOutput > 0) folders.add(folder);
      }
    }
  }
  return folders;
}

/**
 * @param folders of packages, relative to `root`
 * @throws Error naming the packages whose licence is not allowed, or whose text is missing
 */
export function thirdPartyNotices(root: string, folders: Iterable<string>): string {
  const packages = [...folders]
    .map((folder) => ({ folder, manifest: manifestOf(path.join(root, folder)) }))
    .toSorted((a, b) => (a.manifest.name < b.manifest.name ? -1 : 1));
  const refused = packages.filter(({ manifest }) => !allowedLicences.has(manifest.license ?? ''));
  if (refused.length > 0) {
    const names = refused.map(({ manifest }) => `${manifest.name} (${manifest.license ?? 'no licence'})`).join(', ');
    throw new Error(`These packages cannot be carried: ${names}.`);
  }
  const sections = packages.map(({ folder, manifest }) => section(path.join(root, folder), manifest));
  return [introduction, ...sections].join('\n');
}

const introduction = `# Third-party notices

Image Captioner's VSIX carries the software below. The sets of pictures that the built-in model learned from are listed,
with their licences, in models/mini-blip/MODEL_CARD.md. This file is written by \`npm run package\`.
`;

function manifestOf(folder: string): Manifest {
  return JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as Manifest;
}

function section(folder: string, manifest: Manifest): string {
  const author = typeof manifest.author === 'string' ? manifest.author : manifest.author?.name;
  const facts = [`Licence: ${manifest.license}`, author === undefined ? '' : `Author: ${author}`, addressOf(manifest)];
  const texts = readdirSync(folder)
    .filter((file) => /^(?:licen[sc]e|copying|notice|third-?party-?notices)/iu.test(file))
    .toSorted()
    .map((file) => fenced(readFileSync(path.join(folder, file), 'utf8')));
  // libvips' package has no licence file: its README lists the libraries inside and their licences.
  const readme = path.join(folder, 'README.md');
  if (texts.length === 0 && manifest.name.includes('libvips') && existsSync(readme)) {
    texts.push(fenced(readFileSync(readme, 'utf8')));
  }
  const known = licenceTexts[manifest.name];
  if (texts.length === 0 && known !== undefined) texts.push(fenced(known));
  if (texts.length === 0) throw new Error(`${manifest.name} has no licence file: put its text into licenceTexts.ts.`);
  return [
    `## ${manifest.name} ${manifest.version}\n`,
    facts.filter((fact) => fact !== '').join('  \n'),
    '',
    ...texts,
    '',
  ].join('\n');
}

function addressOf({ repository, homepage }: Manifest): string {
  const address = typeof repository === 'string' ? repository : (repository?.url ?? homepage);
  return address === undefined ? '' : `From: ${address.replace(/^git\+/, '').replace(/\.git$/, '')}`;
}

function fenced(text: string): string {
  const lines = text.replaceAll('\r\n', '\n').trim().split('\n');
  return ['```text', ...lines.map((line) => line.trimEnd().replaceAll('```', "'''")), '```'].join('\n');
}
