/** 4.2 → "4.2 s"; 75 → "1 m 15 s". */
export const duration = (seconds: number): string => {
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)} m ${String(whole % 60).padStart(2, "0")} s`;
};

/** Cut to a terminal's width, with an ellipsis when something is lost. */
export const clip = (text: string, width: number): string =>
  text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}…`;

/**
 * Columns as wide as their widest cell; numbers (cells that end in a digit, %, "ms" or start with
 * $) are not special: the caller pads.
 */
export const table = (
  header: readonly string[],
  rows: readonly (readonly string[])[],
): string[] => {
  const widths = header.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => (row[column] ?? "").length)),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd();
  return [line(header), line(widths.map((width) => "-".repeat(width))), ...rows.map(line)];
};

export type Paint = (colour: "red" | "green" | "yellow" | "dim" | "bold", text: string) => string;
const CODES = {
  red: 31,
  green: 32,
  yellow: 33,
  dim: 2,
  bold: 1,
} as const;

/**
 * Colour only where someone looks at a terminal and has not asked for none (https://no-color.org).
 */
export const paintFor = (
  stream: { isTTY?: boolean },
  env: NodeJS.ProcessEnv = process.env,
): Paint =>
  stream.isTTY && !env["NO_COLOR"]
    ? (colour, text) => `\u001b[${CODES[colour]}m${text}\u001b[0m`
    : (_colour, text) => text;
