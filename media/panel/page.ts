import { parseToPanel, type FromPanel, type ToPanel } from '../../client/src/panelMessages.ts';
import type { Page } from './panel.ts';

interface VsCodeApi {
  postMessage(message: FromPanel): void;
  getState(): unknown;
  setState(state: unknown): void;
}
declare function acquireVsCodeApi(): VsCodeApi;

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
