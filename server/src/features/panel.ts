import type { Connection } from 'vscode-languageserver';
import { RequestType } from 'vscode-languageserver/node';
import { abortSignal } from '../abortSignal.ts';
import { BlipError } from '../blip/index.ts';
import type { ModelRegistry } from '../models/registry.ts';
import {
  panelRequests,
  panelStepNotification,
  type PanelAttention,
  type PanelAttentionParams,
  type PanelModels,
  type PanelPictureResult,
  type PanelPictureSource,
  type PanelReference,
  type PanelReferenceParams,
  type PanelRunParams,
  type PanelRunResult,
} from '../protocol.ts';
import type { FeatureWorld } from './featureWorld.ts';
import { PanelAttentions } from './panelAttention.ts';
import { panelReferenceAt } from './panelReference.ts';
import { panelPicture, panelRun, type PanelWorld } from './panelRun.ts';

/** The panel's requests of protocol.ts. A cancelled run ends as a request cancelled by the protocol does. */
export function registerPanel(connection: Connection, features: FeatureWorld, registry: ModelRegistry): void {
  const attentions = new PanelAttentions();
  const world: PanelWorld = {
    ...features,
    attentions,
    tell: (step) => void connection.sendNotification(panelStepNotification, step),
  };
  connection.onRequest(new RequestType<object, PanelModels, void>(panelRequests.models), async () => {
    const { model, precision } = await features.settings('');
    const listed = await registry.list();
    // A folder, or a model that is not there any more: what the settings say can always be chosen.
    const current = await registry.find(model).catch((error: unknown) => {
      if (error instanceof BlipError) return null;
      throw error;
    });
    const missing = current !== null && listed.every(({ id }) => id !== model) ? [current] : [];
    const models = [...listed, ...missing].map(({ id, source }) => ({ id, source }));
    return { models, current: { id: model, precision } };
  });
  connection.onRequest(
    new RequestType<PanelPictureSource, PanelPictureResult, void>(panelRequests.picture),
    (source, token) => panelPicture(world, source, abortSignal(token)),
  );
  connection.onRequest(
    new RequestType<PanelReferenceParams, PanelReference | null, void>(panelRequests.referenceAt),
    (params) => panelReferenceAt(features, params),
  );
  connection.onRequest(new RequestType<PanelRunParams, PanelRunResult, void>(panelRequests.run), (params, token) =>
    panelRun(world, params, abortSignal(token)),
  );
  connection.onRequest(
    new RequestType<PanelAttentionParams, PanelAttention | null, void>(panelRequests.attention),
    (params) => attentions.map(params),
  );
}
