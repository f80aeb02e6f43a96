import type { Deployment } from "../plan/deployment";
import type { Sink } from "../events/events";

/** The first SIGINT or SIGTERM lets running steps finish and begins no other; the second aborts them. Returns what undoes it. */
export const onInterrupt = (deployment: () => Deployment | null, abort: AbortController, sink: Sink): (() => void) => {
  let count = 0;
  const interrupt = (): void => {
    count += 1;
    const current = deployment();
    if (current) { current.run.stopping = true; current.run.failed = true; }
    if (count === 1) sink.diagnostic("warning", "interrupted: the steps that run now are finished and recorded, then this stops. Once more aborts them.");
    if (count > 1 || !current) abort.abort();
  };
  process.on("SIGINT", interrupt);
  process.on("SIGTERM", interrupt);
  return () => { process.off("SIGINT", interrupt); process.off("SIGTERM", interrupt); };
};
