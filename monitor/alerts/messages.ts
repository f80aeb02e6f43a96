import type { Message } from "@second-server/contract/channels/message";

import type { Advice } from "../checks/advice";
import { message, type Row } from "./message-body";
import { instant, span } from "./words";

export type { Message };

export interface Named {
  readonly name: string;
  readonly error?: string;
}

const list = (names: readonly Named[]): string => names.map(({ name }) => name).join(", ");

export interface Outage {
  readonly fleet: string;
  readonly name: string;
  readonly since: number;
  readonly error: string;
  readonly url: string;
  readonly advice: Advice;
}

const affected = ({ advice }: Outage, above: readonly Named[]): Row[] => [
  ["Affects", advice.affects],
  ...(above.length === 0
    ? []
    : [[`Not reachable with it (${above.length} so far)`, list(above)] as const]),
];

export const downMessage = (outage: Outage, above: readonly Named[], now: number): Message => {
  const { fleet, name, since, error, url, advice } = outage;
  const rows: Row[] = [
    ["What", name],
    ["Since", `${instant(since)} (${span(now - since)} before this alert)`],
    ["Last error", error],
    ...affected(outage, above),
  ];
  return message(
    "down",
    `[${fleet}] DOWN: ${name}`,
    `${advice.wrong}: ${error}`,
    rows,
    url,
    advice.steps,
  );
};

export const upMessage = (
  { fleet, name, since, error, url }: Outage,
  above: readonly Named[],
  now: number,
): Message => {
  const rows: Row[] = [
    ["What", name],
    ["Down from", instant(since)],
    ["Until", instant(now)],
    ["Length", span(now - since)],
    ["Last error", error],
    ...(above.length === 0
      ? []
      : [[`Was not reachable with it (${above.length})`, list(above)] as const]),
  ];
  return message(
    "up",
    `[${fleet}] UP: ${name} (was down ${span(now - since)})`,
    `${name} is well again after ${span(now - since)}; there is nothing left to do`,
    rows,
    url,
  );
};

/** What people were told of, and what nobody looks at any more. */
export const unwatchedMessage = (
  fleet: string,
  name: string,
  since: number,
  url: string,
  now: number,
): Message => {
  const rows: Row[] = [
    ["What", name],
    ["Down from", instant(since)],
    ["Length", span(now - since)],
    ["Why", "it is no longer in fleet.yaml, or is called otherwise there"],
  ];
  return message(
    "up",
    `[${fleet}] CLOSED: ${name} (no longer watched)`,
    `${name} is no longer watched: its alert is closed`,
    rows,
    url,
  );
};

export const reminderMessage = (outage: Outage, above: readonly Named[], now: number): Message => {
  const { fleet, name, since, error, url, advice } = outage;
  const rows: Row[] = [
    ["What", name],
    ["Since", instant(since)],
    ["For", span(now - since)],
    ["Last error", error],
    ...affected(outage, above),
    ["Quiet it", "acknowledge or snooze by the link below"],
  ];
  return message(
    "down",
    `[${fleet}] STILL DOWN: ${name} (for ${span(now - since)})`,
    `${advice.wrong}, for ${span(now - since)} now: ${error}`,
    rows,
    url,
    advice.steps,
  );
};

export const worseMessage = (outage: Outage, above: readonly Named[], now: number): Message => {
  const { fleet, name, since, error, url, advice } = outage;
  const rows: Row[] = [
    ["What", name],
    ["Since", `${instant(since)} (${span(now - since)} before this alert)`],
    ["Now", error],
    ...affected(outage, above),
  ];
  return message(
    "down",
    `[${fleet}] WORSE: ${name}`,
    `${advice.wrong}, and it has become worse: ${error}`,
    rows,
    url,
    advice.steps,
  );
};

export const flappingMessage = (
  { fleet, name, since, error, url, advice }: Outage,
  turns: number,
): Message => {
  const rows: Row[] = [
    ["What", name],
    ["Turns", `${turns} within an hour`],
    ["Last outage since", instant(since)],
    ["Last error", error],
    ["Affects", advice.affects],
    ["Next", "nothing more about it until it has held for 30 minutes"],
  ];
  return message(
    "note",
    `[${fleet}] FLAPPING: ${name}`,
    `${name} keeps going down and up`,
    rows,
    url,
    advice.steps,
  );
};

export const steadyMessage = (
  { fleet, name, since, error, url, advice }: Outage,
  up: boolean,
): Message => {
  const rows: Row[] = [
    ["What", name],
    [up ? "Up since" : "Down since", instant(since)],
    ["Last error", error],
    ...(up ? [] : [["Affects", advice.affects] as const]),
  ];
  return message(
    up ? "up" : "down",
    `[${fleet}] STEADY: ${name} is ${up ? "up" : "down"}`,
    `${name} no longer flaps: it is ${up ? "up" : "down"}`,
    rows,
    url,
    up ? [] : advice.steps,
  );
};

export const offlineMessage = (fleet: string, from: number, now: number, url: string): Message => {
  const rows: Row[] = [
    ["From", instant(from)],
    ["Until", instant(now)],
    ["Length", span(now - from)],
    [
      "Affects",
      "nothing that visitors see. Nothing is known about the fleet in that time; failures seen then were not counted.",
    ],
    [
      "To do",
      "nothing now. If it comes again: ./fleet logs watcher --boot, and DigitalOcean's own status page",
    ],
  ];
  return message(
    "note",
    `[${fleet}] The watcher had no network for ${span(now - from)}`,
    `The watcher itself had no network for ${span(now - from)}`,
    rows,
    url,
  );
};

export const noteMessage = (
  fleet: string,
  lead: string,
  rows: readonly Row[],
  url: string,
): Message => message("note", `[${fleet}] ${lead}`, lead, rows, url);
