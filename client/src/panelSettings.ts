import * as vscode from 'vscode';
import type { GenerationOptions } from '../../server/src/protocol.ts';
import { parameters } from './panelParameters.ts';

/** What the settings say of generation; what they leave to the model is left out. */
export function generationSettings(): GenerationOptions {
  const settings = vscode.workspace.getConfiguration('imageCaptioner.generation');
  const set = parameters.map(({ name }) => [name, settings.get<unknown>(name) ?? undefined] as const);
  return Object.fromEntries(set.filter(([, value]) => value !== undefined));
}

/** Writes the panel's parameters to the settings; what the panel leaves to the model is taken out of them. */
export async function saveGeneration(options: GenerationOptions, target: 'user' | 'workspace'): Promise<string> {
  if (target === 'workspace' && vscode.workspace.workspaceFolders === undefined)
    throw new Error(vscode.l10n.t('There is no workspace to save to: open a folder, or save to the user settings.'));
  const settings = vscode.workspace.getConfiguration('imageCaptioner.generation');
  const where = target === 'user' ? vscode.ConfigurationTarget.Global : vscode.ConfigurationTarget.Workspace;
  for (const { name } of parameters) {
    const known = settings.inspect<unknown>(name);
    const before = target === 'user' ? known?.globalValue : known?.workspaceValue;
    if (JSON.stringify(before) !== JSON.stringify(options[name])) await settings.update(name, options[name], where);
  }
  return target === 'user'
    ? vscode.l10n.t('Saved to the user settings.')
    : vscode.l10n.t('Saved to the workspace settings.');
}
