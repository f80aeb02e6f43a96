/**
 * What was thrown may be anything. Node's own errors are not always `instanceof Error` (another
 * realm's are not), so their parts are looked for.
 */
const partOf = (error: unknown, name: "message" | "code"): string | undefined => {
  if (typeof error !== "object" || !error || !(name in error)) return undefined;
  const part: unknown = Reflect.get(error, name);
  return typeof part === "string" ? part : undefined;
};

/** What a caught error says. */
export const messageOf = (error: unknown): string => partOf(error, "message") ?? String(error);

/** "ENOENT" and its like; undefined for what is no error of the system. */
export const codeOf = (error: unknown): string | undefined => partOf(error, "code");
