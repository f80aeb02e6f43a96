/**
 * Jest reporter: writes each result as a line of JSON (notes.ts) to SECOND_SERVER_TEST_NOTES as
 * soon as it is known. Where it is the only reporter it also shows each test as it ends, its
 * failure right below it: a suite of ten minutes shows where it is, and an output that is cut still
 * has name and reason together.
 */
"use strict";
const { appendFileSync } = require("node:fs");
const { relative } = require("node:path");

const noteOf = ({ ancestorTitles, title, status, failureMessages }) => ({
  suites: ancestorTitles,
  title,
  status,
  failure: (failureMessages ?? []).join("\n"),
});
const indented = (text) =>
  text
    .split("\n")
    .map((line) => `      ${line}`)
    .join("\n");

const MARKS = { passed: "✓", failed: "✕" };

module.exports = class NotingReporter {
  constructor({ rootDir, reporters }) {
    this.rootDir = rootDir;
    this.alone = reporters.length === 1;
    this.suite = "";
  }

  note(note) {
    appendFileSync(process.env.SECOND_SERVER_TEST_NOTES, `${JSON.stringify(note)}\n`);
  }
  fileOf({ path }) {
    return relative(this.rootDir, path);
  }
  show(text) {
    if (this.alone) process.stdout.write(`${text}\n`);
  }

  onTestFileStart(test) {
    this.note({ kind: "began", file: this.fileOf(test) });
    this.show(this.fileOf(test));
  }

  onTestCaseResult(test, result) {
    this.note({ kind: "test", file: this.fileOf(test), test: noteOf(result) });
    const suite = result.ancestorTitles.join(" › ");
    if (suite !== this.suite) this.show(`  ${suite}`);
    this.suite = suite;
    const { title, status, duration, failureMessages } = result;
    this.show(`    ${MARKS[status] ?? "○"} ${title}${duration ? ` (${duration} ms)` : ""}`);
    if (status === "failed") this.show(indented(failureMessages.join("\n")));
  }

  onTestFileResult(test, { testResults, testExecError, failureMessage }) {
    // A file that does not load has failed without a test of its own; so has one whose clean-up
    // failed.
    const unloaded =
      testExecError !== undefined ||
      (Boolean(failureMessage) && !testResults.some(({ status }) => status === "failed"));
    this.note({
      kind: "ended",
      file: this.fileOf(test),
      tests: testResults.map(noteOf),
      error: unloaded ? (failureMessage ?? testExecError.message ?? "it did not load") : null,
    });
    if (unloaded) this.show(indented(failureMessage ?? ""));
  }

  onRunComplete(_contexts, { wasInterrupted }) {
    if (!wasInterrupted) this.note({ kind: "complete" });
  }
};
