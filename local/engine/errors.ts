/** Something the user can act on; shown without a stack trace. `exitCode` as the CLI's (1 for most errors). */
export class EngineError extends Error {
  constructor(
    message: string,
    readonly exitCode: number = 1,
  ) {
    super(message);
    this.name = "EngineError";
  }
}

export const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);
