/** Before the editor tier: a VS Code is there, and the VSIX that it is tested with is packed from the sources as they are. */
import { installEditorHost } from '../../scripts/editorHost.ts';
import { packExtension } from './packedExtension.ts';

export async function globalSetup(): Promise<void> {
  await installEditorHost();
  packExtension();
}
