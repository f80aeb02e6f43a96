import { onMachine, runbook, type Step } from "../checks/advice";
import type { Cleared } from "./incident";
import { message, type Row } from "./message-body";
import type { Message, Outage } from "./messages";
import { instant, span } from "./words";

/** A subject has room for so many names, a message for so many lines. */
const IN_SUBJECT = 3;
const IN_BODY = 40;

const shortened = (names: readonly string[], limit: number): string =>
  names.length <= limit + 1
    ? names.join(", ")
    : `${names.slice(0, limit).join(", ")} and ${names.length - limit} more`;

/** What each says, a row each; what all say, once. */
const errorRows = (all: readonly { readonly name: string; readonly error: string }[]): Row[] => {
  const errors = new Set(all.map(({ error }) => error));
  const [first] = errors;
  if (errors.size === 1 && first !== undefined) return [["Last error, of each", first]];
  return all.slice(0, IN_BODY).map(({ name, error }) => [name, error] as const);
};

const listRow = (label: string, names: readonly string[]): Row => [
  `${label} (${names.length})`,
  shortened(names, IN_BODY),
];

const STEPS: readonly Step[] = [
  {
    say: "What they stand on was asked and is no reason. What do they share: memory, disk, a database, an upstream?",
    run: onMachine("primary", "'uptime; free -m; df -h /; systemctl --failed'"),
  },
  { say: "How is each now?", run: "./fleet status" },
  runbook("service-down"),
];

const down = (
  subject: string,
  lead: string,
  all: readonly Outage[],
  now: number,
  more: readonly Row[],
): Message => {
  const [first] = all;
  const since = Math.min(...all.map((one) => one.since));
  const names = all.map(({ name }) => name);
  const affected = [...new Set(all.map(({ advice }) => advice.affects))];
  const rows: Row[] = [
    listRow("What", names),
    ["Since", `${instant(since)} (${span(now - since)} before this message)`],
    ...errorRows(all),
    ["Affects", affected.slice(0, IN_BODY).join(" ")],
    ...more,
  ];
  return message(
    "down",
    `[${first?.fleet ?? ""}] ${subject}: ${shortened(names, IN_SUBJECT)}`,
    lead,
    rows,
    first?.url ?? "",
    STEPS,
  );
};

/** Several that fail together are one message. */
export const downTogetherMessage = (all: readonly Outage[], now: number): Message => {
  const same = new Set(all.map(({ error }) => error)).size === 1;
  const lead = `${all.length} checks fail together${same ? `: ${all[0]?.error ?? ""}` : ""}`;
  return down("DOWN", lead, all, now, []);
};

export const reminderTogetherMessage = (all: readonly Outage[], now: number): Message =>
  down("STILL DOWN", `${all.length} checks still fail`, all, now, [
    ["Quiet them", "acknowledge or snooze by the link below"],
  ]);

/** Their all-clears in one message. `still`: what the same alert told of and is not well yet. */
export const upTogetherMessage = (
  fleet: string,
  all: readonly Cleared[],
  still: readonly string[],
  url: string,
): Message => {
  const names = all.map(({ name }) => name);
  const longest = Math.max(...all.map(({ since, until }) => until - since));
  const until = Math.max(...all.map((one) => one.until));
  const rows: Row[] = [
    listRow("What", names),
    ["Down from", instant(Math.min(...all.map(({ since }) => since)))],
    ["Until", instant(until)],
    ...errorRows(all),
    ...(still.length === 0 ? [] : [listRow("Still down", still)]),
  ];
  return message(
    "up",
    `[${fleet}] UP: ${shortened(names, IN_SUBJECT)} (${all.length === 1 ? "was" : "were"} down ${span(longest)})`,
    still.length === 0
      ? "All of them are well again; there is nothing left to do"
      : `${shortened(names, IN_SUBJECT)} ${all.length === 1 ? "is" : "are"} well again; ${shortened(still, IN_SUBJECT)} ${still.length === 1 ? "is" : "are"} not`,
    rows,
    url,
  );
};
