import { altDecorativeConflict } from './altDecorativeConflict.ts';
import { altDuplicate } from './altDuplicate.ts';
import { altFilename } from './altFilename.ts';
import { altMissing } from './altMissing.ts';
import { altPlaceholder } from './altPlaceholder.ts';
import { altRedundantPrefix } from './altRedundantPrefix.ts';
import { altRepeatsContext } from './altRepeatsContext.ts';
import { altTooLong } from './altTooLong.ts';
import { altWhitespace } from './altWhitespace.ts';
import { imageNotFound } from './imageNotFound.ts';
import { linkImageAlt } from './linkImageAlt.ts';
import { ruleIds, type Rule, type RuleId, type RuleSeverities, type SeveritySetting } from './rule.ts';

/** All rules. Of those about the alt's words the first that fits speaks. */
export const rules: readonly Rule[] = [
  altMissing,
  linkImageAlt,
  altWhitespace,
  altFilename,
  altPlaceholder,
  altRedundantPrefix,
  altRepeatsContext,
  altDuplicate,
  altTooLong,
  altDecorativeConflict,
  imageNotFound,
];

/** These two need the model or a ledger of what was written, so they are not among the rules above. */
const ofPictures: Readonly<Partial<Record<RuleId, SeveritySetting>>> = {
  'alt-mismatch': 'off',
  'alt-drift': 'information',
};

export const defaultSeverities: RuleSeverities = Object.fromEntries(
  ruleIds.map((id) => [id, ofPictures[id] ?? rules.find((rule) => rule.id === id)?.defaultSeverity ?? 'off']),
) as Record<RuleId, SeveritySetting>;

/** Where a rule's page lies in the project and in the installed extension, relative to its root. */
export function rulePage(id: RuleId): string {
  return `docs/rules/${id}.md`;
}
