/** What the extension gives to VS Code, asked for through VS Code's own API. The workspace is samples/. */
import { suite, test } from 'mocha';
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { eventually } from '../../support/eventually.ts';
import { sampleAlts } from '../../support/sampleAlts.ts';

function sample(file: string): vscode.Uri {
  const folder = vscode.workspace.workspaceFolders?.[0];
  assert.ok(folder, 'a folder is open');
  return vscode.Uri.joinPath(folder.uri, file);
}

/** Opens a document in an editor, with the cursor in the first place where `words` stand. */
async function openAt(file: string, words: string): Promise<{ editor: vscode.TextEditor; position: vscode.Position }> {
  const document = await vscode.workspace.openTextDocument(sample(file));
  const editor = await vscode.window.showTextDocument(document);
  const offset = document.getText().indexOf(words);
  assert.ok(offset >= 0, `${file} holds ${words}`);
  const position = document.positionAt(offset + 1);
  editor.selection = new vscode.Selection(position, position);
  return { editor, position };
}

async function hoverText(uri: vscode.Uri, position: vscode.Position): Promise<string> {
  const hovers = await vscode.commands.executeCommand<vscode.Hover[]>('vscode.executeHoverProvider', uri, position);
  const contents = hovers.flatMap((hover) => hover.contents);
  return contents.map((content) => (typeof content === 'string' ? content : content.value)).join('\n');
}

suite('Image Captioner in the extension host', () => {
  test('the commands of the palette are there', async () => {
    const extension = vscode.extensions.getExtension('image-captioner.image-captioner');
    assert.ok(extension, 'the extension is installed');
    await extension.activate();
    const { commands } = (extension.packageJSON as { contributes: { commands: readonly { command: string }[] } })
      .contributes;
    const registered = new Set(await vscode.commands.getCommands(true));
    for (const { command } of commands) assert.ok(registered.has(command), command);
  });

  test('a hover shows the caption of a picture', async () => {
    const { editor, position } = await openAt('docs/guide.md', 'images/login.png');
    await eventually(async () => {
      assert.match(await hoverText(editor.document.uri, position), new RegExp(sampleAlts.login, 'i'));
    }, 120_000); // the first caption prepares the model
  });

  test('images without alt text are problems, those with words are not', async () => {
    const { editor } = await openAt('docs/guide.md', 'images/login.png');
    await eventually(() => {
      const ours = vscode.languages
        .getDiagnostics(editor.document.uri)
        .filter(({ source }) => source === 'image-captioner');
      const found = ours.map(({ code, range }) => [typeof code === 'object' ? code.value : code, range.start.line + 1]);
      assert.deepEqual(found, [
        ['alt-missing', 5],
        ['alt-missing', 9],
        ['alt-placeholder', 9],
        ['alt-missing', 13],
        ['alt-missing', 20],
        ['alt-missing', 24],
      ]);
    });
  });

  for (const [file, words, expected] of [
    ['docs/guide.md', '![](images/login.png)', `![${sampleAlts.login}](images/login.png)`],
    ['index.html', '<img class="hero"', `alt="${sampleAlts.chat}"`],
    ['src/Checkout.tsx', '<img src={payment}', `alt="${sampleAlts.payment}"`],
    ['src/Report.vue', '<img src="./revenue.png"', `alt="${sampleAlts.revenue}"`],
  ] as const) {
    test(`the quick fix writes alt text into ${file}, and one undo takes it back`, async () => {
      const { editor, position } = await openAt(file, words);
      const { document } = editor;
      const before = document.getText();
      const fix = await eventually(async () => {
        const range = new vscode.Range(position, position);
        const kind = vscode.CodeActionKind.QuickFix.value;
        const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
          'vscode.executeCodeActionProvider',
          document.uri,
          range,
          kind,
        );
        const preferred = actions.filter(
          ({ isPreferred, title }) => isPreferred === true && title.includes('alt text'),
        );
        assert.equal(preferred.length, 1, actions.map(({ title }) => title).join(', '));
        return preferred[0]!;
      });
      assert.ok(fix.command, 'the caption is made when the fix runs');
      await vscode.commands.executeCommand(fix.command.command, ...(fix.command.arguments ?? []));
      assert.ok(document.getText().includes(expected), document.getText());
      await vscode.commands.executeCommand('undo');
      assert.equal(document.getText(), before);
    });
  }

  test('completion inside an empty alt offers the caption', async () => {
    const { editor } = await openAt('docs/guide.md', '![](images/login.png)');
    const position = editor.selection.active.translate(0, 1);
    await eventually(async () => {
      const list = await vscode.commands.executeCommand<vscode.CompletionList>(
        'vscode.executeCompletionItemProvider',
        editor.document.uri,
        position,
      );
      const labels = list.items.map(({ label }) => (typeof label === 'string' ? label : label.label));
      assert.ok(labels.includes(sampleAlts.login), labels.join(', '));
    });
  });

  test('paths of images are links', async () => {
    const { editor } = await openAt('index.html', '/chat.png');
    const links = await vscode.commands.executeCommand<vscode.DocumentLink[]>(
      'vscode.executeLinkProvider',
      editor.document.uri,
    );
    const targets = links.map(({ target }) => target?.path);
    assert.ok(targets.includes(sample('public/chat.png').path), targets.join(', '));
  });

  test('a Markdown cell of a notebook gets its problem, its hover and its fix', async () => {
    const uri = sample('docs/notes.ipynb');
    const cells = [{ cell_type: 'markdown', id: 'a', metadata: {}, source: ['![](images/login.png)'] }];
    const notebook = JSON.stringify({ cells, metadata: {}, nbformat: 4, nbformat_minor: 5 });
    await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(notebook));
    await vscode.commands.executeCommand('vscode.openWith', uri, 'jupyter-notebook');
    const { document } = await eventually(() => {
      const cell = vscode.window.activeNotebookEditor?.notebook.cellAt(0);
      assert.ok(cell, 'the notebook is shown');
      return cell;
    });
    await eventually(() => {
      const ours = vscode.languages.getDiagnostics(document.uri).filter(({ source }) => source === 'image-captioner');
      assert.equal(ours.length, 1);
    });
    const position = new vscode.Position(0, 6);
    await eventually(async () => assert.match(await hoverText(document.uri, position), new RegExp(sampleAlts.login)));
    const place = { uri: document.uri.toString(), position: { line: position.line, character: position.character } };
    await vscode.commands.executeCommand('imageCaptioner.server.insertAltText', place);
    assert.equal(document.getText(), `![${sampleAlts.login}](images/login.png)`);
  });
});
