import os from 'node:os';
import path from 'node:path';

/** Where the hub is, who asks, and where its files are kept: the variables of Hugging Face's own clients. */
export interface HubSettings {
  /** Without a slash at its end. */
  readonly endpoint: string;
  /** Sent to the endpoint's host alone, never logged. */
  readonly token: string | null;
  /** The folder with `models--owner--name`. */
  readonly cacheFolder: string;
  /** Nothing is asked of the network. */
  readonly offline: boolean;
}

/** What the settings say over the environment. */
export interface HubOverrides {
  readonly endpoint: string | null;
  readonly offline: boolean;
}

const ownEndpoint = 'https://huggingface.co';

/**
 * https://huggingface.co/docs/huggingface_hub/package_reference/environment_variables
 *
 * The token is for the hub that the person's own environment names: a settings file, which may come with a repository
 * that was cloned, cannot send it elsewhere.
 */
export function hubSettings(env: NodeJS.ProcessEnv, overrides: HubOverrides): HubSettings {
  const trusted = withoutSlash(given(env['HF_ENDPOINT']) ?? ownEndpoint);
  const endpoint = withoutSlash(overrides.endpoint ?? trusted);
  const mayHaveToken = endpoint === trusted || endpoint === ownEndpoint;
  return {
    endpoint,
    token: mayHaveToken ? (given(env['HF_TOKEN']) ?? null) : null,
    cacheFolder: hubCacheFolder(env),
    offline: overrides.offline || isOn(env['HF_HUB_OFFLINE']),
  };
}

/** Where the hub's clients keep what they download. */
export function hubCacheFolder(env: NodeJS.ProcessEnv): string {
  const home =
    given(env['HF_HOME']) ??
    path.join(given(env['XDG_CACHE_HOME']) ?? path.join(os.homedir(), '.cache'), 'huggingface');
  return atHome(given(env['HF_HUB_CACHE']) ?? path.join(home, 'hub'));
}

/** `~` as Python's clients read it: a shell has not always done so before. */
function atHome(folder: string): string {
  return folder.replace(/^~(?=$|[/\\])/u, () => os.homedir());
}

function withoutSlash(address: string): string {
  return address.replace(/\/+$/u, '');
}

function given(value: string | undefined): string | undefined {
  return value === undefined || value.trim() === '' ? undefined : value.trim();
}

function isOn(value: string | undefined): boolean {
  return /^(?:1|on|yes|true)$/iu.test(value ?? '');
}
