/** What the editor hears when the settings change under a running server. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { TestServer } from '../support/languageServer.ts';

/** The editor's settings; each time the server asks for them counts. */
const editor = {
  asked: 0,
  model: 'built-in',
  settings: {
    prefetch: false,
    get model(): string {
      editor.asked += 1;
      return editor.model;
    },
  },
};
const states: string[] = [];
let server: TestServer;

before(async () => {
  server = await TestServer.start({ settings: editor.settings });
  server.connection.onNotification('imageCaptioner/modelState', (said: { state: string; model: string }) => {
    states.push(`${said.state} ${said.model}`);
  });
  await until(() => editor.asked > 0);
});
after(() => server.stop());

async function until(holds: () => boolean): Promise<void> {
  for (let waited = 0; !holds(); waited += 20) {
    assert.ok(waited < 10_000, 'not within ten seconds');
    await setTimeout(20);
  }
}

async function change(model: string): Promise<void> {
  editor.model = model;
  const asked = editor.asked;
  await server.connection.sendNotification('workspace/didChangeConfiguration', { settings: null });
  await until(() => editor.asked > asked);
}

test('another model is shown before it is loaded, and nothing where it is the same', async () => {
  await change('built-in');
  await change('Salesforce/blip-image-captioning-base');
  await change('Salesforce/blip-image-captioning-base');
  await change('built-in');
  await until(() => states.length >= 2);
  assert.deepEqual(states, ['idle Salesforce/blip-image-captioning-base', 'idle built-in']);
});
