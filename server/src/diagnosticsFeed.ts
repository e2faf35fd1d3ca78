import {
  DiagnosticSeverity,
  DocumentDiagnosticReportKind,
  type Connection,
  type Diagnostic,
  type DocumentDiagnosticReport,
  type Position,
} from 'vscode-languageserver';
import { LSPErrorCodes, ResponseError } from 'vscode-languageserver/node';
import path from 'node:path';
import { URI } from 'vscode-uri';
import { abortSignal } from './abortSignal.ts';
import { untilAborted } from './blip/index.ts';
import type { FeatureWorld } from './features/featureWorld.ts';
import type { Problem } from './features/diagnostics.ts';
import { examineDocument } from './features/examineDocument.ts';
import { rulePage } from './features/rules/rules.ts';
import type { Severity } from './features/rules/rule.ts';
import type { AnalysedDocument } from './openDocuments.ts';

const severities: Readonly<Record<Severity, DiagnosticSeverity>> = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  information: DiagnosticSeverity.Information,
  hint: DiagnosticSeverity.Hint,
};

/** Stillness after a keystroke before problems are pushed, milliseconds. */
const pushDelay = 100;

interface Answered {
  readonly resultId: string;
  readonly items: readonly Diagnostic[];
}

/** Problems as the editor shows them: pulled by the clients that can, pushed to the others. */
export class DiagnosticsFeed {
  readonly #connection: Connection;
  readonly #world: FeatureWorld;
  readonly #root: string;
  readonly #timers = new Map<string, NodeJS.Timeout>();
  readonly #answered = new Map<string, Answered>();
  #nextResult = 1;

  /** @param root the installation: rules' pages lie in its docs/ */
  constructor(connection: Connection, world: FeatureWorld, root: string) {
    this.#connection = connection;
    this.#world = world;
    this.#root = root;
  }

  answerPulls(): void {
    this.#connection.languages.diagnostics.on(async ({ textDocument, previousResultId }, token) => {
      const signal = abortSignal(token);
      try {
        return await untilAborted(this.#report(textDocument.uri, previousResultId), signal);
      } catch (error) {
        // VS Code cancels a pull to begin another; told anything but this, it would not begin it.
        if (signal.aborted) throw new ResponseError(LSPErrorCodes.RequestCancelled, 'The client has cancelled.');
        // No answer instead of an empty one, which would take the problems off the screen.
        const why = error instanceof Error ? error.message : String(error);
        throw new ResponseError(LSPErrorCodes.ServerCancelled, why, { retriggerRequest: false });
      }
    });
  }

  /** Pushes soon; a further keystroke puts it off. */
  pushSoon(uri: string): void {
    clearTimeout(this.#timers.get(uri));
    this.#timers.set(
      uri,
      setTimeout(() => {
        this.#timers.delete(uri);
        void this.#push(uri);
      }, pushDelay),
    );
  }

  /** A pushed document was closed. */
  clear(uri: string): void {
    clearTimeout(this.#timers.get(uri));
    this.#timers.delete(uri);
    void this.#connection.sendDiagnostics({ uri, diagnostics: [] });
  }

  /** A pulled document was closed. */
  forget(uri: string): void {
    this.#answered.delete(uri);
  }

  async #report(uri: string, previous: string | undefined): Promise<DocumentDiagnosticReport> {
    const document = await this.#world.documents.analyse(uri);
    const items = document === null ? [] : await this.#diagnostics(document);
    const known = this.#answered.get(uri);
    if (known?.resultId === previous && known !== undefined && areSame(known.items, items)) {
      return { kind: DocumentDiagnosticReportKind.Unchanged, resultId: known.resultId };
    }
    const resultId = String(this.#nextResult++);
    if (document !== null) this.#answered.set(uri, { resultId, items });
    return { kind: DocumentDiagnosticReportKind.Full, resultId, items };
  }

  async #push(uri: string): Promise<void> {
    const document = await this.#world.documents.analyse(uri).catch(() => null);
    if (document === null) return;
    const diagnostics = await this.#diagnostics(document);
    // What a keystroke made stale meanwhile is pushed after it.
    if (this.#timers.has(uri)) return;
    await this.#connection.sendDiagnostics({ uri, version: document.version, diagnostics });
  }

  async #diagnostics(document: AnalysedDocument): Promise<Diagnostic[]> {
    const { problems } = await examineDocument(this.#world, document);
    return problems.map((problem) => this.#diagnostic(document, problem));
  }

  #diagnostic({ text }: AnalysedDocument, { rule, severity, range, message }: Problem): Diagnostic {
    return {
      range: { start: text.positionAt(range.start), end: text.positionAt(range.end) },
      severity: severities[severity],
      source: 'image-captioner',
      code: rule,
      codeDescription: { href: this.#page(rule) },
      message,
    };
  }

  readonly #pages = new Map<Problem['rule'], string>();

  #page(rule: Problem['rule']): string {
    const known = this.#pages.get(rule) ?? URI.file(path.join(this.#root, rulePage(rule))).toString();
    this.#pages.set(rule, known);
    return known;
  }
}

function areSame(some: readonly Diagnostic[], others: readonly Diagnostic[]): boolean {
  return some.length === others.length && some.every((one, index) => isSame(one, others[index]!));
}

/** In all that the client was told. */
function isSame(one: Diagnostic, other: Diagnostic): boolean {
  return (
    one.severity === other.severity &&
    one.code === other.code &&
    one.message === other.message &&
    isSamePlace(one.range.start, other.range.start) &&
    isSamePlace(one.range.end, other.range.end)
  );
}

function isSamePlace(one: Position, other: Position): boolean {
  return one.line === other.line && one.character === other.character;
}
