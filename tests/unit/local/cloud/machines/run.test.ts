import { expect, test } from "@jest/globals";

import { attempt, run } from "../../../../../local/cloud/machines/run-program";

test("a failing command is named with its exit code and last words", async () => {
  await expect(run(["sh", "-c", "echo one >&2; echo two >&2; exit 3"])).rejects.toThrow(
    "exit 3: one / two",
  );
});

test("a command that isn't there says so", async () => {
  await expect(attempt(["/no/such/program"])).rejects.toThrow("/no/such/program: can't be started");
});

test("lines come as they are complete, input goes in", async () => {
  const lines: string[] = [];
  expect(
    await run(["sh", "-c", "cat; printf rest"], {
      input: "a\nb\n",
      onLine: (line) => lines.push(line),
    }),
  ).toBe("a\nb\nrest");
  expect(lines).toEqual(["a", "b"]);
});
