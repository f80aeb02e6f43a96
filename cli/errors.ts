/**
 * Ends the command with 1 (something failed or differs) or 2 (it can't run here, or the input is
 * bad): `message` goes to stderr as it is (no stack trace), so it has to name the place, the
 * problem and the remedy.
 */
export class Stop extends Error {
  constructor(
    readonly exitCode: 1 | 2,
    message: string,
  ) {
    super(message);
    this.name = "Stop";
  }
}

/** A call of the cloud's API that was answered with an error's `status`. */
export class Refused extends Stop {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(1, message);
    this.name = "Refused";
  }
}

export const cannotRun = (message: string): Stop => new Stop(2, message);
export const failed = (message: string): Stop => new Stop(1, message);

/**
 * What to print for anything thrown: a Stop's own words; for the unexpected, the stack, since that
 * is a defect to report.
 */
export const explain = (error: unknown): string => {
  if (error instanceof Stop) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
};
