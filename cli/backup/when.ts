import { cannotRun } from "../errors";

const UNITS = { m: 60, h: 3600, d: 86_400 } as const;
const isUnit = (letter: string): letter is keyof typeof UNITS => Object.hasOwn(UNITS, letter);

/** What the agent takes for a moment: a backup's id as it is, "2h" as so long ago, anything else as a date. */
export const momentOf = (text: string, now: number = Date.now()): string => {
  if (/^\d{8}T\d{6}Z$/.test(text)) return text;
  const ago = /^(\d+)([mhd])$/.exec(text);
  const [, count = "", unit = ""] = ago ?? [];
  if (isUnit(unit)) return new Date(now - Number(count) * UNITS[unit] * 1000).toISOString();
  const at = Date.parse(text);
  if (Number.isNaN(at) || /^\d+$/.test(text))
    throw cannotRun(
      `fleet: --at ${JSON.stringify(text)}: say a backup (./fleet backup list), a date such as 2026-11-27T13:00Z, or so long ago: 30m, 2h, 3d.`,
    );
  return new Date(at).toISOString();
};
