/** The promise, unless the signal is aborted before it is settled: its reason then. What was begun goes on. */
export async function orAborted<T>(made: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return made;
  signal.throwIfAborted();
  const left = Promise.withResolvers<never>();
  const leave = (): void => left.reject(signal.reason as Error);
  signal.addEventListener('abort', leave);
  try {
    return await Promise.race([made, left.promise]);
  } finally {
    signal.removeEventListener('abort', leave);
  }
}
