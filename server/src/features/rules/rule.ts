import type { LocatedImage } from '../../documents/locatedImage.ts';
import type { ImageReference, TextEdit, TextRange } from '../../documents/imageReference.ts';

/** Stable names: settings, suppression comments, baselines and the pages in docs/rules carry them. */
export const ruleIds = [
  'alt-missing',
  'link-image-alt',
  'alt-whitespace',
  'alt-filename',
  'alt-placeholder',
  'alt-redundant-prefix',
  'alt-repeats-context',
  'alt-duplicate',
  'alt-too-long',
  'alt-decorative-conflict',
  'alt-mismatch',
  'alt-drift',
  'image-not-found',
] as const;
export type RuleId = (typeof ruleIds)[number];

export const severities = ['error', 'warning', 'information', 'hint'] as const;
export type Severity = (typeof severities)[number];
export type SeveritySetting = Severity | 'off';
export type RuleSeverities = Readonly<Record<RuleId, SeveritySetting>>;

/**
 * What could mend a problem, as data: an edit where the words are known, a wish where the model is to be asked. The
 * first is the likeliest; `preferred` is the one that an editor may apply without a choice.
 */
export type Fix =
  /** Ask the model. `replaces`: what stands there and goes. */
  | {
      readonly kind: 'insert-caption';
      readonly preferred: boolean;
      readonly replaces: 'nothing' | 'placeholder' | 'words';
    }
  | { readonly kind: 'mark-decorative'; readonly edit: TextEdit }
  | { readonly kind: 'remove-alt'; readonly edit: TextEdit }
  | { readonly kind: 'remove-prefix'; readonly alt: string; readonly edit: TextEdit }
  /** The words of the figure's caption become the alt. */
  | { readonly kind: 'take-caption'; readonly alt: string; readonly edit: TextEdit }
  /** The alt says where the link leads, as far as its address tells. */
  | { readonly kind: 'name-the-target'; readonly alt: string; readonly edit: TextEdit };

export interface Finding {
  readonly range: TextRange;
  /** What is wrong and what to do, in sentences for people. */
  readonly message: string;
  readonly fixes: readonly Fix[];
}

/** What a rule may know besides the reference itself. */
export interface RuleContext {
  /** The reference before this one in the document. */
  readonly previous: ImageReference | null;
  /** Null: nobody has looked for the picture. */
  readonly located: LocatedImage | null;
}

export interface Rule {
  readonly id: RuleId;
  /** What it reports, in a sentence. */
  readonly summary: string;
  readonly defaultSeverity: Severity;
  /** One alt gets one report about its words: the first of these rules that fits, in the order of rules.ts. */
  readonly aboutWords: boolean;
  check(reference: ImageReference, context: RuleContext): Finding | null;
}
