import { existsSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where this program lies and where it may keep things; found once, at the top, and handed down. */
export interface Installation {
  /** The folder of package.json: models/, docs/, dist/. */
  readonly root: string;
  /** The built-in model. */
  readonly builtInModel: string;
  /** The module that the inference process runs. */
  readonly inferenceProcess: string;
  /** The module that the parse worker runs. */
  readonly parseWorker: string;
  /** Captions and converted models, shared by editor and terminal. */
  readonly cacheFolder: string;
}

/** @param entry `import.meta.url` of the program's entry: `dist/server/*.js`, or `server/src/*.ts` from source */
export function findInstallation(entry: string, env: NodeJS.ProcessEnv): Installation {
  const folder = path.dirname(fileURLToPath(entry));
  const root = path.resolve(folder, '..', '..');
  const fromSource = existsSync(path.join(folder, 'blip', 'inferenceProcess.ts'));
  return {
    root,
    builtInModel: path.join(root, 'models', 'mini-blip'),
    inferenceProcess: path.join(folder, ...(fromSource ? ['blip', 'inferenceProcess.ts'] : ['inferenceProcess.js'])),
    parseWorker: path.join(folder, ...(fromSource ? ['documents', 'parseWorker.ts'] : ['parseWorker.js'])),
    cacheFolder: cacheFolder(env),
  };
}

/** `IMAGE_CAPTIONER_CACHE`, else the system's own place for caches. */
function cacheFolder(env: NodeJS.ProcessEnv): string {
  const given = env['IMAGE_CAPTIONER_CACHE'];
  if (given !== undefined && given !== '') return path.resolve(given);
  const name = 'image-captioner';
  const xdg = env['XDG_CACHE_HOME'];
  if (xdg !== undefined && path.isAbsolute(xdg)) return path.join(xdg, name);
  if (process.platform === 'win32')
    return path.join(env['LOCALAPPDATA'] ?? path.join(os.homedir(), 'AppData', 'Local'), name);
  if (process.platform === 'darwin') return path.join(os.homedir(), 'Library', 'Caches', name);
  return path.join(os.homedir(), '.cache', name);
}
