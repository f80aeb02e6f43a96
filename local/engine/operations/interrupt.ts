import type { Sink } from "../events/events";
import type { Deployment } from "../execute/deployment";

/**
 * The first SIGINT or SIGTERM lets running steps finish, ends their waiting for a beginning, and
 * begins no other; the second aborts them. Returns what undoes it.
 */
export const onInterrupt = (
  deployment: () => Deployment | undefined,
  abort: AbortController,
  sink: Sink,
): (() => void) => {
  let count = 0;
  const interrupt = (): void => {
    count += 1;
    const current = deployment();
    current?.run.stop();
    if (count === 1)
      sink.diagnostic(
        "warning",
        "interrupted: the steps that run now are finished and recorded, what still waits " +
          "to begin is given up, then this stops. Once more aborts them.",
      );
    if (count > 1 || !current) abort.abort(new Error("interrupted"));
  };
  process.on("SIGINT", interrupt);
  process.on("SIGTERM", interrupt);
  return () => {
    process.off("SIGINT", interrupt);
    process.off("SIGTERM", interrupt);
  };
};
