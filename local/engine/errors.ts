/**
 * Something the user can act on; shown without a stack trace. `exitCode` as the CLI's (1 for most
 * errors).
 */
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

/** The code of an error of the operating system ("ENOENT"); undefined for any other. */
export const codeOf = (error: unknown): string | undefined =>
  typeof error === "object" && error !== null && "code" in error && typeof error.code === "string"
    ? error.code
    : undefined;
