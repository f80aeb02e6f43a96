/** The channel asks for patience: nothing is handed to it before that time has passed. */
export class Later extends Error {
  constructor(
    message: string,
    readonly afterMs: number,
  ) {
    super(message);
  }
}

/** The channel works and will not have this very message: others need not wait behind it. */
export class Refused extends Error {}
