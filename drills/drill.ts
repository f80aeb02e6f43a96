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

/** What a disaster may take for itself; a machine or the link is also out of everybody's reach. */
export type Ground =
  | "a service"
  | "nginx"
  | "names"
  | "the clock"
  | "the cloud"
  | "the primary's disk"
  | "the watcher's disk"
  | "the primary"
  | "the watcher"
  | "the link";

/** One thing that breaks, and what has to be seen of it. */
export interface Disaster {
  /** As the timeline says it: "forth answers 500". */
  readonly broken: string;
  readonly breakIt: (tools: DrillTools) => Promise<void>;
  readonly mended: string;
  /** Does nothing where nothing is broken. */
  readonly mend: (tools: MendTools) => Promise<void>;
  /**
   * The name in the alert's subject, "DOWN: nginx". Left out: visitors and owner notice nothing,
   * and not one mail may come.
   */
  readonly alertOf?: (tools: DrillTools) => string;
  /** What comes besides the alert and the all-clear, by its subject. */
  readonly note?: RegExp;
  /** What has to be seen while it is broken: after the alert, or during the silence. */
  readonly meanwhile?: (tools: DrillTools) => Promise<void>;
  /** How long the silence is listened to where no alert may come. */
  readonly silenceSeconds?: number;
  /**
   * What it takes for itself: of two disasters at once, no two may take the same. Left out: it goes
   * alone.
   */
  readonly takes?: Ground;
  /** It mends itself: the all-clear is waited for first, and `mend` clears up behind it. */
  readonly mendsItself?: boolean;
}

export interface Drill {
  /**
   * Breaks one thing of a fleet that is green, waits for what a user would see, and puts it back;
   * rejects with what was not as it should be.
   */
  readonly run: (tools: DrillTools) => Promise<Measures>;
  /** Puts right whatever `run` may have left broken; does nothing where nothing is. */
  readonly mend: (tools: MendTools) => Promise<void>;
  /** The one thing that it breaks, where that is all of it. */
  readonly disaster?: Disaster;
}
