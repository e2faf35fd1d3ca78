/** A quiet reporter for node:test: failures whole, one line a file, and counts for scripts/test.ts. */
export default async function* report(source) {
  let passed = 0;
  let failed = 0;
  let skipped = 0;
  for await (const { type, data } of source) {
    const leaf = data?.details?.type !== 'suite';
    if (type === 'test:pass' && leaf) {
      if (data.skip !== undefined || data.todo !== undefined) {
        skipped += 1;
        yield `skipped: ${data.name}${typeof data.skip === 'string' ? ` (${data.skip})` : ''}\n`;
      } else passed += 1;
    } else if (type === 'test:fail' && leaf) {
      failed += 1;
      const error = data.details.error;
      const cause = error.cause ?? error;
      yield `\nFAILED: ${data.name} (${data.file ?? ''}:${data.line ?? ''})\n${cause?.stack ?? cause?.message ?? String(cause)}\n`;
    } else if (type === 'test:stdout' || type === 'test:stderr') yield data.message;
  }
  yield `#counts ${passed} ${failed} ${skipped}\n`;
}
