import { DiagnosticSeverity, DocumentDiagnosticReportKind, type Connection, type Diagnostic } from 'vscode-languageserver';
import path from 'node:path';
import { URI } from 'vscode-uri';
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
const pushDelay = 150;

/** Problems as the editor shows them: pulled by the clients that can, pushed to the others. */
export class DiagnosticsFeed {
  readonly #connection: Connection;
  readonly #world: FeatureWorld;
  readonly #root: string;
  readonly #timers = new Map<string, NodeJS.Timeout>();

  /** @param root the installation: rules' pages lie in its docs/ */
  constructor(connection: Connection, world: FeatureWorld, root: string) {
    this.#connection = connection;
    this.#world = world;
    this.#root = root;
  }

  answerPulls(): void {
    this.#connection.languages.diagnostics.on(async ({ textDocument }) => ({
      kind: DocumentDiagnosticReportKind.Full,
      items: await this.diagnostics(textDocument.uri),
    }));
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

  clear(uri: string): void {
    clearTimeout(this.#timers.get(uri));
    this.#timers.delete(uri);
    void this.#connection.sendDiagnostics({ uri, diagnostics: [] });
  }

  async diagnostics(uri: string): Promise<Diagnostic[]> {
    // A document that changes while it is read has a newer request behind this one.
    const document = await this.#world.documents.analyse(uri).catch(() => null);
    if (document === null) return [];
    const { problems } = await examineDocument(this.#world, document);
    return problems.map((problem) => this.#diagnostic(document, problem));
  }

  async #push(uri: string): Promise<void> {
    const document = await this.#world.documents.analyse(uri).catch(() => null);
    if (document === null) return;
    const diagnostics = await this.diagnostics(uri);
    await this.#connection.sendDiagnostics({ uri, version: document.version, diagnostics });
  }

  #diagnostic({ text }: AnalysedDocument, { rule, severity, range, message }: Problem): Diagnostic {
    return {
      range: { start: text.positionAt(range.start), end: text.positionAt(range.end) },
      severity: severities[severity],
      source: 'image-captioner',
      code: rule,
      codeDescription: { href: URI.file(path.join(this.#root, rulePage(rule))).toString() },
      message,
    };
  }
}
