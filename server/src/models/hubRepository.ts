import * as v from 'valibot';
import { BlipError } from '../blip/errors.ts';
import { hubRequest, PassingFault, withRetries, type HubNetwork } from './hubRequest.ts';

/** A file of a model on the hub. */
export interface HubFile {
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  /** SHA-256 of a large file, git's SHA-1 of a small one: its name among the blobs, and what it is verified by. */
  readonly etag: string;
}

/** What a download would bring, before anything is fetched: for the person to decide. */
export interface HubModel {
  readonly id: string;
  /** As asked for: `main`, a tag, a commit, or the conversion's `refs/pr/N`. */
  readonly revision: string;
  readonly commit: string;
  readonly license: string | null;
  readonly files: readonly HubFile[];
  readonly bytes: number;
}

const infoSchema = v.object({
  sha: v.pipe(v.string(), v.regex(/^[0-9a-f]{40}$/u)),
  siblings: v.array(v.object({ rfilename: v.string() })),
  cardData: v.nullish(v.object({ license: v.nullish(v.union([v.string(), v.array(v.string())])) })),
});
const discussionsSchema = v.object({
  discussions: v.array(
    v.object({
      num: v.number(),
      title: v.string(),
      isPullRequest: v.boolean(),
      author: v.nullish(v.object({ name: v.nullish(v.string()) })),
    }),
  ),
});
type Info = v.InferOutput<typeof infoSchema>;

/** Beside the weights; those that a model does not have are left out. */
const sideFiles = [
  'config.json',
  'generation_config.json',
  'preprocessor_config.json',
  'tokenizer.json',
  'tokenizer_config.json',
  'special_tokens_map.json',
  'vocab.txt',
  'captioner.json',
];
/** The hub's own robot offers a safetensors copy under this title; Transformers looks for the same. */
const conversion = { title: 'Adding `safetensors` variant of this model', author: 'SFconvertbot' };

/** The hub's models are `owner/name`; a folder's path never passes for one. */
export function isHubId(name: string): boolean {
  return /^[\w][\w.-]*\/[\w][\w.-]*$/u.test(name) && !name.includes('..');
}

/**
 * Asks the hub about a model: which files are needed, how large they are. Safetensors are preferred; where main has
 * none, those of the hub's own conversion are taken.
 * @throws BlipError ModelUnavailable
 */
export async function hubModel(
  network: HubNetwork,
  id: string,
  revision: string | null,
  signal: AbortSignal,
): Promise<HubModel> {
  const asked = await askInfo(network, id, revision ?? 'main', signal);
  let [chosen, found] = [revision ?? 'main', asked];
  if (revision === null && !hasSafetensors(asked)) {
    const converted = await conversionRevision(network, id, signal);
    const other = converted === null ? null : await askInfo(network, id, converted, signal).catch(() => null);
    if (converted !== null && other !== null && hasSafetensors(other)) [chosen, found] = [converted, other];
  }
  const names = await neededFiles(network, id, found, signal);
  const files = await Promise.all(names.map((name) => askFile(network, id, found.sha, name, signal)));
  const license = asked.cardData?.license ?? null;
  return {
    id,
    revision: chosen,
    commit: found.sha,
    license: Array.isArray(license) ? license.join(', ') : license,
    files,
    bytes: files.reduce((sum, { size }) => sum + size, 0),
  };
}

/** Where a file of a model lies; the name's slashes stay, a revision's do not (`refs/pr/7`). */
export function fileUrl(endpoint: string, id: string, revision: string, name: string): string {
  return `${endpoint}/${id}/resolve/${encodeURIComponent(revision)}/${name.split('/').map(encodeURIComponent).join('/')}`;
}

function hasSafetensors({ siblings }: Info): boolean {
  return siblings.some(({ rfilename }) => /^model\.safetensors(?:\.index\.json)?$/u.test(rfilename));
}

async function askInfo(network: HubNetwork, id: string, revision: string, signal: AbortSignal): Promise<Info> {
  const url = `${network.endpoint}/api/models/${id}/revision/${encodeURIComponent(revision)}`;
  const parsed = v.safeParse(infoSchema, await askJson(network, url, `the hub's description of ${id}`, signal));
  if (parsed.success) return parsed.output;
  throw new BlipError(
    'ModelUnavailable',
    `${url}: the answer is not the hub's (${parsed.issues[0].message}). Check the hub's address.`,
  );
}

async function askJson(network: HubNetwork, url: string, what: string, signal: AbortSignal): Promise<unknown> {
  return withRetries(
    network,
    what,
    async () => {
      const { body } = await hubRequest(network, 'GET', url, {}, signal);
      const text = await body.text().catch((error: Error) => {
        throw new PassingFault(`the connection broke (${error.message})`);
      });
      return jsonOrNull(text);
    },
    () => undefined,
    signal,
  );
}

/** No JSON is no answer of the hub's: what is asked for is missing in null, and said to be. */
function jsonOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** The pull request in which the hub's robot converted the weights; null where there is none. */
async function conversionRevision(network: HubNetwork, id: string, signal: AbortSignal): Promise<string | null> {
  const url = `${network.endpoint}/api/models/${id}/discussions`;
  const answer = await askJson(network, url, `the pull requests of ${id}`, signal).catch(() => null);
  const parsed = v.safeParse(discussionsSchema, answer);
  if (!parsed.success) return null;
  const offer = parsed.output.discussions.find(
    ({ title, isPullRequest, author }) =>
      isPullRequest && title === conversion.title && author?.name === conversion.author,
  );
  return offer === undefined ? null : `refs/pr/${offer.num}`;
}

async function neededFiles(network: HubNetwork, id: string, info: Info, signal: AbortSignal): Promise<string[]> {
  const there = new Set(info.siblings.map(({ rfilename }) => rfilename));
  if (!there.has('config.json')) {
    throw new BlipError(
      'ModelUnavailable',
      `${id} on the hub has no config.json: it is not a model that can be used here.`,
    );
  }
  return [...sideFiles.filter((name) => there.has(name)), ...(await weightFiles(network, id, info, there, signal))];
}

const indexSchema = v.object({ weight_map: v.record(v.string(), v.string()) });

async function weightFiles(
  network: HubNetwork,
  id: string,
  { sha }: Info,
  there: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<string[]> {
  for (const name of ['model.safetensors', 'pytorch_model.bin']) {
    if (there.has(name)) return [name];
    const index = `${name}.index.json`;
    if (!there.has(index)) continue;
    const parsed = v.safeParse(
      indexSchema,
      await askJson(network, fileUrl(network.endpoint, id, sha, index), index, signal),
    );
    if (!parsed.success) throw new BlipError('ModelUnavailable', `${id}: ${index} is not an index of shards.`);
    const shards = [...new Set(Object.values(parsed.output.weight_map))];
    const stray = shards.find((shard) => shard.includes('/') || shard.includes('\\') || !there.has(shard));
    if (stray !== undefined)
      throw new BlipError('ModelUnavailable', `${id}: ${index} names ${stray}, which the model does not have.`);
    return [index, ...shards];
  }
  throw new BlipError(
    'ModelUnavailable',
    `${id} on the hub has no weights that can be read: neither model.safetensors nor pytorch_model.bin.`,
  );
}

/** What a file of the hub is verified by. @throws BlipError ModelUnavailable */
export async function fileHash(
  network: HubNetwork,
  id: string,
  commit: string,
  name: string,
  signal: AbortSignal,
): Promise<string> {
  return (await askFile(network, id, commit, name, signal)).etag;
}

async function askFile(
  network: HubNetwork,
  id: string,
  commit: string,
  name: string,
  signal: AbortSignal,
): Promise<HubFile> {
  const url = fileUrl(network.endpoint, id, commit, name);
  const ask = (): ReturnType<typeof hubRequest> => hubRequest(network, 'HEAD', url, {}, signal);
  const { headers, body } = await withRetries(network, name, ask, () => undefined, signal);
  await body.dump();
  const etag = (headers['x-linked-etag'] ?? headers['etag'] ?? '').replace(/^W\//u, '').replaceAll('"', '');
  const size = Number(headers['x-linked-size'] ?? headers['content-length']);
  if (!/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/u.test(etag) || !Number.isSafeInteger(size) || size < 0) {
    throw new BlipError(
      'ModelUnavailable',
      `${url}: the answer has no ETag and length of the hub's kind. Check the hub's address.`,
    );
  }
  return { name, size, etag };
}
