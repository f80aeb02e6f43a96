import type { Role } from "@second-server/contract/roles";

import type { Row } from "../alerts/message-body";
import { instant, span } from "../alerts/words";
import type { FailoverEffect, FailoverRules, FailoverState } from "./state";

const note = (lead: string, ...rows: readonly Row[]): FailoverEffect => ({
  kind: "note",
  lead,
  rows,
});

const served = ({ copied }: FailoverRules): string =>
  copied.length === 0
    ? "a page that says that all is being repaired"
    : `${copied.join(", ")} as they are; of the others a page that says that they are being repaired`;

const back = ({ backAfter }: FailoverRules, { mode }: FailoverState): string =>
  mode === "auto"
    ? `by itself, once the primary has answered ${backAfter} times`
    : "not by itself: ./fleet failover off";

/** The watcher serves: people are told what visitors see, and what ends it. */
export const takenOver = (rules: FailoverRules, state: FailoverState): FailoverEffect =>
  note(
    "Failover: the watcher serves in the primary's place",
    ...(state.since === undefined
      ? []
      : [["The primary is silent since", instant(state.since)] as const]),
    [
      "Why",
      state.byHand
        ? "an operator asked for it"
        : `its nginx and its SSH did not answer ${state.failing} times, and DigitalOcean's own check finds it down as well`,
    ],
    ["Visitors get", served(rules)],
    ["Refused", "whatever visitors send: nothing is taken that would be lost"],
    ["Back", back(rules, state)],
    [
      "To do",
      "mend the primary: docs/runbooks/failover.md. How it stands: ./fleet failover status",
    ],
  );

export const backNote = ({ movedAt }: FailoverState, now: number): FailoverEffect =>
  note(
    "Failover is over: the primary serves again",
    ...(movedAt === undefined
      ? []
      : [
          ["The watcher served from", instant(movedAt)] as const,
          ["Until", instant(now)] as const,
          ["Length", span(now - movedAt)] as const,
        ]),
    ["Affects", "who remembers the watcher's address gets its page for up to a minute more"],
    ["To do", "nothing"],
  );

export const heldByLimit = (perHour: number): FailoverEffect =>
  note(
    "Failover is held back: the watcher has taken over often enough for one hour",
    ["Limit", `${perHour} an hour (fleet.yaml: failover.per-hour)`],
    ["Affects", "visitors get no answer while the primary is down"],
    ["To do", "look why the primary comes and goes. To move all the same: ./fleet failover on"],
  );

export const orderFails = (to: Role, error: string): FailoverEffect =>
  note(
    `Failover: the names can't be led to the ${to}`,
    ["Error", error],
    ["Affects", "visitors are led where they were before"],
    ["Next", "it is tried again and again"],
    [
      "To do",
      "docs/runbooks/failover.md; a new token: ./fleet secret set failover-token, ./fleet up",
    ],
  );

export const movedByHand = (to: Role, moved: readonly string[]): FailoverEffect =>
  note(
    "Records of the services were changed by somebody else, and are put right",
    ["Names", moved.join(", ")],
    ["They lead to", `the ${to} again`],
    ["To do", "if it was you: ./fleet failover on or off moves them so that they stay"],
  );
