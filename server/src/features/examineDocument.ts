import { setImmediate } from 'node:timers/promises';
import type { LocatedImage } from '../documents/locatedImage.ts';
import type { AnalysedDocument } from '../openDocuments.ts';
import { problemSteps, type CheckedDocument, type Problem } from './diagnostics.ts';
import type { FeatureWorld } from './featureWorld.ts';
import type { RuleSeverities } from './rules/rule.ts';

export interface ExaminedDocument extends CheckedDocument {
  readonly problems: readonly Problem[];
}

interface Examination {
  readonly rules: RuleSeverities;
  readonly disk: object;
  readonly examined: Promise<ExaminedDocument>;
}

/** Problems, quick fixes and links ask one after another for the same version of a document. */
const examinations = new WeakMap<AnalysedDocument, Examination>();

/** The server answers others after so long a piece of work, milliseconds. */
const slice = 4;
/** Pictures that are looked for at a time. */
const together = 32;

/** An analysed document with its pictures located, where a rule wants to know, and its problems found. */
export async function examineDocument(world: FeatureWorld, document: AnalysedDocument): Promise<ExaminedDocument> {
  const { rules } = await world.settings(document.uri);
  const disk = world.diskState();
  const known = examinations.get(document);
  if (known?.rules === rules && known.disk === disk) return known.examined;
  const examined = examine(world, document, rules);
  examinations.set(document, { rules, disk, examined });
  examined.catch(() => examinations.delete(document));
  return examined;
}

async function examine(
  world: FeatureWorld,
  document: AnalysedDocument,
  rules: RuleSeverities,
): Promise<ExaminedDocument> {
  const { languageId, parsed, text } = document;
  const pause = pauses();
  const located: (LocatedImage | null)[] = [];
  const { references } = parsed;
  for (let first = 0; first < references.length; first += together) {
    const some = references.slice(first, first + together);
    const locating = rules['image-not-found'] !== 'off';
    located.push(
      ...(await Promise.all(some.map(async ({ target }) => (locating ? world.locate(target, document) : null)))),
    );
    await pause();
  }
  const checked: CheckedDocument = { text: text.getText(), languageId, parsed, located };
  const steps = problemSteps(checked, rules);
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return { ...checked, problems: value };
    await pause();
  }
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
