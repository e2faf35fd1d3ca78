/** What can go wrong in the captioning core, by the code that a program can act on. */
export type BlipErrorCode =
  | 'ImageUnreadable' // empty, truncated, not a picture, unsupported format
  | 'ImageTooLarge' // over the pixel limit, refused before it is decoded
  | 'ModelUnavailable' // no such model, no native runtime on this platform
  | 'CheckpointInvalid' // missing, extra or wrongly shaped tensors, NaN, lies in a header, a forbidden pickle
  | 'ArchitectureUnsupported' // a model, but not one of ours
  | 'OptionInvalid' // a generation option outside its range
  | 'InferenceCrashed' // the inference process died, twice
  | 'Aborted';

/** An error a person can act on: what happened, to what, and what to do. No stack trace reaches a user. */
export class BlipError extends Error {
  readonly code: BlipErrorCode;

  constructor(code: BlipErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = code;
    this.code = code;
  }
}

/** The process cannot go on as it should: whoever owns it should end it. */
export class ProcessSpoilt extends BlipError {}

/** The decoder did not come back in time, and nothing can stop it: it keeps a thread and a core busy. */
export class DecodingStuck extends ProcessSpoilt {
  constructor(message: string) {
    super('ImageUnreadable', message);
  }
}

/** The thread of the vision part is gone: closed, out of memory, or never started. */
export class VisionEnded extends ProcessSpoilt {
  constructor(cause: unknown) {
    const reason = cause instanceof Error ? `: ${cause.message}` : '';
    super('InferenceCrashed', `The part of the model that sees pictures has ended${reason}. Try again.`, { cause });
  }
}
