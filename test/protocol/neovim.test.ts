/** An independent client: Debian's Neovim drives `image-captioner lsp --stdio`, with the configuration of the docs. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { systemTool } from '../support/systemTool.ts';
import { Terminal } from '../support/terminal.ts';

let terminal: Terminal;
before(async () => {
  terminal = await Terminal.create();
  await terminal.file('img/wand.png', { picture: '001-emoji.png' });
});
after(() => terminal.remove());

/** Opens the page, hovers over its picture, takes the first quick fix, saves; each step's result as a line of JSON. */
const script = (server: readonly string[], root: string, report: string): string => `
local lines = {}
local function tell(name, value) table.insert(lines, vim.json.encode({ [name] = value })) end
vim.cmd('edit page.md')
vim.bo.filetype = 'markdown'
local id = vim.lsp.start_client({
  name = 'image-captioner',
  cmd = vim.json.decode([==[${JSON.stringify(server)}]==]),
  root_dir = [==[${root}]==],
})
vim.lsp.buf_attach_client(0, id)
vim.wait(20000, function() return #vim.diagnostic.get(0) > 0 end, 50)
for _, each in ipairs(vim.diagnostic.get(0)) do tell('diagnostic', { each.source, each.code, each.lnum, each.col }) end
vim.api.nvim_win_set_cursor(0, { 3, 4 })
local place = vim.lsp.util.make_position_params()
local hover = vim.lsp.buf_request_sync(0, 'textDocument/hover', place, 60000)
tell('hover', hover[id].result.contents.value)
local range = vim.lsp.util.make_range_params()
range.context = { diagnostics = {} }
local actions = vim.lsp.buf_request_sync(0, 'textDocument/codeAction', range, 20000)[id].result
tell('action', actions[1].title)
vim.lsp.buf_request_sync(0, 'workspace/executeCommand', actions[1].command, 60000)
vim.wait(5000, function() return #vim.diagnostic.get(0) == 0 end, 50)
tell('left', #vim.diagnostic.get(0))
vim.cmd('silent write')
vim.cmd('silent undo')
tell('undone', vim.api.nvim_buf_get_lines(0, 2, 3, false)[1])
vim.fn.writefile(lines, [==[${report}]==])
vim.lsp.stop_client(id)
vim.wait(5000, function() return vim.lsp.client_is_stopped(id) end, 20)
vim.cmd('quitall!')
`;

test('Neovim shows the problem and the caption, and applies the quick fix', async () => {
  const neovim = systemTool('nvim', 'neovim');
  await terminal.file('page.md', '# Page\n\n![](img/wand.png)\n');
  const report = terminal.path('report.jsonl');
  const lua = await terminal.file(
    'drive.lua',
    script([...terminal.program, 'lsp', '--stdio'], terminal.folder, report),
  );
  execFileSync(neovim, ['--headless', '--clean', '-c', `luafile ${lua}`], {
    cwd: terminal.folder,
    env: { ...process.env, ...terminal.env, XDG_STATE_HOME: terminal.path('state') },
    timeout: 120_000,
    stdio: 'ignore',
  });
  const told = (await readFile(report, 'utf8'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  const [diagnostic, hover, action, left, undone] = told;
  assert.deepEqual(diagnostic, { diagnostic: ['image-captioner', 'alt-missing', 2, 0] });
  assert.match(String(hover?.['hover']), /\*\*A magic wand emoji\*\* \(confidence 92 %\)/);
  // Outside of VS Code pictures are linked, not embedded.
  assert.match(String(hover?.['hover']), /!\[\]\(file:.*img\/wand\.png\)/);
  assert.deepEqual(action, { action: 'Insert alt text: A magic wand emoji' });
  assert.deepEqual(left, { left: 0 });
  assert.deepEqual(undone, { undone: '![](img/wand.png)' });
  assert.equal(
    await readFile(path.join(terminal.folder, 'page.md'), 'utf8'),
    '# Page\n\n![A magic wand emoji](img/wand.png)\n',
  );
});
