/** VS Code's own settings of these names, under `http.`. */
export interface ProxySettings {
  readonly proxy: string;
  readonly noProxy: readonly string[];
}

/**
 * What the sidecar's downloads are to know of VS Code's proxy: variables to add to the environment. A proxy that the
 * environment names comes first; hosts that are to be reached without one are those of both.
 */
export function proxyEnvironment({ proxy, noProxy }: ProxySettings, env: NodeJS.ProcessEnv): Record<string, string> {
  const added: Record<string, string> = {};
  for (const name of ['HTTPS_PROXY', 'HTTP_PROXY']) {
    const given = env[name.toLowerCase()] ?? env[name];
    if (proxy !== '' && given === undefined) added[name] = proxy;
  }
  if (noProxy.length === 0) return added;
  // Of the two spellings the small one is read, where both stand.
  const known = env['no_proxy'] ?? env['NO_PROXY'] ?? '';
  const hosts = [...(known === '' ? [] : [known]), ...noProxy].join(',');
  return { ...added, NO_PROXY: hosts, no_proxy: hosts };
}
