/**
 * Cases whose answer we hold to be wrong, each with the reason. They are not skipped: the test checks that we still
 * answer otherwise, so that a line here goes when it is no longer true.
 */
export const casesHeldWrong: ReadonlyMap<string, string> = new Map<string, string>([]);
