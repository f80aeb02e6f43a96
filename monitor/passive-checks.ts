import { dirname } from "node:path";

import type { Check } from "@second-server/contract/check-settings";

import { createLoginWatch } from "./actions/login-watch";
import type { Clock } from "./adapters/clock";
import type { Message } from "./alerts/messages";
import { type BlindWindows, createBlindWindows } from "./checks/blind-windows";
import { createPushChecks, type PushChecks } from "./checks/push-checks";
import { createOffline, type Offline } from "./self/offline";
import type { Note } from "./self/overload";
import { checksOf } from "./settings";
import type { SettingsInForce } from "./settings-in-force";
import type { SavedState } from "./store/load-state";
import type { StateStore } from "./store/save-state";

/** What is reported to this machine rather than looked for, and when it could not hear it. */
export interface PassiveChecks {
  readonly offline: Offline;
  readonly blindWindows: BlindWindows;
  readonly pushChecks: PushChecks;
}

const ownUnits = (checks: readonly Check[]): readonly string[] =>
  checks.flatMap((check) =>
    check.kind === "unit" && check.machine === "watcher" ? [check.unit] : [],
  );

const isPrimaryWatched = (checks: readonly Check[]): boolean =>
  checks.some(({ kind, machine }) => kind === "host" && machine !== "watcher");

export const createPassiveChecks = (
  deps: {
    readonly clock: Clock;
    readonly settings: SettingsInForce;
    readonly store: StateStore;
    readonly send: (message: Message) => void;
    readonly note: Note;
  },
  saved: SavedState,
): PassiveChecks => {
  const { clock, settings, store, send, note } = deps;
  const { fleet, statusUrl, failAfter, intervalSeconds } = settings.current();
  const now = (): number => clock.now();
  const offline = createOffline(
    {
      fleet,
      url: statusUrl,
      now,
      keep: (since) => store.meta("offline", since),
      send,
      leastMs: failAfter * intervalSeconds * 1000,
    },
    saved.offline,
  );
  const blindWindows = createBlindWindows(
    { now, since: () => offline.since(), keep: (windows) => store.meta("deaf", windows) },
    saved.deaf,
  );
  if (saved.lastRunAt !== undefined) blindWindows.endNow(saved.lastRunAt);
  const loginWatch = createLoginWatch(
    { now, keep: (known) => store.meta("logins", known), note },
    saved.logins,
  );
  const pushChecks = createPushChecks(
    {
      now,
      keep: (beats) => store.meta("beats", beats),
      gaps: () => blindWindows.all(),
      folder: dirname(settings.current().database),
      logins: (machine, logins) => loginWatch.seen(machine, logins),
      units: () => ownUnits(checksOf(settings.current())),
      hostIsWatched: () => isPrimaryWatched(checksOf(settings.current())),
    },
    saved.beats,
  );
  return { offline, blindWindows, pushChecks };
};
