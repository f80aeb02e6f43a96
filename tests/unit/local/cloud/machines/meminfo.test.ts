import { expect, test } from "@jest/globals";

import { meminfoText, memoryUse } from "../../../../../local/cloud/machines/meminfo";

const MEBI = 1024 ** 2;
const value = (text: string, name: string): number =>
  Number(new RegExp(`^${name}: +(\\d+) kB$`, "m").exec(text)?.[1]);

test("a droplet of 512 MB shows 512 MB: free, and what could be freed", () => {
  const stat = `total_rss ${100 * MEBI}\ntotal_active_file ${50 * MEBI}\ntotal_inactive_file ${30 * MEBI}\nactive_file 1\n`;
  const text = meminfoText(memoryUse(stat, 200 * MEBI, 512 * MEBI));
  expect(
    ["MemTotal", "MemFree", "MemAvailable", "AnonPages"].map((name) => value(text, name) / 1024),
  ).toEqual([512, 312, 392, 100]);
});

test("cgroup2's names mean the same", () => {
  expect(memoryUse("anon 5\nactive_file 7\nfile_dirty 2\n", 20, 100)).toMatchObject({
    anonymous: 5,
    activeFile: 7,
    dirty: 2,
  });
});

test("overwritten in place, a text never leaves a rest of the one before", () => {
  const lengths = [0, 1, 4096 * MEBI].map(
    (bytes) => meminfoText(memoryUse("", bytes, 192 * 1024 * MEBI)).length,
  );
  expect(new Set(lengths).size).toBe(1);
});
