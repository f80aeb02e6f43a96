import { expect, test } from "@jest/globals";

import { pointsBelow } from "../../../../../local/cloud/machines/foreign-mounts";

test("mounts of a folder, the latest first; a blank in a path is a blank, and a neighbour with a longer name is none of ours", () => {
  const line = (point: string): string =>
    `36 35 98:0 / ${point} rw,relatime shared:1 - ext4 /dev/loop1 rw`;
  const text = ["/", "/a\\040b", "/a\\040b/1/fs", "/a\\040bc", "/a\\040b/1/root"]
    .map(line)
    .join("\n");
  expect(pointsBelow(text, "/a b")).toEqual(["/a b/1/root", "/a b/1/fs", "/a b"]);
});
