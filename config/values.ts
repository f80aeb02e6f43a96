import { z } from "zod";

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86400 };

const NOT_A_DURATION = "is not a duration. Write a whole number and a unit: 10s, 5m, 1h, 2d.";
/** "10s", "5m", "1h", "2d" → seconds. */
export const duration = z
  .string({ error: ({ input }) => (input === undefined ? undefined : NOT_A_DURATION) })
  .regex(/^[1-9]\d{0,4}[smhd]$/, NOT_A_DURATION)
  .transform((text) => Number(text.slice(0, -1)) * (UNITS[text.slice(-1)] ?? 1));

/** DNS labels, file names and user names are all made of these names. */
const NAME = /^[a-z](?:[a-z0-9-]{0,22}[a-z0-9])?$/;
export const serviceName = z
  .string()
  .regex(
    NAME,
    "is not a usable name. Use 1 to 24 lower-case letters, digits and inner dashes, a letter first.",
  );
/** @throws when there is none. */
export const oneOrMore = <T>([first, ...others]: readonly T[]): [T, ...T[]] => {
  if (first === undefined) throw new Error("at least one is needed");
  return [first, ...others];
};
export const count = (most: number) => z.number().int().min(1).max(most);
export const slug = <T extends string>(values: readonly T[], what: string) =>
  z.enum(oneOrMore(values), {
    error: () => `is not a known ${what}. Choose one of: ${values.join(", ")}.`,
  });

const isPort = (text = ""): boolean => Number(text) >= 1 && Number(text) <= 65535;
/** HOST:PORT; `hint` is what to say besides that. */
export const placeHinting = (hint: string) =>
  z
    .string()
    .regex(/^[A-Za-z0-9.-]+:\d{1,5}$/, { error: `has to be HOST:PORT.${hint}`, abort: true })
    .refine(
      (text) => isPort(text.split(":").at(-1)),
      `has to be HOST:PORT, the port from 1 to 65535.${hint}`,
    );
export const place = placeHinting("");
export const host = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9.-]*$/, "is not a host name or address.");
export const url = z
  .string()
  .regex(/^https?:\/\/[^\s"]+$/, "has to begin with https:// or http://.");
const CALENDAR =
  /^(minutely|hourly|daily|weekly|monthly|quarterly|semiannually|yearly|annually|([a-z]{3}([.,]+[a-z]{3})* )?((\*-)?[\d*,./]+-[\d*,./]+ )?[\d*,./]+:[\d*,./]+(:[\d*,./]+)?)$/i;
/** The five fields of cron: what each may hold, and the names that stand for numbers. */
const FIELDS = [
  { from: 0, to: 59 },
  { from: 0, to: 23 },
  { from: 1, to: 31 },
  {
    from: 1,
    to: 12,
    names: ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"],
  },
  { from: 0, to: 7, names: ["sun", "mon", "tue", "wed", "thu", "fri", "sat"] },
];
const isField = (
  text: string,
  { from, to, names = [] }: { from: number; to: number; names?: readonly string[] },
): boolean => {
  const valueOf = (word: string): number =>
    names.includes(word.toLowerCase())
      ? names.indexOf(word.toLowerCase()) + from
      : /^\d{1,2}$/.test(word)
        ? Number(word)
        : NaN;
  const isIn = (word: string): boolean => valueOf(word) >= from && valueOf(word) <= to;
  return text.split(",").every((part) => {
    const [range = "", step, ...more] = part.split("/");
    const [first = "", last, ...rest] = range.split("-");
    const stepFits = step === undefined || (/^\d{1,2}$/.test(step) && Number(step) >= 1);
    if (more.length > 0 || rest.length > 0 || !stepFits) return false;
    return (
      range === "*" ||
      (isIn(first) &&
        (last === undefined ? step === undefined : isIn(last) && valueOf(first) <= valueOf(last)))
    );
  });
};
const isCron = (text: string): boolean => {
  const fields = text.split(" ");
  return (
    fields.length === FIELDS.length && fields.every((field, at) => isField(field, FIELDS[at]!))
  );
};
/** When a job runs, as cron or systemd.time(7) writes it; neither with years nor time zones. */
export const schedule = z
  .string()
  .refine(
    (text) => CALENDAR.test(text) || isCron(text),
    'has to be cron ("15 3 * * *") or systemd\'s calendar ("daily", "Mon *-*-* 03:00").',
  );
const NOT_CRON = 'has to be five cron fields, such as "0 7 * * *" for every day at seven.';
export const cron = z
  .string()
  .regex(/^(\S+ ){4}\S+$/, { error: NOT_CRON, abort: true })
  .refine(isCron, `${NOT_CRON} Minute 0-59, hour 0-23, day 1-31, month 1-12, weekday 0-7.`);
