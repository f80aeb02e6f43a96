/** An ACME error (RFC 8555, 6.7), as it goes over the wire. */
export interface Problem {
  readonly type: string;
  readonly detail: string;
  readonly status: Status;
}
type Status = 400 | 401 | 403 | 404 | 413 | 415 | 429 | 500 | 503;

export class ProblemError extends Error {
  constructor(readonly problem: Problem) {
    super(problem.detail);
  }
}

export const problem = (status: Status, type: string, detail: string): ProblemError =>
  new ProblemError({ type: `urn:ietf:params:acme:error:${type}`, detail, status });
