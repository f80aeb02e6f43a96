import { expect, test } from "@jest/globals";

import { jsonReporter, plainReporter, terminalReporter } from "../../../cli/progress/reporter";
import { clip, duration, table } from "../../../cli/progress/text";

const sink = () => {
  const written: string[] = [];
  return {
    written,
    write: (text: string) => {
      written.push(text);
      return true;
    },
  };
};

test("seconds read as people say them", () => {
  expect(duration(4.24)).toBe("4.2 s");
  expect(duration(75)).toBe("1 m 15 s");
  expect(duration(3600)).toBe("60 m 00 s");
});

test("a table's columns are as wide as their widest cell, and lines have no trailing blanks", () => {
  expect(
    table(
      ["A", "LONG"],
      [
        ["wide cell", "x"],
        ["b", ""],
      ],
    ),
  ).toEqual(["A          LONG", "---------  ----", "wide cell  x", "b"]);
  expect(clip("abcdef", 4)).toBe("abc…");
});

test("a plain stream gets one line a finished step", () => {
  const out = sink();
  const reporter = plainReporter(out, () => 0);
  reporter.running("a", "creating Droplet primary", "booting");
  reporter.done("a", "created Droplet primary", 4.2, { failed: false });
  reporter.done("b", "creating Record blog", 1, { failed: true, detail: "422" });
  reporter.close();
  expect(out.written).toEqual([
    "     4.2 s  created Droplet primary\n",
    "     1.0 s  FAILED creating Record blog: 422\n",
  ]);
});

test("JSON readers get one object a line and no sentences", () => {
  const out = sink();
  const reporter = jsonReporter(out, () => 0);
  reporter.say("Nothing changed.");
  reporter.running("a", "creating", "line");
  reporter.clear("a");
  reporter.event({ type: "up", ok: true });
  reporter.close();
  expect(out.written.map((line) => JSON.parse(line) as unknown)).toEqual([
    {
      time: "1970-01-01T00:00:00.000Z",
      type: "running",
      key: "a",
      label: "creating",
      detail: "line",
    },
    { time: "1970-01-01T00:00:00.000Z", type: "cleared", key: "a" },
    { time: "1970-01-01T00:00:00.000Z", type: "up", ok: true },
  ]);
});

test("a terminal's running lines are erased before anything is printed, and none is left at the end", () => {
  const out = { ...sink(), isTTY: true, columns: 40 };
  const reporter = terminalReporter(out, () => 0);
  reporter.running("a", "creating Droplet primary with a very long name indeed");
  expect(out.written.at(-1)).toContain("…");
  reporter.done("a", "created", 1, { failed: false });
  reporter.close();
  // What a terminal would show: erase one line up, then the finished line.
  expect(out.written).toContain("\u001b[1A\u001b[0J");
  expect(out.written.at(-1)).toBe("     1.0 s  created\n");
});
