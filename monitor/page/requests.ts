import { FAILOVER_MODES } from "@second-server/contract/failover";
import type { MachineReport } from "@second-server/contract/reports";

import { type Action, WEEK_MINUTES } from "../actions/actions";
import { MOST_LOGINS } from "../checks/logins";
import { count, flag, listOf, oneOf, optional, recordOf, type Rule, rule, shape } from "../rules";
import { Refusal } from "./reply";

/** What the CLI may ask for. */
export type ControlRequest = Action | { readonly action: "report"; readonly force: boolean };

/** One line of text as people write it: it is shown on pages and in mails. */
const line = (longest: number): Rule =>
  rule(
    (value) =>
      typeof value === "string" &&
      value.trim() !== "" &&
      value.length <= longest &&
      !/\p{Cc}/u.test(value),
    `one line of text is needed, of at most ${longest} characters`,
  );
const between = (from: number, to: number): Rule =>
  rule(
    (value) => typeof value === "number" && value >= from && value <= to,
    `a number from ${from} to ${to} is needed`,
  );
const minutes = rule(
  (value) => typeof value === "number" && value > 0 && value <= WEEK_MINUTES,
  `has to be more than 0 and at most ${WEEK_MINUTES}`,
);
const incident = rule(
  (value) => Number.isSafeInteger(value) && Number(value) > 0,
  "an incident's number is needed",
);

type RequestOf<Name extends ControlRequest["action"]> = Extract<
  ControlRequest,
  { readonly action: Name }
>;
/** Each action's fields, every one with its rule. */
type Rules = {
  readonly [Name in ControlRequest["action"]]: {
    readonly [Field in keyof Omit<RequestOf<Name>, "action">]-?: Rule;
  };
};
const rulesFor = (services: readonly string[]): Rules => ({
  acknowledge: { incident, by: line(100) },
  snooze: { incident, by: line(100), minutes },
  maintenance: {
    title: line(100),
    minutes,
    services: optional((value, at) => [
      ...listOf(oneOf(...services))(value, at),
      ...(Array.isArray(value) && (value.length === 0 || new Set(value).size < value.length)
        ? [`${at}: names are needed, each once; leave it out for all services`]
        : []),
    ]),
  },
  "end-maintenance": { title: line(100) },
  report: { force: flag },
  failover: { wish: oneOf(...FAILOVER_MODES, "hand-back") },
});

const refuse = (problems: readonly string[]): void => {
  if (problems.length > 0) throw new Refusal(400, problems.slice(0, 10).join("; "));
};

/**
 * An action that is whole: what is missing, of another type, or beyond its bounds is refused, and
 * what no rule speaks of is left out.
 * @throws Refusal
 */
export const controlRequest = (
  value: Readonly<Record<string, unknown>>,
  services: readonly string[],
): ControlRequest => {
  const rules = rulesFor(services);
  refuse(oneOf(...Object.keys(rules))(value["action"], "action"));
  const fields = rules[value["action"] as keyof Rules];
  refuse(shape(fields)(value, ""));
  return Object.fromEntries(
    ["action", ...Object.keys(fields)].map((name) => [name, value[name]]),
  ) as unknown as ControlRequest;
};

const percent = between(0, 100);
const MOST_UNITS = 1000;
/** By unit's name. */
const byUnit = (of: Rule): Rule => recordOf(line(256), of, MOST_UNITS);

const renewal = shape({ at: count, ok: flag, says: line(1000) });

const few =
  (of: Rule, most: number): Rule =>
  (value, at) =>
    Array.isArray(value) && value.length > most
      ? [`${at}: more than ${most} entries`]
      : listOf(of)(value, at);

const login = shape({ at: count, user: line(64), address: line(64), by: line(128) });

const MOST_UPGRADED = 200;
const upgrade = shape({
  at: count,
  packages: few(line(256), MOST_UPGRADED),
  restarted: few(line(256), MOST_UPGRADED),
});

const job = shape({
  started: optional(count),
  done: optional(count),
  failed: optional(count),
  says: optional(line(1000)),
});

const reportFields: { readonly [Field in keyof Required<MachineReport>]: Rule } = {
  at: count,
  memoryPercent: percent,
  diskPercent: percent,
  inodesPercent: percent,
  load: between(0, 1e6),
  rebootPending: flag,
  rebootPendingSeconds: optional(count),
  upgradesPending: optional(count),
  upgradesPendingSeconds: optional(count),
  upgraded: optional(upgrade),
  upSeconds: optional(count),
  unsyncedSeconds: optional(count),
  logins: optional(few(login, MOST_LOGINS)),
  renewal: optional(renewal),
  trial: optional(renewal),
  jobs: optional(byUnit(job)),
  units: byUnit(line(64)),
  restarts: optional(byUnit(count)),
};

/** What the primary says of itself, whole. @throws Refusal */
export const receivedReport = (value: Readonly<Record<string, unknown>>): MachineReport => {
  refuse(shape(reportFields)(value, ""));
  return Object.fromEntries(
    Object.keys(reportFields).map((name) => [name, value[name]]),
  ) as unknown as MachineReport;
};
