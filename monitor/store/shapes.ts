import type { JobOutcome } from "@second-server/contract/reports";

import type { Announced } from "../actions/announcements";
import type { KnownLogins } from "../actions/login-watch";
import type { QueuedMessage } from "../adapters/queued-message";
import type { CheckState } from "../alerts/check-state";
import type { Cleared, Incident } from "../alerts/incident";
import type { Window } from "../alerts/maintenance";
import type { Beat } from "../checks/beats";
import type { BlindWindow } from "../checks/blind-windows";
import { STAGES } from "../checks/stage";

/** Whether a value that was stored is still what was stored. */
export type Fits = (value: unknown) => boolean;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && Boolean(value) && !Array.isArray(value);

export const text: Fits = (value) => typeof value === "string";
export const flag: Fits = (value) => typeof value === "boolean";
export const number: Fits = (value) => typeof value === "number" && Number.isFinite(value);
/** Milliseconds since the epoch that can be written as a date. */
export const time: Fits = (value) => number(value) && Math.abs(value as number) <= 8.64e15;
const maybe =
  (fits: Fits): Fits =>
  (value) =>
    value === undefined || fits(value);
export const listOf =
  (fits: Fits): Fits =>
  (value) =>
    Array.isArray(value) && value.every(fits);
export const recordOf =
  (fits: Fits): Fits =>
  (value) =>
    isObject(value) && Object.values(value).every(fits);
/** Names every field of the type, so that a new one can't be forgotten here. */
export const objectOf =
  <Value>(fields: { readonly [Key in keyof Required<Value>]: Fits }): Fits =>
  (value) =>
    isObject(value) && Object.entries<Fits>(fields).every(([key, fits]) => fits(value[key]));

export const checkState = objectOf<CheckState>({
  firing: flag,
  streak: number,
  lastOk: maybe(flag),
  recent: maybe(text),
  lastAt: maybe(time),
  lastMs: maybe(number),
  detail: maybe(text),
  since: maybe(time),
  lastError: maybe(text),
  incident: maybe(number),
  firedAt: maybe(time),
  heldBy: maybe(text),
  turns: maybe(listOf(time)),
  flapping: maybe(flag),
  newSince: maybe(time),
  exhausted: maybe(flag),
  stage: maybe((value) => STAGES.some((stage) => stage === value)),
  late: maybe(flag),
});

const cleared = objectOf<Cleared>({ name: text, since: time, until: time, error: text });
export const incident = objectOf<Incident>({
  id: number,
  check: text,
  name: text,
  service: maybe(text),
  opened: time,
  closed: maybe(time),
  error: text,
  above: listOf(text),
  told: maybe(time),
  acknowledged: maybe(objectOf<NonNullable<Incident["acknowledged"]>>({ at: time, by: text })),
  snoozedUntil: maybe(time),
  quiet: maybe(text),
  exhausted: maybe(flag),
  group: maybe(number),
  owed: maybe(listOf(cleared)),
});

export const queuedMessage = objectOf<QueuedMessage>({
  id: number,
  created: time,
  attempts: number,
  error: maybe(text),
  sent: maybe(time),
  gathered: maybe(flag),
  by: maybe(text),
  message: objectOf<QueuedMessage["message"]>({
    kind: (value) => ["down", "up", "note", "report"].includes(value as string),
    subject: text,
    text,
    html: text,
    url: maybe(text),
  }),
});

export const window = objectOf<Window>({
  id: number,
  title: text,
  services: maybe(listOf(text)),
  from: time,
  to: time,
  by: maybe((value) => value === "primary"),
});
export const announced = objectOf<Announced>({
  title: text,
  services: maybe(listOf(text)),
  from: time,
  to: time,
  told: flag,
});
export const knownLogins = objectOf<KnownLogins>({
  primary: maybe(recordOf(time)),
  watcher: maybe(recordOf(time)),
});
export const beat = objectOf<Beat>({
  known: time,
  started: maybe(time),
  done: maybe(time),
  failed: maybe(time),
  says: maybe(text),
});
/** As `job-outcome` writes it on the machine. */
export const jobOutcome = objectOf<JobOutcome>({
  started: maybe(time),
  done: maybe(time),
  failed: maybe(time),
  says: maybe(text),
});
export const blindWindow = objectOf<BlindWindow>({ from: time, to: time });

/** States of before said null for a check that had not run. */
export const parseStored = (json: string): unknown =>
  JSON.parse(json, (key, value: unknown) => (key === "lastOk" ? (value ?? undefined) : value));

/** @returns undefined for what is damaged. */
export const read = <Value>(json: unknown, fits: Fits): Value | undefined => {
  try {
    const value = parseStored(String(json));
    return fits(value) ? (value as Value) : undefined;
  } catch {
    return undefined;
  }
};
