/** An ACME error (RFC 8555, 6.7), as it goes over the wire. */
export interface Problem {
  readonly type: string;
  readonly detail: string;
  readonly status: number;
}

export class ProblemError extends Error {
  constructor(readonly problem: Problem) {
    super(problem.detail);
  }
}

export const problem = (status: number, type: string, detail: string): ProblemError =>
  new ProblemError({ type: `urn:ietf:params:acme:error:${type}`, detail, status });
