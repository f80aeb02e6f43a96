import { expect, test } from "@jest/globals";

import { runAndCollect } from "../../../agent/process";
import { complaintOf } from "../../../agent/repository/restic";

test("a program that the kernel has killed is told as that, behind what it had said of others", async () => {
  const words = "echo 'error: of another thing' >&2; kill -9 $$";
  const ran = await runAndCollect(["sh", "-c", words], { seconds: 60 });
  expect(complaintOf(ran)).toBe(
    "exit 128: error: of another thing; it was killed, most likely for want of memory",
  );
});

test("one that was ended by its deadline is told as late", async () => {
  const ran = await runAndCollect(["sleep", "60"], { seconds: 0.1 });
  expect(ran).toMatchObject({ code: 124, stderr: "\nit did not end within 0.1 s" });
});
