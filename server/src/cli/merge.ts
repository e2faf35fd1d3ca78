import { exitCodes, UsageError, type CommandIo } from './commandIo.ts';
import { readArguments } from './readArguments.ts';
import { makeReport, readReport } from './report.ts';

/** `image-captioner merge REPORT…`: the shards' reports as one, on stdout. */
export async function merge(args: string[], io: CommandIo): Promise<number> {
  const { positionals } = readArguments(args, {});
  if (positionals.length === 0) throw new UsageError('merge takes the REPORT files that write --report left.');
  const reports = await Promise.all(positionals.map((name) => readReport(name, io)));
  const models = [...new Set(reports.map(({ model }) => model))];
  const files = new Set<string>();
  for (const { file } of reports.flatMap(({ documents }) => documents)) {
    if (files.has(file)) throw new UsageError(`${file} stands in several reports: are they shards of one run?`);
    files.add(file);
  }
  const head = { model: models.join(', '), dryRun: reports.some(({ dryRun }) => dryRun), shard: null };
  const merged = makeReport(
    head,
    reports.flatMap(({ documents }) => documents),
  );
  io.stdout(`${JSON.stringify(merged, null, 2)}\n`);
  return merged.failed > 0 ? exitCodes.problems : exitCodes.fine;
}
