import { expect, test } from "@jest/globals";

import { upAndMend } from "../../../cli/mend-drift";
import type { UpResult } from "../../../cli/up";

const ended = (ok: boolean, changes: Readonly<Record<string, number>>): UpResult => ({
  engine: {
    exitCode: 0,
    errors: [],
    changes,
    interrupted: false,
    seconds: 1,
  },
  verification: { ok, verdicts: [], seconds: 1 },
  outputs: {} as UpResult["outputs"],
  seconds: 2,
});
const SAME = { same: 57 };

/** What the engine was run with each time, how often somebody was asked, and how it ended. */
const attempt = async (
  results: readonly UpResult[],
  { refreshed = false, answer }: { refreshed?: boolean; answer?: string },
) => {
  const runs: (readonly string[])[] = [];
  let asked = 0;
  const error = await upAndMend({
    bringUp: (more) => {
      runs.push(more);
      return Promise.resolve(results[runs.length - 1]!);
    },
    refreshed,
    stack: "local",
    ...(answer === undefined
      ? {}
      : {
          ask: () => {
            asked += 1;
            return Promise.resolve(answer);
          },
        }),
  }).catch((thrown: Error) => thrown.message);
  return { runs, asked, error };
};

test.each(["", "y", "Yes "])(
  "what was deleted by hand is put back when %p is answered",
  async (answer) =>
    expect(await attempt([ended(false, SAME), ended(true, { create: 1 })], { answer })).toEqual({
      runs: [[], ["--refresh"]],
      asked: 1,
    }),
);

test("it is asked once: what stays unwell then fails", async () => {
  const twice = [ended(false, SAME), ended(false, SAME)];
  expect(await attempt(twice, { answer: "y" })).toMatchObject({
    asked: 1,
    error: expect.stringContaining("not every service is well"),
  });
});

test.each([
  ["the answer is no", [ended(false, SAME)], { answer: "n" }, 1],
  ["nobody is there to be asked", [ended(false, SAME)], {}, 0],
] as const)("nothing is done where %s; the remedy is named", async (_, results, how, asked) =>
  expect(await attempt(results, how)).toMatchObject({
    runs: [[]],
    asked,
    error: expect.stringContaining("./fleet up --refresh"),
  }),
);

test("nobody is asked where all is well, something was changed, or it has been looked at already", async () => {
  expect(await attempt([ended(true, SAME)], { answer: "y" })).toMatchObject({ asked: 0 });
  expect(await attempt([ended(false, { update: 1 })], { answer: "y" })).toMatchObject({ asked: 0 });
  const looked = await attempt([ended(false, SAME)], { answer: "y", refreshed: true });
  expect(looked).toMatchObject({ runs: [[]], asked: 0 });
});
