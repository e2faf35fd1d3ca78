import * as l10n from '@vscode/l10n';
import type { ImageReference, TextEdit } from '../documents/imageReference.ts';
import type { CheckedDocument, Problem } from './diagnostics.ts';
import { canBeCaptioned } from './rules/captionFix.ts';
import type { Fix, RuleId } from './rules/rule.ts';

/** What a person may choose at a reference, as data: the editor's words for it are the server's matter. */
export type QuickFix = {
  readonly title: string;
  readonly kind: 'quickfix' | 'refactor.rewrite' | 'source.fixAll.image-captioner';
  readonly preferred: boolean;
  /** The rules whose problems it mends. */
  readonly rules: readonly RuleId[];
} & (
  | { readonly action: 'edit'; readonly edits: readonly TextEdit[] }
  /** The caption is computed when it runs. */
  | {
      readonly action: 'insert-caption';
      readonly reference: ImageReference;
      readonly replace: boolean;
      /** Seed of another suggestion than the model's first. */
      readonly another?: number;
    }
  /** Every picture of the document that has no alt text. */
  | { readonly action: 'caption-document' }
);

export interface QuickFixWorld {
  readonly document: CheckedDocument;
  /** All problems of the document. */
  readonly problems: readonly Problem[];
  /** The alt text that would be inserted, where it is known without asking the model. */
  readonly cachedAlt: (reference: ImageReference) => Promise<string | null>;
}

/** The fixes for these references, the likeliest first; then those for the whole document. */
export async function quickFixes(world: QuickFixWorld, references: readonly ImageReference[]): Promise<QuickFix[]> {
  const fixes: QuickFix[] = [];
  const touched = new Set<RuleId>();
  for (const reference of references) {
    const index = world.document.parsed.references.indexOf(reference);
    const problems = world.problems.filter((problem) => problem.reference === index);
    for (const { rule } of problems) touched.add(rule);
    fixes.push(...(await fixesFor(world, reference, problems)));
  }
  return [...fixes, ...[...touched].flatMap((rule) => fixAllOf(world.problems, rule)), ...onSave(world.problems)];
}

async function fixesFor(
  world: QuickFixWorld,
  reference: ImageReference,
  problems: readonly Problem[],
): Promise<QuickFix[]> {
  const fixes: QuickFix[] = [];
  const suggestion = await world.cachedAlt(reference);
  for (const problem of problems) {
    for (const fix of problem.fixes) fixes.push(...fixOf(fix, [problem.rule], reference, suggestion));
  }
  if (!fixes.some(({ action }) => action === 'insert-caption')) fixes.push(...onRequest(world, reference, suggestion));
  return distinct(fixes);
}

function fixOf(fix: Fix, rules: readonly RuleId[], reference: ImageReference, suggestion: string | null): QuickFix[] {
  const shared = { kind: 'quickfix', preferred: false, rules } as const;
  switch (fix.kind) {
    case 'insert-caption':
      return captionFixes(shared, fix, reference, suggestion);
    case 'mark-decorative':
      return [{ ...shared, title: l10n.t('Mark as decorative'), action: 'edit', edits: [fix.edit] }];
    case 'remove-alt':
      return [{ ...shared, title: l10n.t('Remove the alt text that nobody gets'), action: 'edit', edits: [fix.edit] }];
    case 'remove-prefix':
      return [
        { ...shared, title: l10n.t('Remove the prefix: {0}', shortened(fix.alt)), action: 'edit', edits: [fix.edit] },
      ];
    case 'take-caption':
      return [
        { ...shared, title: l10n.t('Take the caption: {0}', shortened(fix.alt)), action: 'edit', edits: [fix.edit] },
      ];
    case 'name-the-target':
      return [
        { ...shared, title: l10n.t('Name where it leads: {0}', shortened(fix.alt)), action: 'edit', edits: [fix.edit] },
      ];
  }
}

type Shared = Pick<QuickFix, 'kind' | 'preferred' | 'rules'>;

/** The model's caption and, once that has been seen, another one. */
function captionFixes(
  shared: Shared,
  { preferred, replaces }: Omit<Extract<Fix, { kind: 'insert-caption' }>, 'kind'>,
  reference: ImageReference,
  suggestion: string | null,
): QuickFix[] {
  const base = { ...shared, action: 'insert-caption', reference, replace: replaces !== 'nothing' } as const;
  const title = captionTitle(replaces === 'words', suggestion);
  const first: QuickFix = { ...base, title, preferred };
  if (suggestion === null) return [first];
  return [first, { ...base, title: l10n.t('Insert another suggestion'), preferred: false, another: seedOf(reference) }];
}

function captionTitle(replaces: boolean, suggestion: string | null): string {
  if (suggestion === null) return replaces ? l10n.t('Replace alt text') : l10n.t('Insert alt text');
  const words = shortened(suggestion);
  return replaces ? l10n.t('Replace alt text: {0}', words) : l10n.t('Insert alt text: {0}', words);
}

/** The same place asks for the same suggestion as long as its alt stays; once it is written, for the next one. */
function seedOf({ alt }: ImageReference): number {
  let seed = 1;
  for (const unit of alt ?? '') seed = (seed * 31 + unit.codePointAt(0)!) % 2_147_483_647;
  return seed;
}

/** Nothing is wrong here, but a person may want words all the same: offered where one looks for it, never preferred. */
function onRequest(world: QuickFixWorld, reference: ImageReference, suggestion: string | null): QuickFix[] {
  const located = world.document.located?.[world.document.parsed.references.indexOf(reference)] ?? null;
  if (reference.dynamicAlt || !canBeCaptioned(reference, { previous: null, located })) return [];
  const hasWords = reference.alt !== null && reference.alt.trim() !== '';
  const shared = { kind: 'refactor.rewrite', preferred: false, rules: [] } as const;
  return captionFixes(shared, { preferred: false, replaces: hasWords ? 'words' : 'nothing' }, reference, suggestion);
}

/** One rule's sure fixes over the whole document, offered at one of its problems. */
function fixAllOf(problems: readonly Problem[], rule: RuleId): QuickFix[] {
  const own = problems.filter((problem) => problem.rule === rule);
  if (own.length < 2) return [];
  const shared = { kind: 'quickfix', preferred: false, rules: [rule] } as const;
  const captions = own.filter(({ fixes }) => fixes.some((fix) => fix.kind === 'insert-caption' && fix.preferred));
  if (rule === 'alt-missing' && captions.length > 1) {
    return [
      {
        ...shared,
        title: l10n.t('Insert alt text for all {0} images of this file', captions.length),
        action: 'caption-document',
      },
    ];
  }
  const edits = sureEdits(own);
  if (edits.length < 2) return [];
  return [
    { ...shared, title: l10n.t('Fix all {0} "{1}" problems of this file', edits.length, rule), action: 'edit', edits },
  ];
}

/** What "fix all on save" may do unseen: only what takes no meaning away, and never a caption. */
function onSave(problems: readonly Problem[]): QuickFix[] {
  const mended = problems.filter(({ rule }) => rule === 'alt-redundant-prefix');
  const edits = sureEdits(mended);
  if (edits.length === 0) return [];
  const title = l10n.t('Remove redundant prefixes of alt texts');
  return [
    {
      title,
      kind: 'source.fixAll.image-captioner',
      preferred: false,
      rules: ['alt-redundant-prefix'],
      action: 'edit',
      edits,
    },
  ];
}

/** Of each problem the one edit that needs no choice. */
function sureEdits(problems: readonly Problem[]): TextEdit[] {
  return problems.flatMap(({ fixes }) => {
    const [fix, ...others] = fixes;
    return fix !== undefined && others.length === 0 && fix.kind !== 'insert-caption' ? [fix.edit] : [];
  });
}

function distinct(fixes: readonly QuickFix[]): QuickFix[] {
  const byTitle = new Map<string, QuickFix>();
  for (const fix of fixes) {
    const known = byTitle.get(fix.title);
    byTitle.set(fix.title, known === undefined ? fix : { ...known, rules: [...known.rules, ...fix.rules] });
  }
  return [...byTitle.values()];
}

/** Menus are narrow. */
function shortened(words: string): string {
  const points = Array.from(words);
  return points.length <= 80 ? words : `${points.slice(0, 79).join('')}…`;
}
