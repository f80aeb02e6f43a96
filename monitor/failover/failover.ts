import { mkdirSync, readFileSync, statSync } from "node:fs";
import { dirname } from "node:path";

import { codeOf } from "@second-server/contract/caught";
import type {
  FailoverConfig,
  FailoverMode,
  FailoverReport,
} from "@second-server/contract/failover";
import type { Role } from "@second-server/contract/roles";

import type { Clock } from "../adapters/clock";
import { type Log, reason } from "../adapters/log";
import type { Outcome } from "../checks/outcome";
import { checkTcp } from "../checks/tcp";
import type { Note } from "../self/overload";
import { writeAtomically } from "../store/state-file";
import { type FailoverEffect, type FailoverRules, type FailoverState, FRESH } from "./state";
import { type FailoverEvent, step } from "./step";

/** How failover stands, for pages and the command line. Instants are ISO. */
export interface FailoverStatus {
  readonly mode: FailoverMode;
  readonly active: Role;
  /** Where the names are being led, while they are not there yet. */
  readonly moving?: Role;
  readonly since?: string;
  /** The primary was not seen well yet: until then nothing takes its place. */
  readonly waiting?: true;
  /** Why the unit that moves them does not, or what it found wrong. */
  readonly problem?: string;
}

/** Decides who serves; the unit that has the token does it. */
export interface Failover {
  status(): FailoverStatus;
  /** A check of the primary has run. */
  seen(check: "ping" | "host", began: number, outcome: Outcome): void;
  ask(wish: FailoverMode | "hand-back"): string;
  /** Once a second. */
  tick(): void;
}

export interface FailoverDeps {
  /** Asked at each step, so that a changed configuration counts at once. */
  readonly config: () => FailoverConfig;
  readonly clock: Pick<Clock, "now">;
  readonly log: Log;
  readonly note: Note;
  readonly copied: () => readonly string[];
  /** Why nothing is to move by itself now. */
  readonly quiet: () => string | undefined;
  /** Asks one place outside; a test listens instead. */
  readonly probe?: typeof checkTcp;
}

const ENOUGH = 2;
const OUTSIDE_MS = 3000;

/** Whether two of these places answer. */
const answersOutside = async (
  places: FailoverConfig["outside"],
  probe: typeof checkTcp,
): Promise<boolean> =>
  new Promise((resolve) => {
    let [answered, left] = [0, places.length];
    const seen = (answers: boolean): void => {
      left -= 1;
      if (answers) answered += 1;
      if (answered >= ENOUGH) resolve(true);
      else if (answered + left < ENOUGH) resolve(false);
    };
    for (const place of places)
      void probe(place, OUTSIDE_MS).then(
        () => seen(true),
        () => seen(false),
      );
  });

const writeWhole = (path: string, value: unknown): void => {
  mkdirSync(dirname(path), { recursive: true, mode: 0o750 });
  writeAtomically(path, `${JSON.stringify(value)}\n`, 0o640);
};

const remembered = (path: string, log: Log): FailoverState => {
  try {
    return { ...FRESH, ...(JSON.parse(readFileSync(path, "utf8")) as Partial<FailoverState>) };
  } catch (error) {
    if (codeOf(error) !== "ENOENT") log.error(`${path}: ${reason(error)}; failover begins anew`);
    return FRESH;
  }
};

/** The newest report, once for each that is written. */
const reportReader = (path: string): (() => FailoverReport | undefined) => {
  let last = 0;
  return () => {
    const at = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
    if (at === last) return undefined;
    last = at;
    try {
      return JSON.parse(readFileSync(path, "utf8")) as FailoverReport;
    } catch {
      // It is written whole: what can't be read is not there any more.
      return undefined;
    }
  };
};

const iso = (at: number | undefined): string | undefined =>
  at === undefined ? undefined : new Date(at).toISOString();

const carrier =
  ({ config, log, note }: FailoverDeps) =>
  (effect: FailoverEffect): void => {
    switch (effect.kind) {
      case "keep":
        return writeWhole(config().stateFile, effect.state);
      case "order":
        log.warn(`failover: order ${effect.order.number}: the names to the ${effect.order.to}`);
        return writeWhole(config().orderFile, effect.order);
      case "note":
        return note(effect.lead, effect.rows);
      case "log":
        return log.warn(effect.line);
    }
  };

const asked = (wish: FailoverMode | "hand-back", { to, active }: FailoverState): string => {
  const where = to === active ? `the ${active} serves` : `the names are being led to the ${to}`;
  return wish === "hand-back" ? where : `failover is "${wish}"; ${where}`;
};

export const openFailover = (deps: FailoverDeps): Failover => {
  const { config, clock, log, copied, quiet, probe = checkTcp } = deps;
  const carryOut = carrier(deps);
  const newReport = reportReader(config().reportFile);
  let state = remembered(config().stateFile, log);
  let problem: string | undefined;

  const happened = (event: FailoverEvent): void => {
    const rules: FailoverRules = { ...config(), copied: copied(), quiet: quiet() };
    const [next, effects] = step(rules, state, event, clock.now());
    state = next;
    for (const effect of effects) {
      try {
        carryOut(effect);
      } catch (error) {
        log.error(`failover: ${reason(error)}`);
      }
    }
  };
  return {
    status: () => ({
      mode: state.mode,
      active: state.active,
      ...(state.to === state.active ? {} : { moving: state.to }),
      ...(state.to === "watcher" ? { since: iso(state.since ?? state.movedAt) } : {}),
      ...(state.armed ? {} : { waiting: true }),
      ...(problem === undefined ? {} : { problem }),
    }),
    seen: (check, began, { result }) => {
      if (result === "unknown") return;
      const ok = result === "pass";
      if (check === "host") return happened({ kind: "reached", ok });
      if (ok) return happened({ kind: "pinged", ok, began, network: true });
      void answersOutside(config().outside, probe).then((network) =>
        happened({ kind: "pinged", ok, began, network }),
      );
    },
    ask: (wish) => {
      happened(wish === "hand-back" ? { kind: wish } : { kind: "mode", mode: wish });
      return asked(wish, state);
    },
    tick: () => {
      const report = newReport();
      if (report !== undefined) {
        problem = report.error ?? report.held;
        happened({ kind: "reported", report });
      }
      happened({ kind: "tick" });
    },
  };
};
