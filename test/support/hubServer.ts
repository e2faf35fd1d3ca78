import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';

/** What goes wrong with an answer; each is used up by one request for a file's bytes. */
export type Fault =
  | { readonly kind: 'none' }
  | { readonly kind: 'status'; readonly status: number; readonly retryAfter?: number | string }
  /** The connection breaks after so many bytes. */
  | { readonly kind: 'cut'; readonly after: number }
  /** It ends properly, but short. */
  | { readonly kind: 'short'; readonly after: number }
  | { readonly kind: 'stall'; readonly after: number }
  /** It stalls for a while and goes on. */
  | { readonly kind: 'pause'; readonly after: number; readonly ms: number }
  /** 200 and the whole file where a range was asked for; or its first bytes, and then the connection breaks. */
  | { readonly kind: 'no-range'; readonly cutAfter?: number }
  /** 206 and another range than was asked for. */
  | { readonly kind: 'wrong-range' }
  /** More than the file has. */
  | { readonly kind: 'long' }
  | { readonly kind: 'redirect'; readonly to: string }
  /** A proxy on the way compresses what was asked for as it is. */
  | { readonly kind: 'compressed' }
  | { readonly kind: 'tampered' };

export interface HubModelFiles {
  readonly files: Readonly<Record<string, Uint8Array>>;
  /** Of these the hub keeps a pointer in git and the bytes elsewhere, by their SHA-256. */
  readonly large: readonly string[];
  readonly license?: string;
  readonly gated?: boolean;
}

export interface SeenRequest {
  readonly method: string;
  readonly url: string;
  readonly host: string;
  readonly authorization: string | undefined;
  readonly range: string | undefined;
}

/** A server that speaks the hub's protocol as huggingface_hub and transformers.js use it, on this machine. */
export class HubServer {
  readonly #server: Server;
  /** Where large files redirect to: another host. */
  readonly #storage: Server;
  readonly #models = new Map<string, Map<string, HubModelFiles>>();
  readonly requests: SeenRequest[] = [];
  readonly faults: Fault[] = [];
  /** Bytes of files that left this server. */
  bytesSent = 0;
  discussions: readonly Record<string, unknown>[] = [];

  private constructor() {
    this.#server = createServer((request, response) => this.#answer(request, response));
    this.#storage = createServer((request, response) => this.#answerStorage(request, response));
  }

  static async start(): Promise<HubServer> {
    const hub = new HubServer();
    for (const server of [hub.#server, hub.#storage])
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return hub;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get #storageAddress(): string {
    return `http://localhost:${(this.#storage.address() as AddressInfo).port}`;
  }

  publish(id: string, revision: string, model: HubModelFiles): string {
    const revisions = this.#models.get(id) ?? new Map<string, HubModelFiles>();
    this.#models.set(id, revisions.set(revision, model));
    return commitOf(id, revision);
  }

  async stop(): Promise<void> {
    for (const server of [this.#server, this.#storage]) {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  }

  #note(request: IncomingMessage): void {
    const { method = '', url = '', headers } = request;
    this.requests.push({
      method,
      url,
      host: headers.host ?? '',
      authorization: headers.authorization,
      range: headers.range,
    });
  }

  #find(id: string, revision: string): { model: HubModelFiles; commit: string } | null {
    for (const [name, model] of this.#models.get(id) ?? []) {
      if (name === revision || commitOf(id, name) === revision) return { model, commit: commitOf(id, name) };
    }
    return null;
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    this.#note(request);
    const url = decodeURIComponent(new URL(request.url ?? '/', this.endpoint).pathname);
    const info = /^\/api\/models\/([^/]+\/[^/]+)(?:\/revision\/(.+))?$/u.exec(url);
    const discussions = /^\/api\/models\/[^/]+\/[^/]+\/discussions$/u.test(url);
    const tree = /^\/api\/models\/([^/]+\/[^/]+)\/tree\/(.+)$/u.exec(url);
    const file =
      /^\/([^/]+\/[^/]+)\/resolve\/(refs\/pr\/\d+|[^/]+)\/(.+)$/u.exec(url) ??
      /^\/api\/resolve-cache\/models\/([^/]+\/[^/]+)\/([0-9a-f]{40})\/(.+)$/u.exec(url);
    if (discussions) return json(response, { discussions: this.discussions, count: this.discussions.length, start: 0 });
    const asked = file ?? tree ?? info;
    const found = asked === null ? null : this.#find(asked[1]!, asked[2] ?? 'main');
    if (found === null) return refuse(response, 404, 'RepoNotFound');
    if (found.model.gated === true && request.headers.authorization !== 'Bearer good-token') {
      return refuse(response, request.headers.authorization === undefined ? 401 : 403, 'GatedRepo');
    }
    if (file !== null) return this.#answerFile(request, response, found, file[1]!, file[3]!);
    if (tree !== null) return json(response, treeOf(found.model));
    const siblings = Object.keys(found.model.files).map((rfilename) => ({ rfilename }));
    json(response, {
      id: info![1],
      sha: found.commit,
      siblings,
      private: false,
      cardData: { license: found.model.license ?? 'bsd-3-clause' },
    });
  }

  #answerFile(
    request: IncomingMessage,
    response: ServerResponse,
    { model, commit }: { model: HubModelFiles; commit: string },
    id: string,
    name: string,
  ): void {
    const bytes = model.files[name];
    if (bytes === undefined) return refuse(response, 404, 'EntryNotFound');
    response.setHeader('X-Repo-Commit', commit);
    const cached = `/api/resolve-cache/models/${id}/${commit}/${name}`;
    if (!model.large.includes(name)) {
      // The hub sends small files from its own host, after a redirect that leaves the host out; their tags may be weak.
      if (request.url !== cached)
        return void response.writeHead(307, { Location: cached, 'Content-Length': '0' }).end();
      response.setHeader('ETag', `W/"${gitHash(bytes)}"`);
      return this.#send(request, response, bytes);
    }
    const hash = createHash('sha256').update(bytes).digest('hex');
    response.writeHead(302, {
      'X-Linked-Etag': `"${hash}"`,
      'X-Linked-Size': String(bytes.length),
      ETag: `"${gitHash(pointer(bytes))}"`,
      Location: `${this.#storageAddress}/${hash}`,
      'Content-Length': '0',
    });
    response.end();
  }

  #answerStorage(request: IncomingMessage, response: ServerResponse): void {
    this.#note(request);
    // Addresses in the storage are signed for one method: asking for the head of one is refused.
    if (request.method !== 'GET') return refuse(response, 403, 'SignatureDoesNotMatch');
    const hash = (request.url ?? '/').slice(1);
    for (const revisions of this.#models.values()) {
      for (const { files, large } of revisions.values()) {
        const name = large.find((one) => createHash('sha256').update(files[one]!).digest('hex') === hash);
        if (name !== undefined) return this.#send(request, response, files[name]!);
      }
    }
    refuse(response, 404, 'NotFound');
  }

  /** The bytes, or the range that was asked for, or what the next fault makes of it. */
  #send(request: IncomingMessage, response: ServerResponse, whole: Uint8Array): void {
    if (request.method === 'HEAD') {
      response.writeHead(200, { 'Content-Length': String(whole.length), 'Accept-Ranges': 'bytes' });
      response.end();
      return;
    }
    const fault = this.faults.shift();
    if (fault?.kind === 'compressed') {
      response.writeHead(200, { 'Content-Encoding': 'gzip' }).end(gzipSync(whole));
      return;
    }
    if (fault?.kind === 'status') {
      const headers = fault.retryAfter === undefined ? {} : { 'Retry-After': String(fault.retryAfter) };
      response.writeHead(fault.status, headers).end();
      return;
    }
    if (fault?.kind === 'redirect') {
      response.writeHead(302, { Location: fault.to, 'Content-Length': '0' }).end();
      return;
    }
    const from = fault?.kind === 'no-range' ? 0 : Number(/^bytes=(\d+)-$/u.exec(request.headers.range ?? '')?.[1] ?? 0);
    const source =
      fault?.kind === 'tampered' ? whole.map((byte, index) => (index === whole.length - 1 ? byte ^ 1 : byte)) : whole;
    if (from >= whole.length && whole.length > 0) {
      response.writeHead(416, { 'Content-Range': `bytes */${whole.length}` }).end();
      return;
    }
    const body = fault?.kind === 'long' ? Buffer.concat([source, source]) : source.subarray(from);
    const first = fault?.kind === 'wrong-range' ? from + 1 : from;
    const ranges = from > 0 ? { 'Content-Range': `bytes ${first}-${whole.length - 1}/${whole.length}` } : {};
    const length = fault?.kind === 'short' ? {} : { 'Content-Length': String(body.length) };
    response.writeHead(from > 0 ? 206 : 200, { ...ranges, ...length });
    const cutAfter = fault?.kind === 'no-range' ? fault.cutAfter : undefined;
    const part = body.subarray(0, fault !== undefined && 'after' in fault ? fault.after : cutAfter);
    this.bytesSent += part.length;
    response.write(part, () => {
      if (fault?.kind === 'cut' || cutAfter !== undefined) response.destroy();
      else if (fault?.kind === 'pause') setTimeout(() => response.end(body.subarray(fault.after)), fault.ms);
      else if (fault?.kind !== 'stall') response.end();
    });
  }
}

export function commitOf(id: string, revision: string): string {
  return createHash('sha1').update(`${id}@${revision}`).digest('hex');
}

/** What git holds in a large file's place. */
function pointer(bytes: Uint8Array): Buffer {
  const hash = createHash('sha256').update(bytes).digest('hex');
  return Buffer.from(`version https://git-lfs.github.com/spec/v1\noid sha256:${hash}\nsize ${bytes.length}\n`);
}

function treeOf({ files, large }: HubModelFiles): unknown[] {
  return Object.entries(files).map(([path, bytes]) => {
    const entry = { type: 'file', path, size: bytes.length };
    if (!large.includes(path)) return { ...entry, oid: gitHash(bytes) };
    const oid = createHash('sha256').update(bytes).digest('hex');
    return {
      ...entry,
      oid: gitHash(pointer(bytes)),
      lfs: { oid, size: bytes.length, pointerSize: pointer(bytes).length },
    };
  });
}

/** As git names a blob. */
export function gitHash(bytes: Uint8Array): string {
  return createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex');
}

function json(response: ServerResponse, value: unknown): void {
  response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(value));
}

function refuse(response: ServerResponse, status: number, code: string): void {
  response.writeHead(status, { 'X-Error-Code': code }).end();
}
