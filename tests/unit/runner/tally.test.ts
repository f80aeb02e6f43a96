import { describe, expect, test } from "@jest/globals";

import { closing } from "../../runner/closing";
import { type Failure, type Note, tallyOf } from "../../runner/notes";

const notes = (...all: Note[]): string => all.map((note) => `${JSON.stringify(note)}\n`).join("");
const tested = (title: string, status: string, failure = "") => ({
  suites: ["suite"],
  title,
  status,
  failure,
});
const began: Note = { kind: "began", file: "a.test.ts" };
const ended = (...tests: ReturnType<typeof tested>[]): Note => ({
  kind: "ended",
  file: "a.test.ts",
  tests,
  error: null,
});

describe("the tally of a jest run", () => {
  test("counts what passed, failed and was skipped, and names it", () => {
    const { passed, skipped, failures, left } = tallyOf(
      notes(
        began,
        ended(
          tested("one", "passed"),
          tested("two", "failed", "because"),
          tested("three", "pending"),
        ),
        { kind: "complete" },
      ),
      "exit code 1",
    );
    expect({ passed, skipped, left }).toEqual({ passed: 1, skipped: 1, left: ["suite"] });
    expect(failures).toEqual([
      { name: "a.test.ts › suite › two", message: "because", evidence: [] },
    ]);
  });

  test("keeps what a jest that died had seen, names the file it died in, and takes half a line for nothing", () => {
    const { passed, failures } = tallyOf(
      `${notes(began, { kind: "test", file: "a.test.ts", test: tested("one", "passed") })}{"kind":"te`,
      "SIGKILL",
    );
    expect(passed).toBe(1);
    expect(failures.map(({ name, message }) => `${name}: ${message}`)).toEqual([
      "a.test.ts: began and did not end",
      "jest: ended before its tests did (SIGKILL)",
    ]);
  });

  test.each([
    [
      "a jest that says nothing at all",
      "",
      "exit code 1",
      "ended before its tests did (exit code 1)",
    ],
    [
      "a jest that fails without a failed test",
      notes(began, ended(tested("one", "passed")), { kind: "complete" }),
      "exit code 1",
      "ended with exit code 1 although no test failed",
    ],
    [
      "a jest that ends well too soon",
      notes(began, ended(tested("one", "passed"))),
      null,
      "ended before its tests did (exit code 0)",
    ],
    [
      "a file that does not load",
      notes(
        began,
        { kind: "ended", file: "a.test.ts", tests: [], error: "no such module" },
        { kind: "complete" },
      ),
      "exit code 1",
      "no such module",
    ],
  ])("%s is a failure", (_, text, end, message) =>
    expect(tallyOf(text, end).failures.map((one) => one.message)).toEqual([message]),
  );

  test("a failure has the evidence that was gathered for it", () => {
    const evidence: Note = { kind: "evidence", test: "suite › two", lines: ["load 9"] };
    expect(
      tallyOf(
        notes(began, evidence, ended(tested("two", "failed", "because")), { kind: "complete" }),
        "exit code 1",
      ).failures[0]!.evidence,
    ).toEqual(["load 9"]);
  });
});

describe("the closing words", () => {
  const failure = (name: string, lines = 1): Failure => ({
    name,
    message: Array.from({ length: lines }, (_, at) => `line ${at}`).join("\n"),
    evidence: ["what was going on", ...Array.from({ length: lines }, () => "more")],
  });
  test("none where nothing has failed", () => expect(closing([], "/p")).toEqual([]));

  test.each([1, 2, 3, 4, 8, 40])(
    "%i failures fit in the last lines of a log, the first with its evidence",
    (count) => {
      const lines = closing(
        Array.from({ length: count }, (_, at) => failure(`test ${at}`, 100)),
        "/p",
      );
      expect(lines.length).toBeLessThanOrEqual(36);
      expect(lines.filter((line) => line.startsWith("✕"))).toHaveLength(Math.min(count, 8));
      expect(lines.join("\n")).toContain("✕ test 0\n    line 0");
      expect(lines).toContain("    what was going on");
    },
  );

  test("of a stack only the frame that is ours, from the project's folder", () => {
    const message =
      "\u001b[31mError: no\u001b[39m\n" +
      "    at expect (/p/node_modules/expect/index.js:1:1)\n" +
      "    at Object.<anonymous> (/p/tests/a.test.ts:4:5)\n" +
      "    at other (/p/tests/kit.ts:1:1)";
    expect(closing([{ name: "a", message, evidence: [] }], "/p").slice(2)).toEqual([
      "✕ a",
      "    at Object.<anonymous> (tests/a.test.ts:4:5)",
      "    Error: no",
    ]);
  });
});
