/**
 * What reporter.cjs writes down of one jest run, a line of JSON each, at the moment it is known: a
 * jest that dies has still said what it saw.
 */
export type Note =
  | { readonly kind: "began"; readonly file: string }
  | { readonly kind: "test"; readonly file: string; readonly test: TestNote }
  | {
      readonly kind: "ended";
      readonly file: string;
      readonly tests: readonly TestNote[];
      /** Why the file did not even load. */ readonly error: string | null;
    }
  | { readonly kind: "evidence"; readonly test: string; readonly lines: readonly string[] }
  | { readonly kind: "complete" };
export interface TestNote {
  readonly suites: readonly string[];
  readonly title: string;
  readonly status: string;
  readonly failure: string;
}

/** One thing that has failed: which, why, and what was going on then. */
export interface Failure {
  readonly name: string;
  readonly message: string;
  readonly evidence: readonly string[];
}
export interface Tally {
  readonly passed: number;
  readonly skipped: number;
  readonly failures: readonly Failure[];
  /** What was skipped: suites, or tests that have none. */ readonly left: readonly string[];
}

const parsed = (line: string): Note[] => {
  // The last line of a jest that was killed may be half a line.
  try {
    return [JSON.parse(line) as Note];
  } catch {
    return [];
  }
};

export const nameOf = (
  file: string,
  { suites, title }: Pick<TestNote, "suites" | "title">,
): string => [file, ...suites, title].join(" › ");

/**
 * Counts a jest run by its notes; `end` is how its process ended ("exit code 1", "SIGKILL"), or
 * null when it ended well.
 */
export const tallyOf = (text: string, end: string | null): Tally => {
  const notes = text.split("\n").filter(Boolean).flatMap(parsed);
  const of = <K extends Note["kind"]>(kind: K) =>
    notes.filter((note): note is Extract<Note, { kind: K }> => note.kind === kind);
  const ended = of("ended");
  const unended = of("began")
    .map(({ file }) => file)
    .filter((file) => !ended.some((one) => one.file === file));
  const tests = [
    ...ended.flatMap(({ file, tests: ofFile }) => ofFile.map((test) => ({ file, test }))),
    ...of("test").filter(({ file }) => unended.includes(file)),
  ].map(({ file, test }) => ({ ...test, name: nameOf(file, test) }));
  const evidenceOf = (name: string): readonly string[] =>
    of("evidence").find(({ test }) => name.endsWith(test))?.lines ?? [];

  const failures: Failure[] = [
    ...tests
      .filter(({ status }) => status === "failed")
      .map(({ name, failure }) => ({ name, message: failure, evidence: evidenceOf(name) })),
    ...ended
      .filter(({ error }) => error !== null)
      .map(({ file, error }) => ({ name: file, message: error!, evidence: [] })),
    ...unended.map((file) => ({ name: file, message: "began and did not end", evidence: [] })),
  ];
  if (of("complete").length === 0)
    failures.push({
      name: "jest",
      message: `ended before its tests did (${end ?? "exit code 0"})`,
      evidence: [],
    });
  else if (end !== null && failures.length === 0)
    failures.push({
      name: "jest",
      message: `ended with ${end} although no test failed`,
      evidence: [],
    });
  const pending = tests.filter(({ status }) => status !== "passed" && status !== "failed");
  return {
    passed: tests.filter(({ status }) => status === "passed").length,
    skipped: pending.length,
    failures,
    left: [...new Set(pending.map(({ suites, title }) => suites[0] ?? title))],
  };
};
