import { EnvHttpProxyAgent, request, type Dispatcher } from 'undici';
import { BlipError } from '../blip/errors.ts';

/** The world of requests: what to trust with the token, and how patient to be. */
export interface HubNetwork {
  readonly endpoint: string;
  readonly token: string | null;
  /** A connection that gives nothing for so long is given up, milliseconds. */
  readonly stallMs: number;
  /** Waits between tries, milliseconds; its length is the number of further tries. */
  readonly waits: readonly number[];
}

export interface HubAnswer {
  readonly status: number;
  /** Of the last response; X-Repo-Commit, X-Linked-Etag and X-Linked-Size of the first that had them. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Dispatcher.ResponseData['body'];
}

/** What may pass by itself: the connection broke or stalled, the server is overloaded. */
export class PassingFault extends Error {
  /** What the server asked for, milliseconds. */
  readonly retryAfterMs: number | null;
  /** More has arrived than before it: patience begins anew, so that a large file comes over a bad line too. */
  readonly advanced: boolean;

  constructor(message: string, retryAfterMs: number | null = null, advanced = false) {
    super(message);
    this.retryAfterMs = retryAfterMs;
    this.advanced = advanced;
  }

  afterProgress(): PassingFault {
    return new PassingFault(this.message, this.retryAfterMs, true);
  }
}

const mostRedirects = 5;
/** Headers that the hub sets on the response that redirects to its storage. */
const hubHeaders = ['x-repo-commit', 'x-linked-etag', 'x-linked-size'];
/** A server may ask for any wait; nobody sits through an hour of it. */
const longestWaitMs = 120_000;

/** HTTPS_PROXY, HTTP_PROXY and NO_PROXY are honoured. */
const agent = new EnvHttpProxyAgent();

/**
 * One request, redirects followed; the token goes to the endpoint's own host alone.
 * @throws PassingFault; BlipError ModelUnavailable for what will not pass (401, 403, 404, a redirect in a circle)
 */
export async function hubRequest(
  network: HubNetwork,
  method: 'GET' | 'HEAD',
  url: string,
  extra: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<HubAnswer> {
  let address = new URL(url);
  const kept: Record<string, string> = {};
  for (let hop = 0; hop <= mostRedirects; hop += 1) {
    const response = await send(network, method, address, extra, signal);
    const headers = flatHeaders(response.headers);
    for (const name of hubHeaders) if (headers[name] !== undefined) kept[name] ??= headers[name];
    const { statusCode: status, body } = response;
    const location = headers['location'];
    if (status >= 300 && status < 400 && location !== undefined) {
      await body.dump();
      // The hub has said all there is to say; its storage signs addresses for GET alone and refuses HEAD.
      if (method === 'HEAD' && kept['x-linked-etag'] !== undefined && kept['x-linked-size'] !== undefined) {
        return { status: 200, headers: { ...headers, ...kept }, body };
      }
      address = new URL(location, address);
      continue;
    }
    if (status === 416 || status < 300) return { status, headers: { ...headers, ...kept }, body };
    await body.dump();
    throw isOwn(network, address) ? refusal(status, url, headers) : refusalElsewhere(status, address, headers);
  }
  throw new BlipError('ModelUnavailable', `${url}: more than ${mostRedirects} redirects. Check the hub's address.`);
}

async function send(
  network: HubNetwork,
  method: 'GET' | 'HEAD',
  address: URL,
  extra: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<Dispatcher.ResponseData> {
  if (address.protocol !== 'https:' && address.protocol !== 'http:') {
    throw new BlipError('ModelUnavailable', `The hub redirected to ${address.protocol}, which is not followed.`);
  }
  const mayHaveToken = isOwn(network, address) && network.token !== null;
  const authorization = mayHaveToken ? { authorization: `Bearer ${network.token}` } : {};
  const headers = { 'user-agent': 'image-captioner', 'accept-encoding': 'identity', ...authorization, ...extra };
  try {
    const { stallMs: headersTimeout } = network;
    return await request(address, {
      method,
      headers,
      signal,
      dispatcher: agent,
      headersTimeout,
      bodyTimeout: headersTimeout,
    });
  } catch (error) {
    signal.throwIfAborted();
    throw new PassingFault(`${address.host}: ${wordsOf(error)}`);
  }
}

/** The hub itself: its scheme, host and port. */
function isOwn({ endpoint }: HubNetwork, address: URL): boolean {
  return address.origin === new URL(endpoint).origin;
}

/** A host with several addresses fails with an error of errors, which has no words of its own. */
function wordsOf(error: unknown): string {
  const { message, code } = error as NodeJS.ErrnoException;
  if (message !== '') return message;
  const inner = error instanceof AggregateError ? (error.errors as Error[]).map((one) => one.message) : [];
  return inner.length > 0 ? inner.join('; ') : (code ?? 'the connection failed');
}

function flatHeaders(headers: Dispatcher.ResponseData['headers']): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) flat[name.toLowerCase()] = Array.isArray(value) ? (value[0] ?? '') : value;
  }
  return flat;
}

function refusal(status: number, url: string, headers: Readonly<Record<string, string>>): Error {
  if (status === 408 || status === 429 || status >= 500) {
    return new PassingFault(
      status === 429 ? 'the hub asks to wait (429)' : `the hub answers with an error (${status})`,
      retryAfterMs(headers['retry-after']),
    );
  }
  const reasons: Readonly<Record<number, string>> = {
    401: 'the hub wants to know who asks (401). The model is private, gated or does not exist: check its name, and set HF_TOKEN to a token that may read it.',
    403: "the hub refuses this token (403). Accept the model's terms on its page, or use a token with access.",
    404: 'the hub has no such model, revision or file (404). Check the spelling.',
  };
  return new BlipError(
    'ModelUnavailable',
    `${url}: ${reasons[status] ?? `the hub answers ${status}, which is not expected.`}`,
  );
}

/** The storage's addresses are signed for some minutes: the next try asks the hub for a new one. */
function refusalElsewhere(status: number, { host }: URL, headers: Readonly<Record<string, string>>): PassingFault {
  return new PassingFault(
    `${host}, where the hub keeps the file, answers ${status}`,
    retryAfterMs(headers['retry-after']),
  );
}

/** Seconds, or a date. @returns null where it says neither */
function retryAfterMs(header: string | undefined): number | null {
  if (header === undefined) return null;
  const ms = /^\s*\d+\s*$/u.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now();
  return Number.isNaN(ms) ? null : Math.min(Math.max(ms, 0), longestWaitMs);
}

/** Tries again what may pass, with growing waits; `beforeRetry` is told what happened. */
export async function withRetries<T>(
  network: HubNetwork,
  what: string,
  work: () => Promise<T>,
  beforeRetry: (message: string) => void,
  signal: AbortSignal,
): Promise<T> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof PassingFault)) throw error;
      if (error.advanced) attempt = 0;
      const wait = network.waits[attempt];
      if (wait === undefined) {
        throw new BlipError(
          'ModelUnavailable',
          `${what}: ${error.message}, also after ${network.waits.length} more tries. Check the connection, or try again later: what has arrived is kept.`,
          { cause: error },
        );
      }
      beforeRetry(`${what}: ${error.message}; trying again`);
      await pause(error.retryAfterMs ?? wait, signal);
    }
  }
}

export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => (signal.removeEventListener('abort', stop), resolve()), ms);
    const stop = (): void => (clearTimeout(timer), reject(signal.reason as Error));
    signal.addEventListener('abort', stop, { once: true });
  });
}
