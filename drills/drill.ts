import type { Context } from "../cli/context";
import type { Lab } from "../cli/lab";
import type { Reporter } from "../cli/progress/reporter";
import type { FleetFacts } from "../config/fleet";
import type { Measures, Timeline } from "./timeline";

export interface DrillTools {
  readonly context: Context;
  readonly lab: Lab;
  readonly fleet: FleetFacts;
  readonly reporter: Reporter;
  readonly timeline: Timeline;
  /** Ids of the mails that had come before the drill. */
  readonly before: ReadonlySet<string>;
  /** Ended by Ctrl-C: from then on nothing may be broken any more. */
  readonly signal: AbortSignal;
}

/**
 * What mending needs: also that of a drill whose process was killed, so nothing that it remembered.
 */
export type MendTools = Pick<DrillTools, "context" | "lab" | "fleet" | "reporter">;

export interface Drill {
  /**
   * Breaks one thing of a fleet that is green, waits for what a user would see, and puts it back;
   * rejects with what was not as it should be.
   */
  readonly run: (tools: DrillTools) => Promise<Measures>;
  /** Puts right whatever `run` may have left broken; does nothing where nothing is. */
  readonly mend: (tools: MendTools) => Promise<void>;
}
