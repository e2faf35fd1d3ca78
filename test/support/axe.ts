/** axe-core on a document inside the browser. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Frame } from 'playwright-core';

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Every rule that a document breaks, with the elements at fault, in words. */
export async function violations(frame: Frame): Promise<string[]> {
  // Evaluated by the debugger: the page's own policy allows no foreign script.
  await frame.evaluate(source);
  const results = await frame.evaluate<AxeResults>('axe.run(document)');
  return results.violations.map(({ id, help, nodes }) => {
    const where = nodes.map(({ html, failureSummary }) => `  ${html}\n  ${failureSummary ?? ''}`);
    return [`${id}: ${help}`, ...where].join('\n');
  });
}
