import type { Failure } from "./notes";

/**
 * A log is often kept as its last 40 lines only: that much is enough for what failed, the closing
 * line included.
 */
const LINES = 36;
const MOST = 8;
const WIDTH = 220;

const COLOURS = /\u001b\[[0-9;]*m/g;
/** Frames that are not ours, and jest's own title, say nothing of what failed. */
const isNoise = (line: string): boolean =>
  /^\s*$|^\s*at .*(node_modules|node:|\(<anonymous>\))|● Test suite failed to run/.test(line);
const isFrame = (line: string): boolean => /^\s*at /.test(line);

const cut = (line: string): string => line.slice(0, WIDTH);
const first = (lines: readonly string[], limit: number): readonly string[] =>
  lines.length <= limit ? lines : [...lines.slice(0, limit - 1), `${lines[limit - 1]!} …`];

/** Its words, and of its stack the one frame that says where. */
const told = (message: string, root: string): readonly string[] => {
  const lines = message
    .replaceAll(`${root}/`, "")
    .replace(COLOURS, "")
    .split("\n")
    .filter((line) => !isNoise(line))
    .map(cut);
  const frames = lines.filter(isFrame);
  return [
    ...frames.slice(0, 1).map((line) => line.trim()),
    ...lines.filter((line) => !isFrame(line)),
  ];
};

/**
 * The name, then the message, then what was going on, within so many lines; the message may have
 * two thirds, or what the evidence leaves.
 */
const block = (
  { name, message, evidence }: Failure,
  limit: number,
  root: string,
): readonly string[] => {
  const room = limit - 1;
  const words = first(
    told(message, root),
    Math.max(Math.ceil((room * 2) / 3), room - evidence.length),
  );
  const seen =
    room > words.length
      ? first(
          evidence.map((line) => cut(line.replace(COLOURS, ""))),
          room - words.length,
        )
      : [];
  return [`✕ ${cut(name)}`, ...[...words, ...seen].map((line) => `    ${line}`)];
};

/**
 * What failed, in short, for the very end of the output: the first failure has the most room, since
 * those after it are often its consequences.
 */
export const closing = (failures: readonly Failure[], root: string): readonly string[] => {
  if (failures.length === 0) return [];
  const shown = failures.slice(0, MOST);
  const hidden = failures.length - shown.length;
  const share = shown.length <= 3 ? 8 : 3;
  const forFirst = LINES - 2 - share * (shown.length - 1) - (hidden > 0 ? 1 : 0);
  return [
    "",
    "What failed, in short:",
    ...shown.flatMap((failure, at) => block(failure, at === 0 ? forFirst : share, root)),
    ...(hidden > 0 ? [`… and ${hidden} more; see above`] : []),
  ];
};
