/**
 * What a person waits for in the editor: activation, the first hover, the panel. `npm run bench:editor`; with names of
 * VSIX files (`node bench/editor.ts A.vsix B.vsix`) they take turns, so that a busy machine is as busy for each of them.
 */
import path from 'node:path';
import { parseArgs } from 'node:util';
import { EditorWindow } from '../test/support/editorWindow.ts';
import { samples, vsixFile } from '../test/support/packedExtension.ts';
import { panelFrame } from '../test/support/panelPage.ts';
import { sampleAlts } from '../test/support/sampleAlts.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: 'string', default: '3' } },
});
const files = positionals.length === 0 ? [vsixFile()] : positionals;

/** Milliseconds by what was waited for. */
type Times = Record<string, number>;

/** Clocks running from now on; each call notes when it is made. */
function clock(times: Times, from: string): (what: string) => void {
  const started = performance.now();
  return (what) => {
    times[`${from}: ${what}`] = performance.now() - started;
  };
}

async function measure(vsix: string): Promise<Times> {
  const times: Times = {};
  await using window = await EditorWindow.open({ workspace: samples, vsix, size: { width: 1500, height: 1000 } });
  const { page } = window;
  const opened = clock(times, 'document');
  await window.openFile('docs/guide.md');
  await window.hover('images/login.png', sampleAlts.login);
  opened('first hover');
  await page.mouse.move(1, 1);

  const frame = panelFrame(page);
  for (const visit of ['panel, first time', 'panel, again'] as const) {
    await window.goTo(5, 6);
    const clicked = clock(times, visit);
    await page.locator('.editor-group-container.active .editor-actions .codicon-sparkle').click();
    await frame.locator('main').waitFor();
    clicked('page');
    await frame.getByRole('button', { name: 'Follow cursor' }).waitFor();
    clicked('controls');
    await frame.locator('.picture-part img').waitFor();
    clicked('picture');
    await frame.locator('.caption[data-status="done"]').waitFor();
    clicked('caption');
    await page.locator('.tab', { hasText: 'Caption Panel' }).click({ button: 'middle' });
    await frame.locator('main').waitFor({ state: 'detached' });
  }

  await page.setViewportSize({ width: 1600, height: 3000 }); // all lines of the report are drawn
  await window.runCommand('Developer: Startup Performance');
  const row = await window.line('| image-captioner.image-captioner').first().textContent({ timeout: 60_000 });
  // | extension | eager | load code | call activate | finish activate | event | by |
  const [load = NaN, call = NaN, finish = NaN] = (row ?? '').split('|').slice(3, 6).map(Number);
  return { 'activation: reading the code': load, 'activation: activate()': call + finish, ...times };
}

const measured = new Map<string, Times[]>(files.map((file) => [file, []]));
for (let round = 0; round < Number(values.rounds); round += 1)
  for (const file of files) measured.get(file)?.push(await measure(file));

for (const [file, rounds] of measured) {
  console.log(`\n${path.relative('.', file)}, milliseconds of ${rounds.length} rounds`);
  for (const what of Object.keys(rounds[0] ?? {})) {
    const all = rounds.map((times) => times[what] ?? NaN).toSorted((a, b) => a - b);
    const [least, middle, most] = [all[0], all[Math.floor(all.length / 2)], all.at(-1)].map((ms) => ms?.toFixed(0));
    console.log(`${what.padEnd(34)} ${middle?.padStart(6)}   (${least} to ${most})`);
  }
}
