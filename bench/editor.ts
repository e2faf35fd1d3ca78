/**
 * What a person waits for in the editor: activation, the first hover, the panel. `npm run bench:editor`; with names of
 * VSIX files (`node bench/editor.ts A.vsix B.vsix`) they take turns, so that a busy machine is as busy for each of them.
 */
import path from 'node:path';
import { parseArgs } from 'node:util';
import { EditorWindow } from '../test/support/editorWindow.ts';
import { eventually } from '../test/support/eventually.ts';
import { samples, vsixFile } from '../test/support/packedExtension.ts';
import { panelFrame } from '../test/support/panelPage.ts';
import { sampleAlts } from '../test/support/sampleAlts.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: 'string', default: '3' } },
});
/** After this long without anything to do the editor has come to rest. */
const restMs = 15_000;
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

  const { load, ownLoad, activate } = await activation(window);
  return {
    "with the editor's start: other extensions' code": load - ownLoad,
    "with the editor's start: our code": ownLoad,
    "with the editor's start: activate()": activate,
    ...(await measureLater(vsix)),
    ...times,
  };
}

/** Into an editor at rest: no other extension is activated in the same moment. */
async function measureLater(vsix: string): Promise<Times> {
  await using window = await EditorWindow.open({ workspace: samples });
  await window.openFile('docs/guide.md');
  await new Promise((resolve) => setTimeout(resolve, restMs));
  await window.installVsix(vsix);
  const { load, activate } = await activation(window);
  return { 'in an editor at rest: our code': load, 'in an editor at rest: activate()': activate };
}

/**
 * What VS Code says of our activation, milliseconds. It counts the loading of an extension's code from when it turned to
 * all that are activated in one moment: `load` has the code of those before us in it, `ownLoad`, between two marks of
 * the extension host's start, is ours alone.
 */
async function activation(window: EditorWindow): Promise<{ load: number; ownLoad: number; activate: number }> {
  await window.runCommand('Developer: Startup Performance');
  return eventually(async () => {
    const report = await window.wholeText();
    const [row] = /^\| image-captioner\.image-captioner .*$/m.exec(report) ?? [];
    if (row === undefined) throw new Error('The report of the start has no row for the extension.');
    // | extension | eager | load code | call activate | finish activate | event | by |
    const [load = NaN, call = NaN, finish = NaN] = row.split('|').slice(3, 6).map(Number);
    const mark = (name: string): number =>
      Number(new RegExp(`^code/extHost/${name}/image-captioner\\.image-captioner\\s+(\\d+)`, 'm').exec(report)?.[1]);
    return { load, ownLoad: mark('didLoadExtensionCode') - mark('willLoadExtensionCode'), activate: call + finish };
  });
}

const measured = new Map<string, Times[]>(files.map((file) => [file, []]));
for (let round = 0; round < Number(values.rounds); round += 1)
  for (const file of files) measured.get(file)?.push(await measure(file));

for (const [file, rounds] of measured) {
  console.log(`\n${path.relative('.', file)}, milliseconds of ${rounds.length} rounds`);
  for (const what of Object.keys(rounds[0] ?? {})) {
    const all = rounds.map((times) => times[what] ?? NaN).toSorted((a, b) => a - b);
    const [least, middle, most] = [all[0], all[Math.floor(all.length / 2)], all.at(-1)].map((ms) => ms?.toFixed(0));
    console.log(`${what.padEnd(50)} ${middle?.padStart(6)}   (${least} to ${most})`);
  }
}
