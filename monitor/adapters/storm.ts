import { mailPage } from "../alerts/mail";
import type { Message } from "../alerts/messages";
import { escapeHtml, instant } from "../alerts/words";
import type { Clock } from "./clock";
import type { QueuedMessage } from "./queued-message";

/** More than so many messages within the window are gathered into one. */
const STORM_LIMIT = 20;
const WINDOW_MS = 10 * 60_000;
/** So long messages are gathered before they leave together. */
export const GATHER_MS = 2 * 60_000;

/** Whether the messages of late are so many that the next one is gathered with others. */
export const createStorm = (clock: Clock): ((message: Message) => boolean) => {
  let left: readonly number[] = [];
  return ({ kind }) => {
    // A report comes by its calendar.
    if (kind === "report") return false;
    const now = clock.monotonic();
    left = left.filter((at) => now - at < WINDOW_MS);
    if (left.length >= STORM_LIMIT) return true;
    left = [...left, now];
    return false;
  };
};

const WORDS: readonly (readonly [Message["kind"], string])[] = [
  ["down", "alert"],
  ["up", "all-clear"],
  ["note", "note"],
];

const counted = (all: readonly QueuedMessage[]): string =>
  WORDS.flatMap(([kind, word]) => {
    const count = all.filter(({ message }) => message.kind === kind).length;
    return count === 0 ? [] : [`${count} ${word}${count === 1 ? "" : "s"}`];
  }).join(", ");

/** What each says first is what a reader needs of it; the rest is behind its link. */
const firstLine = ({ text }: Message): string => text.split("\n", 1)[0] ?? "";

/** All of them in one, in their order: nothing is left out. */
export const digestOf = (all: readonly QueuedMessage[]): Message => {
  const [first] = all;
  const fleet = /^\[[^\]]*\]/.exec(first?.message.subject ?? "")?.[0] ?? "";
  const lead = `${all.length} messages in one, as there were more than ${STORM_LIMIT} within ten minutes`;
  const lines = all.map(({ created, message }) => {
    const url = message.url === undefined ? "" : `\n   ${message.url}`;
    return `${instant(created)} ${message.subject}\n   ${firstLine(message)}${url}`;
  });
  const items = all.map(({ created, message }) => {
    const subject = escapeHtml(message.subject);
    const named =
      message.url === undefined
        ? subject
        : `<a href="${escapeHtml(message.url)}" style="color:#0b57d0">${subject}</a>`;
    return `<li style="margin:0 0 8px;overflow-wrap:anywhere">${instant(created)} ${named}<br>${escapeHtml(firstLine(message))}</li>`;
  });
  const kinds = new Set(all.map(({ message }) => message.kind));
  return {
    kind: WORDS.map(([kind]) => kind).find((kind) => kinds.has(kind)) ?? "note",
    subject: `${fleet} ${all.length} more messages: ${counted(all)}`.trim(),
    text: [`${lead}:`, "", ...lines, ""].join("\n"),
    html: mailPage(
      lead,
      "#b3261e",
      `<ol style="margin:0;padding-left:22px">${items.join("")}</ol>`,
    ),
    url: first?.message.url,
  };
};
