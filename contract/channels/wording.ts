import type { Message } from "./message";

export type Measure = (text: string) => number;
type Escape = (text: string) => string;

const LINE_LIMIT = 1000;
const ADDRESS = /(https?:\/\/\S+)/;

/** Line breaks are ours; any other control character came from outside. */
const tame = (text: string): string => text.replace(/[^\P{Cc}\n]/gu, " ");
const clipped = (line: string): string =>
  line.length <= LINE_LIMIT ? line : `${[...line].slice(0, LINE_LIMIT).join("")}…`;

export const utf16: Measure = (text) => text.length;
export const bytes: Measure = (text) => Buffer.byteLength(text);

/**
 * Whole lines for as long as they fit, each escaped; what was cut can be read at the address, which
 * is always there.
 */
export const fitted = (
  text: string,
  url: string | undefined,
  limit: number,
  measure: Measure,
  escape: Escape = (same) => same,
): string => {
  const lines = tame(text)
    .trimEnd()
    .split("\n")
    .map((line) => escape(clipped(line)));
  if (measure(lines.join("\n")) <= limit) return lines.join("\n");
  const tail = `\n… (shortened)${url === undefined ? "" : `\n${escape(url)}`}`;
  let kept = "";
  for (const line of lines) {
    const longer = kept === "" ? line : `${kept}\n${line}`;
    if (measure(longer + tail) > limit) break;
    kept = longer;
  }
  return kept + tail;
};

/** Only what is not an address is escaped: an escaped one can't be followed. */
const besidesAddresses = (text: string, escape: Escape, link: Escape): string =>
  text
    .split(ADDRESS)
    .map((part, index) => (index % 2 === 1 ? link(part) : escape(part)))
    .join("");

/** Slack's three control characters; an address becomes a link by standing in angle brackets. */
export const slackText: Escape = (text) => {
  const escape: Escape = (part) =>
    part.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  return besidesAddresses(text, escape, (url) => `<${escape(url)}>`);
};

/** Discord's Markdown: anything a service says is shown as it is. */
export const discordText: Escape = (text) =>
  besidesAddresses(
    text,
    (part) => part.replace(/[\\*_~`|<[\]]/g, "\\$&").replace(/^(\s*)([-+#>])/gm, "$1\\$2"),
    (url) => url,
  );

/** In a block of code nothing is markup but its end. */
export const inCode = (text: string): string => `\`\`\`\n${text.replaceAll("`", "'")}\n\`\`\``;

/** A header holds ASCII on one line; anything else travels as an encoded word (RFC 2047). */
export const headerText = (text: string): string => {
  const line = tame(text).replaceAll("\n", " ");
  return /^[\x20-\x7e]*$/.test(line) ? line : `=?UTF-8?B?${Buffer.from(line).toString("base64")}?=`;
};

export const full = ({ subject, text }: Message): string => `${subject}\n\n${text}`;

/** Columns only stand under each other in a fixed-width face. */
export const isTable = ({ kind }: Message): boolean => kind === "report";
