/** The packages that stay outside the bundles because they load native code, cut down to what one platform runs. */
import { globSync, readFileSync } from 'node:fs';
import { cp, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

export interface RuntimePackage {
  readonly name: string;
  /** Of the files in its folder, those that are needed to run. */
  readonly files: readonly string[];
  /** Packages that only its installer requires. */
  readonly installOnly?: readonly string[];
}

/** `linux-x64`, `win32-arm64` …: VS Code's name of the platform, and npm's in the names of sharp's packages. */
export function thisPlatform(): string {
  return `${process.platform}-${process.arch}`;
}

/** Windows: DirectML and its shader compiler are for GPUs (48 MB), which this project does not use. */
const onnxRuntimeLibraries = [
  'onnxruntime_binding.node',
  'onnxruntime.dll',
  'libonnxruntime.so.1',
  'libonnxruntime.1.dylib',
];

export function runtimePackages(platform: string): readonly RuntimePackage[] {
  const binaries = `bin/napi-v6/${platform.replace('-', '/')}`;
  return [
    {
      name: 'onnxruntime-node',
      files: ['package.json', 'dist/*.js', ...onnxRuntimeLibraries.map((file) => `${binaries}/${file}`)],
      installOnly: ['adm-zip', 'global-agent'],
    },
    { name: 'onnxruntime-common', files: ['package.json', 'dist/cjs/**/*.js', 'dist/cjs/package.json'] },
    { name: 'sharp', files: ['package.json', 'LICENSE', 'dist/*.cjs', 'dist/*.mjs'] },
    { name: 'detect-libc', files: ['package.json', 'LICENSE', 'lib/*.js'] },
    { name: 'semver', files: ['package.json', 'LICENSE', '*.js', '{classes,functions,internal,ranges}/*.js'] },
    { name: '@img/colour', files: ['package.json', 'LICENSE*', '*.cjs', '*.js'] },
    // On Windows libvips is inside sharp's own package.
    { name: `@img/sharp-${platform}`, files: ['package.json', 'LICENSE', 'index.cjs', 'lib/*'] },
    ...(platform.startsWith('win32')
      ? []
      : [
          {
            name: `@img/sharp-libvips-${platform}`,
            files: ['package.json', 'README.md', 'versions.json', 'lib/*.{js,so*,dylib}'],
          },
        ]),
  ];
}

/**
 * Copies the runtime to `destination` (a `node_modules` folder).
 * @throws Error naming the package or file that is missing, or the dependency that is not in the list above
 */
export async function copyNativeRuntime(nodeModules: string, platform: string, destination: string): Promise<void> {
  const packages = runtimePackages(platform);
  const names = new Set(packages.map(({ name }) => name));
  for (const { name, files, installOnly = [] } of packages) {
    const from = path.join(nodeModules, name);
    const manifest = JSON.parse(readFileSync(path.join(from, 'package.json'), 'utf8')) as {
      dependencies?: Record<string, string>;
    };
    for (const dependency of Object.keys(manifest.dependencies ?? {})) {
      if (names.has(dependency) || installOnly.includes(dependency)) continue;
      throw new Error(
        `${name} needs ${dependency}, which scripts/packaging/nativeRuntime.ts does not carry: add it there.`,
      );
    }
    const found = globSync([...files], { cwd: from });
    if (!found.some((file) => file !== 'package.json')) throw new Error(`Nothing of ${name} was found in ${from}.`);
    for (const file of found) {
      const target = path.join(destination, name, file);
      await mkdir(path.dirname(target), { recursive: true });
      if (file === 'package.json') await writeFile(target, runtimeManifest(path.join(from, file)));
      else await cp(path.join(from, file), target, { dereference: true });
    }
  }
}

/** What Node, and the package itself, read of a manifest at run time. */
const runtimeFields: ReadonlySet<string> = new Set(
  'name version license type main exports config engines optionalDependencies'.split(' '),
);

function runtimeManifest(file: string): string {
  const manifest = Object.entries(JSON.parse(readFileSync(file, 'utf8')) as object);
  return `${JSON.stringify(Object.fromEntries(manifest.filter(([field]) => runtimeFields.has(field))), null, 2)}\n`;
}
