/**
 * Values as SQL literals. Statements are text because only `exec` of a text runs off the main
 * thread: a stalled disk then never delays a check.
 */
export type Value = string | number | boolean | undefined;

const literal = (value: Value): string => {
  if (value === undefined) return "NULL";
  if (typeof value === "boolean") return value ? "1" : "0";
  if (typeof value === "number") return Number.isFinite(value) ? String(value) : "NULL";
  return `'${value.replaceAll("\0", "").replaceAll("'", "''")}'`;
};

/** sql`UPDATE x SET a = ${a}` with each hole quoted. */
export const sql = (parts: TemplateStringsArray, ...values: readonly Value[]): string =>
  parts.reduce((text, part, index) => text + literal(values[index - 1]) + part);
