import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect, test } from "@jest/globals";

import { SUPERVISOR_SCRIPT } from "../../../../../local/cloud/machines/boot";
import { suiteWhere } from "../../../../fixtures/suite-where";

/**
 * As nspawn on cgroup2: it makes a group in its own and hands its controllers down; the first time
 * it ends as for a reboot.
 */
const NSPAWN =
  'echo boot >>"$1/boots"; mkdir "$2/payload"; [ "$(wc -l <"$1/boots")" = 1 ] && exit 133; exit 0';

suiteWhere(
  process.platform === "linux" ? null : "it is a shell script for Linux",
  "a machine's supervisor",
  () => {
    test("gives each boot a box without what the last one has left in it", () => {
      const folder = mkdtempSync(join(tmpdir(), "second-server-supervisor-"));
      try {
        const [box, bin] = [join(folder, "box"), join(folder, "bin")];
        for (const made of [box, bin]) mkdirSync(made);
        // A folder of a real group vanishes with the files that the kernel has put there; and no
        // boot of its own, no links to take down.
        writeFileSync(join(bin, "find"), '#!/bin/sh\nrm -r "$1"\n', { mode: 0o755 });
        for (const name of ["ip", "unshare"])
          writeFileSync(
            join(bin, name),
            '#!/bin/sh\n[ "$1" = --time ] || exit 0\nshift 4; exec "$@"\n',
            { mode: 0o755 },
          );
        const { stderr } = spawnSync(
          "sh",
          [SUPERVISOR_SCRIPT, "sh", "-c", NSPAWN, "nspawn", folder, box],
          {
            encoding: "utf8",
            env: { PATH: `${bin}:/usr/bin:/bin`, BOX: box, SUPERVISOR_GROUPS: "", NETNS: "none" },
          },
        );
        expect(stderr).toBe("");
        expect(readFileSync(join(folder, "boots"), "utf8")).toBe("boot\nboot\n");
        expect(existsSync(join(box, "payload"))).toBe(true);
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    });
  },
);
