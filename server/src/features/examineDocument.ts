import { setImmediate } from 'node:timers/promises';
import type { ParsedDocument } from '../documents/imageReference.ts';
import type { LocatedImage } from '../documents/locatedImage.ts';
import type { AnalysedDocument } from '../openDocuments.ts';
import { problemSteps, type CheckedDocument, type KnownFindings, type Problem } from './diagnostics.ts';
import type { FeatureWorld } from './featureWorld.ts';
import type { RuleSeverities } from './rules/rule.ts';

export interface ExaminedDocument extends CheckedDocument {
  readonly located: readonly (LocatedImage | null)[];
  readonly problems: readonly Problem[];
}

interface Examination {
  readonly rules: RuleSeverities;
  readonly disk: object;
  readonly examined: Promise<ExaminedDocument>;
  readonly findings: KnownFindings;
  /** Once it is done. */
  located?: readonly (LocatedImage | null)[];
}

/** Problems, quick fixes and links ask one after another for the same version of a document. */
const examinations = new WeakMap<ParsedDocument, Examination>();

/** The server answers others after so long a piece of work, milliseconds. */
const slice = 4;
/** Pictures that are looked for at a time. */
const together = 32;

/** An analysed document with its pictures located, where a rule wants to know, and its problems found. */
export async function examineDocument(world: FeatureWorld, document: AnalysedDocument): Promise<ExaminedDocument> {
  const { rules } = await world.settings(document.uri);
  const disk = world.diskState();
  const known = examinations.get(document.parsed);
  if (known?.rules === rules && known.disk === disk) return known.examined;
  const earlier = document.since === null ? undefined : examinations.get(document.since.parsed);
  const before = earlier?.rules === rules && earlier.disk === disk ? earlier : null;
  const findings = before?.findings ?? new WeakMap();
  const examined = examine(world, document, rules, before?.located ?? null, findings);
  const examination: Examination = { rules, disk, examined, findings };
  examinations.set(document.parsed, examination);
  examined.then(
    ({ located }) => (examination.located = located),
    () => examinations.delete(document.parsed),
  );
  return examined;
}

async function examine(
  world: FeatureWorld,
  document: AnalysedDocument,
  rules: RuleSeverities,
  before: readonly (LocatedImage | null)[] | null,
  findings: KnownFindings,
): Promise<ExaminedDocument> {
  const { languageId, parsed, text } = document;
  const pause = pauses();
  const located = locatedBefore(document, before);
  const unknown = [...located.keys()].filter((index) => located[index] === undefined);
  for (let first = 0; first < unknown.length; first += together) {
    const locate = async (index: number): Promise<void> => {
      const { target } = parsed.references[index]!;
      located[index] = rules['image-not-found'] === 'off' ? null : await world.locate(target, document);
    };
    await Promise.all(unknown.slice(first, first + together).map(locate));
    await pause();
  }
  const checked = { text: text.chunks, languageId, parsed, located: located as (LocatedImage | null)[] };
  const steps = problemSteps(checked, rules, findings);
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return { ...checked, problems: value };
    await pause();
  }
}

/** By reference, where an earlier version had it too; else undefined. */
function locatedBefore(
  { parsed, since }: AnalysedDocument,
  before: readonly (LocatedImage | null)[] | null,
): (LocatedImage | null | undefined)[] {
  const count = parsed.references.length;
  if (since === null || before === null) return Array.from({ length: count });
  const { first, last } = since.references;
  const between = Array.from<undefined>({ length: count - first - last });
  return [...before.slice(0, first), ...between, ...before.slice(before.length - last)];
}

/** Lets others go first whenever a slice of time is used up; costs next to nothing else. */
function pauses(): () => Promise<void> | undefined {
  let began = performance.now();
  return () => {
    if (performance.now() - began < slice) return undefined;
    return setImmediate().then(() => {
      began = performance.now();
    });
  };
}
