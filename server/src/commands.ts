import type { Connection, ExecuteCommandParams, WorkDoneProgressReporter } from 'vscode-languageserver';
import { ExecuteCommandRequest, MessageType, ShowMessageNotification } from 'vscode-languageserver/node';
import * as v from 'valibot';
import { abortSignal } from './abortSignal.ts';
import { BlipError } from './blip/index.ts';
import { insertAltText, type EditorActions } from './features/insertAltText.ts';
import type { FeatureWorld } from './features/featureWorld.ts';
import { workspaceCaptions, type WorkspaceCaptionsWorld } from './features/workspaceCaptions.ts';
import { serverCommands } from './protocol.ts';

const position = v.object({ line: v.number(), character: v.number() });
const insertAltTextArguments = v.object({
  uri: v.string(),
  position,
  replace: v.exactOptional(v.boolean()),
  another: v.exactOptional(v.pipe(v.number(), v.integer())),
  words: v.exactOptional(v.string()),
});
const captionWorkspaceArguments = v.object({
  uris: v.exactOptional(v.array(v.string())),
  review: v.exactOptional(v.boolean()),
  anyLanguage: v.exactOptional(v.boolean()),
});

const messageTypes = {
  information: MessageType.Info,
  warning: MessageType.Warning,
  error: MessageType.Error,
} as const;

/** What the commands need besides the features' world. */
export interface CommandsWorld extends FeatureWorld, WorkspaceCaptionsWorld {
  /** Ends the inference process and forgets what was set aside. */
  readonly restart: () => void;
  /** The client shows progress that the server begins. */
  readonly ownProgress: boolean;
}

/** `workspace/executeCommand`; a bad argument is told to the person, not thrown at them. */
export function registerCommands(connection: Connection, world: CommandsWorld): void {
  const editor: EditorActions = {
    applyEdit: (params) => connection.workspace.applyEdit(params),
    // Not connection.window.show…: those are requests, which a client may not know, and then the server would end.
    tell: (kind, message) =>
      void connection.sendNotification(ShowMessageNotification.type, { type: messageTypes[kind], message }),
  };
  // Not onExecuteCommand: it takes the client's progress token out of the parameters, and then nobody knows of it.
  connection.onRequest(ExecuteCommandRequest.type, async (params, token) => {
    const requested = abortSignal(token);
    try {
      return await execute(connection, world, editor, { params, signal: requested });
    } catch (error) {
      if (requested.aborted || (error instanceof BlipError && error.code === 'Aborted')) return null;
      editor.tell('error', error instanceof Error ? error.message : String(error));
      return null;
    }
  });
}

interface Call {
  readonly params: ExecuteCommandParams;
  readonly signal: AbortSignal;
}

async function execute(
  connection: Connection,
  world: CommandsWorld,
  editor: EditorActions,
  call: Call,
): Promise<unknown> {
  const { command, arguments: args = [] } = call.params;
  switch (command) {
    case serverCommands.insertAltText: {
      const parsed = parseArguments(command, insertAltTextArguments, args[0]);
      return withProgress(connection, world, call, (progress, signal) => {
        // Not cancellable: editors show such progress in the status bar, in nobody's way.
        progress.begin('Captioning the image');
        return insertAltText(world, editor, parsed, signal);
      });
    }
    case serverCommands.captionWorkspace: {
      const parsed = parseArguments(command, captionWorkspaceArguments, args[0] ?? {});
      return withProgress(connection, world, call, (progress, signal) =>
        workspaceCaptions(world, editor, parsed, progress, signal),
      );
    }
    case serverCommands.restart:
      world.restart();
      return null;
    default:
      throw new Error(`There is no command ${command}.`);
  }
}

function parseArguments<T extends v.GenericSchema>(command: string, schema: T, value: unknown): v.InferOutput<T> {
  const parsed = v.safeParse(schema, value);
  if (parsed.success) return parsed.output;
  throw new Error(`${command}: its argument is not understood: ${parsed.issues[0].message}`);
}

/** Progress under the client's token where it gave one, else under a token of our own. */
async function withProgress<T>(
  connection: Connection,
  world: CommandsWorld,
  { params, signal }: Call,
  work: (progress: WorkDoneProgressReporter, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const token = params.workDoneToken;
  const makeOwn = token === undefined && world.ownProgress;
  const own = makeOwn ? await connection.window.createWorkDoneProgress() : null;
  const progress = own ?? connection.window.attachWorkDoneProgress(token);
  try {
    return await work(progress, own === null ? signal : AbortSignal.any([signal, abortSignal(own.token)]));
  } finally {
    progress.done();
  }
}
