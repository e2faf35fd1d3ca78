/** An independent client: Debian's Emacs with Eglot drives `image-captioner lsp --stdio`. Its problems are pushed. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { systemTool } from '../support/systemTool.ts';
import { Terminal } from '../support/terminal.ts';

let terminal: Terminal;
before(async () => {
  terminal = await Terminal.create();
  await terminal.file('img/wand.png', { picture: '001-emoji.png' });
});
after(() => terminal.remove());

/** Opens the page, waits for its problem, hovers, takes the first quick fix, saves; each result as a line. */
const script = (server: readonly string[], report: string): string => `
(package-initialize)
(require 'eglot)
(require 'flymake)
(define-derived-mode page-mode text-mode "Page")
(add-to-list 'auto-mode-alist '("\\\\.md\\\\'" . page-mode))
(setq eglot-confirm-server-initiated-edits nil
      eglot-sync-connect t
      eglot-connect-timeout 60
      make-backup-files nil)
(defvar lines nil)
(defun tell (line) (push line lines))
(defun wait-for (done)
  (let ((end (+ (float-time) 30)))
    (while (and (not (funcall done)) (< (float-time) end)) (accept-process-output nil 0.05))))
(find-file "page.md")
(put 'page-mode 'eglot-language-id "markdown")
(add-to-list 'eglot-server-programs '(page-mode . (${server.map((each) => JSON.stringify(each)).join(' ')})))
(apply #'eglot (eglot--guess-contact))
(let ((server (eglot-current-server)))
  (flymake-start)
  (wait-for (lambda () (flymake-diagnostics)))
  (dolist (each (flymake-diagnostics))
    (tell (format "diagnostic %d %s" (line-number-at-pos (flymake-diagnostic-beg each)) (flymake-diagnostic-text each))))
  (goto-char (point-min))
  (search-forward "](")
  (let ((hover (jsonrpc-request server :textDocument/hover (eglot--TextDocumentPositionParams) :timeout 60)))
    (tell (concat "hover " (replace-regexp-in-string "\\n+" " " (plist-get (plist-get hover :contents) :value)))))
  (let ((action (car (eglot-code-actions (point) (point)))))
    (tell (concat "action " (plist-get action :title)))
    (let ((command (plist-get action :command)))
      (jsonrpc-request server :workspace/executeCommand
        (list :command (plist-get command :command) :arguments (plist-get command :arguments)) :timeout 60)))
  (wait-for (lambda () (string-match-p "wand emoji" (buffer-string))))
  (save-buffer)
  (eglot-shutdown server))
(with-temp-file ${JSON.stringify(report)} (insert (mapconcat #'identity (reverse lines) "\\n")))
`;

test('Emacs shows the problem and the caption, and applies the quick fix', async () => {
  const emacs = systemTool('emacs', 'emacs-nox', 'elpa-eglot');
  await terminal.file('page.md', '# Page 😀\n\n😀 ![](img/wand.png)\n');
  const report = terminal.path('report.txt');
  const drive = await terminal.file('drive.el', script([...terminal.program, 'lsp', '--stdio'], report));
  execFileSync(emacs, ['--batch', '--load', drive], {
    cwd: terminal.folder,
    env: { ...process.env, ...terminal.env },
    timeout: 120_000,
    stdio: 'pipe',
  });
  const [diagnostic, hover, action] = (await readFile(report, 'utf8')).split('\n');
  assert.match(diagnostic!, /^diagnostic 3 .*alt/u);
  assert.match(hover!, /\*\*A magic wand emoji\*\* \(confidence 92 %\)/);
  assert.equal(action, 'action Insert alt text: A magic wand emoji');
  assert.equal(
    await readFile(terminal.path('page.md'), 'utf8'),
    '# Page 😀\n\n😀 ![A magic wand emoji](img/wand.png)\n',
  );
});
