/**
 * One API call, for the console and `GET /local/calls`. Bodies are not kept: they may hold keys.
 */
export interface Call {
  readonly at: string;
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly milliseconds: number;
  readonly requestId: string;
}

export interface Calls {
  add(call: Call): void;
  newest(): readonly Call[];
}

/** Keeps the last 200. */
export const createCalls = (): Calls => {
  const kept: Call[] = [];
  return {
    add: (call) => {
      if (kept.push(call) > 200) kept.shift();
    },
    newest: () => [...kept].reverse(),
  };
};
