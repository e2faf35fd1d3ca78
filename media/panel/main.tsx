/** The panel's page. */
import './translation.ts'; // first: what follows speaks
import { render } from 'preact';
import { CaptionPart } from './captionPart.tsx';
import { HistoryPart } from './historyPart.tsx';
import { InsidePart } from './insidePart.tsx';
import { connectPage } from './page.ts';
import { Panel } from './panel.ts';
import type { PanelState } from './panelState.ts';
import { ParameterPart } from './parameterPart.tsx';
import { PicturePart, upload } from './picturePart.tsx';
import { strings } from './strings.ts';

/** A word of success goes by itself; a problem stays until it is closed. */
const noticeMs = 4000;

function Page({ panel, state }: { readonly panel: Panel; readonly state: PanelState }) {
  const { notice } = state;
  return (
    <main>
      <h1 class="title">{strings.title}</h1>
      <div class="top">
        <PicturePart panel={panel} state={state} />
        <CaptionPart panel={panel} state={state} />
      </div>
      <ParameterPart panel={panel} state={state} />
      <InsidePart panel={panel} state={state} />
      <HistoryPart panel={panel} state={state} />
      <div class="notice" role={notice?.kind === 'problem' ? 'alert' : 'status'} data-kind={notice?.kind}>
        {notice !== null && <span>{notice.message}</span>}
        {notice?.kind === 'problem' && (
          <button class="link" onClick={() => panel.update({ notice: null })}>
            {strings.close}
          </button>
        )}
      </div>
    </main>
  );
}

function start(root: HTMLElement): void {
  const waiting: Parameters<Panel['receive']>[0][] = [];
  let panel: Panel | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let frame: number | null = null;
  const page = connectPage((message) => (panel === null ? waiting.push(message) : panel.receive(message)));
  const draw = (state: PanelState): void => {
    if (frame !== null) cancelAnimationFrame(frame);
    // Steps come faster than they can be seen: one drawing a frame.
    frame = requestAnimationFrame(() => {
      frame = null;
      if (panel === null) return;
      root.querySelector('main[aria-busy]')?.remove(); // the frame that stood here until now
      render(<Page panel={panel} state={state} />, root);
    });
    clearTimeout(timer);
    if (state.notice?.kind === 'done') timer = setTimeout(() => panel?.update({ notice: null }), noticeMs);
  };
  const made = new Panel(page, draw);
  panel = made;
  waiting.forEach((message) => made.receive(message));
  acceptPictures(made);
}

/** Drop and paste, anywhere on the page. */
function acceptPictures(panel: Panel): void {
  document.addEventListener('dragover', (event) => {
    event.preventDefault();
    document.body.dataset['dragging'] = 'true';
  });
  document.addEventListener('dragleave', () => delete document.body.dataset['dragging']);
  document.addEventListener('drop', (event) => {
    event.preventDefault();
    delete document.body.dataset['dragging'];
    const [file] = event.dataTransfer?.files ?? [];
    const uri = event.dataTransfer
      ?.getData('text/uri-list')
      .split(/\r?\n/)
      .find((line) => line !== '' && !line.startsWith('#'));
    if (file !== undefined) void upload(panel, file);
    else if (uri !== undefined && /^(?:file|vscode-remote):/.test(uri)) panel.send({ type: 'open', uri });
  });
  document.addEventListener('paste', (event) => {
    const file = [...(event.clipboardData?.files ?? [])].find(({ type }) => type.startsWith('image/'));
    if (file === undefined) return;
    event.preventDefault();
    void upload(panel, file);
  });
}

const root = document.getElementById('panel');
if (root !== null) start(root);
