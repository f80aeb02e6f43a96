import type { ObservatoryConfig } from "@second-server/contract/observatory";

import { instant, span } from "../alerts/words";
import { notFromHere, type Seen } from "./look";

export interface Terminal {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
  on?(event: "resize", listener: () => void): unknown;
  off?(event: "resize", listener: () => void): unknown;
}

export const isColoured = (out: Terminal): boolean =>
  out.isTTY === true && process.env["NO_COLOR"] === undefined;

const paint = (colour: boolean, code: number, text: string): string =>
  colour ? `\u001b[${code}m${text}\u001b[0m` : text;

/** Control characters of a hostile answer must not reach the terminal. */
const tame = (text: string): string => text.replace(/\p{Cc}/gu, " ");
const cut = (text: string, width: number): string =>
  text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}…`;

const MARK_WIDTH = 8;

const isUp = ({ result }: Seen): boolean => result === "pass";

const row = (
  { id, ms, error, detail, result }: Seen,
  longest: number,
  width: number,
  colour: boolean,
  downFor: string,
): string => {
  const room = width - MARK_WIDTH;
  const figures = room < longest + 24 ? "" : `  ${`${Math.round(ms)} ms`.padStart(8)}`;
  const plain = cut(
    `${id.padEnd(Math.min(longest, room))}${figures}  ${downFor}${tame(error ?? detail ?? "")}`.trimEnd(),
    room,
  );
  return `${result === "pass" ? paint(colour, 32, "✓ up") : paint(colour, 31, "✕ DOWN")}${" ".repeat(MARK_WIDTH - (result === "pass" ? 4 : 6))}${plain}`;
};

/** The table, as lines of at most `width` characters; what is down comes first. */
export const table = (
  seen: readonly Seen[],
  width: number,
  colour: boolean,
  since: ReadonlyMap<string, number> = new Map(),
  now = 0,
): string[] => {
  const longest = Math.max(5, ...seen.map(({ id }) => id.length));
  const downFor = (id: string): string => {
    const at = since.get(id);
    return at === undefined || now - at < 1000 ? "" : `for ${span(now - at)}: `;
  };
  const rows = [...seen]
    .sort((a, b) => Number(isUp(a)) - Number(isUp(b)))
    .map((one) => row(one, longest, width, colour, downFor(one.id)));
  const down = seen.filter((one) => !isUp(one)).length;
  return [
    ...rows,
    "",
    down === 0
      ? paint(colour, 32, cut(`all ${seen.length} up`, width))
      : paint(colour, 31, cut(`${down} of ${seen.length} down`, width)),
  ];
};

/** What this table leaves out, so that nobody takes it for everything. */
export const foot = (config: ObservatoryConfig, width: number): string[] => {
  const others = notFromHere(config);
  return others.length === 0
    ? []
    : [cut(`not from here, but by the Observatory: ${others.join(", ")}`, width)];
};

/** Draws over what was there; when there are more lines than rows, those that are up give way. */
export const screen = (
  out: Terminal,
  config: ObservatoryConfig,
  seen: readonly Seen[],
  since: ReadonlyMap<string, number>,
  now: number,
): void => {
  const [width, height] = [out.columns ?? 80, out.rows ?? 24];
  const lines = seen.length === 0 ? ["looking…"] : table(seen, width, isColoured(out), since, now);
  const body = lines.slice(0, -2);
  const tail = [
    ...lines.slice(-2),
    ...foot(config, width),
    cut(`every ${config.intervalSeconds} s; Ctrl-C ends`, width),
  ];
  const room = Math.max(1, height - tail.length - 2);
  const shown =
    body.length <= room
      ? body
      : [...body.slice(0, room - 1), cut(`… and ${body.length - room + 1} more`, width)];
  const all = [cut(`${config.fleet}  ${instant(now)}`, width), "", ...shown, ...tail].slice(
    0,
    height,
  );
  out.write(`\u001b[H${all.map((line) => `${line}\u001b[K`).join("\r\n")}\u001b[J`);
};

/**
 * The other screen, without a cursor, so that what was on the terminal is there again afterwards.
 * @returns how to leave it.
 */
export const enter = (out: Terminal, redraw: () => void): (() => void) => {
  out.write("\u001b[?1049h\u001b[?25l\u001b[2J");
  out.on?.("resize", redraw);
  redraw();
  return () => {
    out.off?.("resize", redraw);
    out.write("\u001b[?25h\u001b[?1049l");
  };
};
