import type { Connection } from 'vscode-languageserver';
import type { TaskEvent } from './blip/index.ts';
import type { ModelLocation } from './models/modelLocation.ts';
import { modelStateNotification, type ModelState } from './protocol.ts';

/** Tells the editor what the model is doing, for its status item; the same state is not told twice in a row. */
export class ModelStateReporter {
  readonly #connection: Connection;
  #last = '';

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  event(event: TaskEvent, { id }: ModelLocation): void {
    switch (event.kind) {
      case 'loading':
        return this.report({ state: 'loading', model: id });
      case 'converting':
        return this.report({ state: 'converting', model: id, fraction: event.fraction, message: event.message });
      case 'loaded':
        return this.report({ state: 'ready', model: id, precision: event.model.precision });
      case 'step':
        return; // the panel's, which asked for it
    }
  }

  report(state: ModelState): void {
    const text = JSON.stringify(state);
    if (text === this.#last) return;
    this.#last = text;
    void this.#connection.sendNotification(modelStateNotification, state);
  }
}
