import { z } from "zod";

/** Those are nginx's to say, or belong to one answer rather than to a site. */
const NOT_A_SITES = new Set([
  "connection",
  "content-encoding",
  "content-length",
  "content-type",
  "date",
  "keep-alive",
  "server",
  "set-cookie",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

const name = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9-]{0,63}$/, "is not a header's name. Use letters, digits and dashes.")
  .refine(
    (text) => !NOT_A_SITES.has(text.toLowerCase()),
    "is not a header that a site can set: nginx or the service says it with each answer.",
  );
const value = z
  .string()
  .regex(
    /^[\x20\x21\x23\x25-\x5b\x5d-\x7e]{1,2000}$/,
    'has to be one line of plain ASCII, without ", $ and backslash.',
  );

/** What a site says besides, or instead of what every site says. */
export const headers = z
  .record(name, value)
  .refine(
    (given) =>
      new Set(Object.keys(given).map((one) => one.toLowerCase())).size ===
      Object.keys(given).length,
    "names a header twice. Upper and lower case are one.",
  )
  .optional()
  .describe(
    "Response headers, such as { content-security-policy: \"default-src 'self'\" }; " +
      "they take the place of the service's own and of the fleet's. \"none\" sends none",
  );

/** By name in lower case. */
export const headersOf = (given: z.output<typeof headers>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(given ?? {}).map(([key, text]) => [key.toLowerCase(), text]));
