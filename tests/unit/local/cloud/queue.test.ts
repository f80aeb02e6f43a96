import { expect, test } from "@jest/globals";

import { createKeyedQueue } from "../../../../local/cloud/queue";

test("works of one key wait for each other, also for one that fails; those of another key do not", async () => {
  const queue = createKeyedQueue();
  const order: string[] = [];
  let release = (): void => undefined;
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const first = queue.run("a", async () => {
    await held;
    order.push("a1");
    throw new Error("no");
  });
  const second = queue.run("a", () => Promise.resolve(order.push("a2")));
  await queue.run("b", () => Promise.resolve(order.push("b")));
  release();
  await expect(first).rejects.toThrow("no");
  await second;
  await queue.settled();
  expect(order).toEqual(["b", "a1", "a2"]);
});
