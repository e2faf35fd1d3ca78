import { parseToPanel, type FromPanel, type ToPanel } from '../../client/src/panelMessages.ts';

interface VsCodeApi {
  postMessage(message: FromPanel): void;
  getState(): unknown;
  setState(state: unknown): void;
}
declare function acquireVsCodeApi(): VsCodeApi;

/** The page's link to the extension, and its memory across hiding and reload. */
export interface Page {
  readonly send: (message: FromPanel) => void;
  readonly remember: (state: unknown) => void;
  readonly remembered: () => unknown;
}

export function connectPage(receive: (message: ToPanel) => void): Page {
  const api = acquireVsCodeApi();
  window.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
    const message = parseToPanel(data);
    if (message !== null) receive(message);
  });
  return {
    send: (message) => api.postMessage(message),
    remember: (state) => api.setState(state),
    remembered: () => api.getState(),
  };
}
