import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, expect, test } from "@jest/globals";

import { spaceProblem } from "../../../../../local/cloud/host/space";

const given = { ...process.env };
afterEach(() => {
  for (const name of ["XDG_STATE_HOME", "XDG_CACHE_HOME"]) {
    if (given[name] === undefined) delete process.env[name];
    else process.env[name] = given[name];
  }
});

const onLinux = process.platform === "linux" ? test : test.skip;
// /proc is a file system without room for anything.
onLinux.each(["XDG_STATE_HOME", "XDG_CACHE_HOME"])(
  "room is looked for where %s points, though the folder is still to be made",
  async (name) => {
    process.env["XDG_STATE_HOME"] = process.env["XDG_CACHE_HOME"] = join(
      tmpdir(),
      "second-server-not-there-yet",
    );
    process.env[name] = "/proc/not-there-yet";
    expect(await spaceProblem()).toEqual([
      expect.objectContaining({
        problem: expect.stringMatching(/^only 0\.0 GiB are free for \/proc\/not-there-yet\//),
      }),
    ]);
  },
);
