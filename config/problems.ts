import type { z } from "zod";

/** Every mistake of the manifest and the stack's settings, each with its place and a remedy. */
export class ManifestError extends Error {
  override readonly name = "ManifestError";
  /**
   * Pulumi shows the message alone of what says this of itself: a stack trace would bury the place
   * and the remedy.
   */
  readonly __pulumiRunError = true;
  constructor(readonly problems: readonly string[]) {
    super(problems.join("\n"));
  }
}

/** Edits (insert, delete, replace) between two short words; for "did you mean". */
const distance = (a: string, b: string): number => {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++)
      next.push(
        Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)),
      );
    row = next;
  }
  return row[b.length]!;
};

export const nearest = (word: string, known: readonly string[]): string | undefined =>
  known
    .map((candidate) => ({ candidate, edits: distance(word, candidate) }))
    .filter(({ candidate, edits }) => edits <= Math.max(1, Math.floor(candidate.length / 3)))
    .sort((a, b) => a.edits - b.edits)[0]?.candidate;

/** The keys allowed where an unknown one was found, read off the published schema. */
export type KnownKeys = (path: readonly PropertyKey[]) => readonly string[];

const sentence = (text: string): string => (/[.]$/.test(text) ? text : `${text}.`);

/** YAML's words for what a key has to hold. */
const KINDS: Readonly<Record<string, string>> = {
  object: "a mapping of keys",
  record: "a mapping of keys",
  array: "a list",
  string: "text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
};
const kindOf = (expected: string): string => KINDS[expected] ?? expected;

/** A scalar as it is written in the file, where that is known. */
type Written = (path: readonly PropertyKey[]) => string | undefined;

const describe = (issue: z.core.$ZodIssue, written: Written): string => {
  if (issue.code === "invalid_type") {
    // Words of the schema's own are better than any that follow from a type.
    if (!issue.message.startsWith("Invalid input")) return sentence(issue.message);
    if ("input" in issue && issue.input === undefined)
      return `is missing. Add it (${kindOf(issue.expected)}).`;
    const found = issue.input;
    const isScalar = typeof found === "number" || typeof found === "boolean";
    const remedy =
      issue.expected === "string" && isScalar
        ? `: write it in quotes, "${written(issue.path) ?? String(found)}"`
        : "";
    return `has to be ${kindOf(issue.expected)}${remedy}.`;
  }
  if (issue.code === "too_small" || issue.code === "too_big") {
    const bound =
      issue.code === "too_small" ? `at least ${issue.minimum}` : `at most ${issue.maximum}`;
    return `has to be ${bound}.`;
  }
  // z.record's key errors carry the reason inside.
  if (issue.code === "invalid_key")
    return sentence(issue.issues[0]?.message ?? "is not a usable key");
  return sentence(issue.message);
};

export const placeOf = (file: string, path: readonly PropertyKey[]): string =>
  [file, path.map(String).join(".")].filter(Boolean).join(": ");

const mistakes = (issues: readonly z.core.$ZodIssue[]): number =>
  issues.reduce(
    (sum, issue) => sum + (issue.code === "unrecognized_keys" ? issue.keys.length : 1),
    0,
  );
/**
 * Of what may be one of several, what is wrong with the one that is meant: the one that the fewest
 * mistakes lead to. undefined where that is none, or more than one.
 */
const meant = (issue: z.core.$ZodIssue): readonly z.core.$ZodIssue[] | undefined => {
  if (issue.code !== "invalid_union") return undefined;
  const [first, second] = [...issue.errors].sort((a, b) => mistakes(a) - mistakes(b));
  return first && second && mistakes(first) < mistakes(second)
    ? first.map((one) => ({ ...one, path: [...issue.path, ...one.path] }))
    : undefined;
};

/** One line a problem: "fleet.yaml: services.feed.port: is …". Unknown keys get a line each. */
export const issueLines = (
  file: string,
  issues: readonly z.core.$ZodIssue[],
  known: KnownKeys,
  written: Written = () => undefined,
): string[] =>
  issues.flatMap((issue) => {
    const own = meant(issue);
    if (own) return issueLines(file, own, known, written);
    if (issue.code !== "unrecognized_keys")
      return [`${placeOf(file, issue.path)}: ${describe(issue, written)}`];
    return issue.keys.map((key) => {
      const kind = (issue.input as { kind?: string } | undefined)?.kind;
      // A key that another kind of service has.
      if (known(issue.path).includes(key))
        return (
          `${placeOf(file, [...issue.path, key])}: does not go with ` +
          `${kind === undefined ? "the keys beside it" : `kind "${kind}"`}. Remove it.`
        );
      const near = nearest(key, known(issue.path));
      return (
        `${placeOf(file, [...issue.path, key])}: unknown key. ` +
        `${near ? `Did you mean "${near}"?` : `Known here: ${known(issue.path).join(", ")}.`}`
      );
    });
  });
