import type { Connection } from 'vscode-languageserver';
import { defaultSettings, parseSettings, type Settings } from './settings.ts';

/** The world of the editor's settings. */
export interface WorkspaceSettingsOptions {
  readonly connection: Connection;
  /** The client answers `workspace/configuration`; else settings come with `initialize` and later changes. */
  readonly pull: boolean;
  readonly initial: unknown;
  readonly log: (message: string) => void;
}

/** Settings by resource, asked for once and forgotten when the editor says that they changed. */
export class WorkspaceSettings {
  readonly #options: WorkspaceSettingsOptions;
  readonly #known = new Map<string, Promise<Settings>>();
  #pushed: unknown;

  constructor(options: WorkspaceSettingsOptions) {
    this.#options = options;
    this.#pushed = options.initial;
  }

  for(uri: string): Promise<Settings> {
    let settings = this.#known.get(uri);
    if (settings === undefined) {
      settings = this.#load(uri);
      this.#known.set(uri, settings);
      settings.catch(() => this.#known.delete(uri));
    }
    return settings;
  }

  changed(pushed: unknown): void {
    if (pushed !== null && pushed !== undefined)
      this.#pushed = (pushed as Record<string, unknown>)['imageCaptioner'] ?? pushed;
    this.#known.clear();
  }

  async #load(uri: string): Promise<Settings> {
    const raw: unknown = this.#options.pull
      ? await this.#options.connection.workspace.getConfiguration({ scopeUri: uri, section: 'imageCaptioner' })
      : this.#pushed;
    if (raw === null || raw === undefined) return defaultSettings;
    const { settings, problems } = parseSettings(raw);
    for (const problem of problems) this.#options.log(`Setting imageCaptioner.${problem}`);
    return settings;
  }
}
