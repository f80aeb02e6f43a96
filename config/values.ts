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
  .regex(/^https?:\/\/[^\s"]+$/, { error: "has to begin with https:// or http://.", abort: true })
  .refine((text) => URL.canParse(text), "is no URL that can be asked. Look at its host and port.");

/** A place in its two parts. */
export const addressOf = (text: string): { host: string; port: number } => {
  const [name = "", port] = text.split(":");
  return { host: name, port: Number(port) };
};
