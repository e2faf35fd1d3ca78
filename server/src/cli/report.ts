import { readFile } from 'node:fs/promises';
import path from 'node:path';
import * as v from 'valibot';
import { UsageError, type CommandIo } from './commandIo.ts';

const imageSchema = v.object({
  line: v.number(),
  column: v.number(),
  target: v.nullable(v.string()),
  status: v.picklist(['written', 'abstained', 'failed']),
  alt: v.nullable(v.string()),
  confidence: v.nullable(v.number()),
  /** Why not, in a sentence; null where it was written. */
  reason: v.nullable(v.string()),
});
const documentSchema = v.object({ file: v.string(), images: v.array(imageSchema) });
const reportSchema = v.object({
  version: v.literal(1),
  model: v.string(),
  dryRun: v.boolean(),
  shard: v.nullable(v.string()),
  documents: v.array(documentSchema),
  written: v.number(),
  abstained: v.number(),
  failed: v.number(),
});

export type ReportImage = v.InferOutput<typeof imageSchema>;
export type ReportDocument = v.InferOutput<typeof documentSchema>;
/** What `write --report` leaves behind and `merge` joins; positions from 1, UTF-16. */
export type Report = v.InferOutput<typeof reportSchema>;

export function makeReport(
  head: Pick<Report, 'model' | 'dryRun' | 'shard'>,
  documents: readonly ReportDocument[],
): Report {
  const images = documents.flatMap(({ images }) => images);
  const count = (status: ReportImage['status']): number => images.filter((image) => image.status === status).length;
  return {
    version: 1,
    ...head,
    documents: documents.toSorted((a, b) => (a.file < b.file ? -1 : 1)),
    written: count('written'),
    abstained: count('abstained'),
    failed: count('failed'),
  };
}

/** @throws UsageError naming the file that is no report */
export async function readReport(name: string, io: CommandIo): Promise<Report> {
  const text = await readFile(path.resolve(io.cwd, name), 'utf8').catch(({ code, message }: NodeJS.ErrnoException) => {
    throw new UsageError(
      `${name}: ${code === 'ENOENT' ? 'there is no such report' : `cannot be read (${code ?? message})`}.`,
    );
  });
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), reportSchema), text);
  if (parsed.success) return parsed.output;
  throw new UsageError(`${name}: is not a report of image-captioner write: ${parsed.issues[0].message}.`);
}
