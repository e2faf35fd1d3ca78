import type { AnalysedDocument } from '../openDocuments.ts';
import { findProblems, type CheckedDocument, type Problem } from './diagnostics.ts';
import type { FeatureWorld } from './featureWorld.ts';

export interface ExaminedDocument extends CheckedDocument {
  readonly problems: readonly Problem[];
}

/** An analysed document with its pictures located, where a rule wants to know, and its problems found. */
export async function examineDocument(world: FeatureWorld, document: AnalysedDocument): Promise<ExaminedDocument> {
  const { rules } = await world.settings(document.uri);
  const { languageId, parsed, text } = document;
  const locating = rules['image-not-found'] !== 'off';
  const located = await Promise.all(
    parsed.references.map(({ target }) => (locating ? world.locate(target, document) : null)),
  );
  const checked: CheckedDocument = { text: text.getText(), languageId, parsed, located };
  return { ...checked, problems: findProblems(checked, rules) };
}
