/** Imported before anything that speaks: the reader's language, as the extension wrote it into the page. */
import * as l10n from '@vscode/l10n';

const translations = globalThis.document?.getElementById('panel')?.dataset['translations'];
if (translations !== undefined) l10n.config({ contents: translations });
