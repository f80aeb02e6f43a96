import type { Check } from "@second-server/contract/check-settings";
import type { ObservatoryConfig } from "@second-server/contract/observatory";

import { kindOf } from "../checks/kinds";
import type { Outcome } from "../checks/outcome";
import { runCheck } from "../checks/run";
import { checksOf, pace } from "../settings";

/** One check, looked at from here and now; nothing of the Observatory is asked. */
export interface Seen {
  readonly id: string;
  readonly kind: Check["kind"];
  readonly service?: string;
  readonly result: Outcome["result"];
  readonly ms: number;
  readonly error?: string;
  readonly detail?: string;
}

/**
 * What needs a memory, another machine's report or the watcher's files is the Observatory's alone.
 */
const isSeenFromHere = (check: Check): boolean => kindOf(check).source === "network";

/** All at once; each with its own timeout. */
export const lookOnce = (
  config: ObservatoryConfig,
  run: (check: Check, timeoutMs: number) => Promise<Outcome> = runCheck,
): Promise<readonly Seen[]> => {
  const checks = checksOf(config).filter(isSeenFromHere);
  return Promise.all(
    checks.map(async (check): Promise<Seen> => {
      const { result, ms, error, detail } = await run(check, pace(check, config).timeoutMs);
      return {
        id: check.id,
        kind: check.kind,
        service: check.service,
        result,
        ms,
        error,
        detail,
      };
    }),
  );
};

/** Checks that only the Observatory can tell of: it remembers, or is told. */
export const notFromHere = (config: ObservatoryConfig): readonly string[] =>
  checksOf(config)
    .filter((check) => !isSeenFromHere(check))
    .map(({ id }) => id);
