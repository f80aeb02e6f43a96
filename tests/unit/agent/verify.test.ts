import { spawnSync } from "node:child_process";
import { chmodSync, readFileSync, writeFileSync } from "node:fs";

import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { treeFolder, unitPath } from "@second-server/contract/paths";

import { apply } from "../../../agent/apply/apply";
import type { FleetFacts } from "../../../config/fleet";
import { serviceUnit } from "../../../render/units";
import { factsIn, project, removeProjects } from "../../fixtures/manifest";
import { suiteWhere } from "../../fixtures/suite-where";
import { file, release } from "./sample";
import { type TemporaryMachine, temporaryMachine } from "./temporary-machine";

let machine: TemporaryMachine;
beforeEach(() => {
  machine = temporaryMachine();
});
afterEach(() => {
  machine.remove();
  removeProjects();
});

const hookWith = (command: readonly string[]): FleetFacts["services"][number] => ({
  ...factsIn(project()).services.find(({ name }) => name === "hook")!,
  command,
});

/**
 * The machine's systemd-analyze is this host's; it reads the units with the machine's folder in the
 * place of /.
 */
const withSystemd = (): TemporaryMachine => ({
  ...machine,
  run: async (argv, options) => {
    if (argv[0] !== "systemd-analyze") return await machine.run(argv, options);
    for (const path of argv.filter((word) => word.endsWith(".service")))
      writeFileSync(
        path,
        readFileSync(path, "utf8").replaceAll("/opt/fleet/", `${machine.root}/opt/fleet/`),
      );
    const { status, stdout, stderr } = spawnSync(argv[0], argv.slice(1), { encoding: "utf8" });
    return { code: status ?? 1, stdout, stderr };
  },
});

const PROGRAM = "#!/bin/sh\nexec sleep 1\n";
const bring = async (command: readonly string[], hash: string, path: string): Promise<void> => {
  const text = serviceUnit(hookWith(command)).text;
  const unit = unitPath("fleet-hook.service");
  const sha = machine.deliver(
    release({
      files: [file(unit, text)],
      trees: [{ name: "hook", hash }],
      units: [
        { name: "fleet-hook.service", restartOn: ["tree:hook"], onChange: "restart", enable: true },
      ],
    }),
    [text],
    { hook: { [path]: PROGRAM } },
    (folder) => {
      if (path !== "plain") chmodSync(`${folder}/trees/hook/${path}`, 0o755);
    },
  );
  await apply(withSystemd(), sha);
};

const LACKING =
  spawnSync("systemd-analyze", ["--version"]).status === 0 ? null : "systemd-analyze is missing";
suiteWhere(LACKING, "a release is verified as systemd will read it", () => {
  test.each([
    ["a program of a package", ["/bin/sleep", "1"], "hooks.json"],
    ["a program of the folder", ["./program"], "program"],
    [
      "one in a folder below, with words",
      ["./bin/run-it.sh", "-p", "${PORT}", "a b"],
      "bin/run-it.sh",
    ],
    ["a package's program that reads the folder", ["/bin/sh", "./program"], "program"],
  ])("%s, on a machine that has nothing of it yet", async (_what, command, path) => {
    await bring(command, "aaaa", path);
    expect(machine.read(`${treeFolder("hook")}/${path}`)).toBe(PROGRAM);
  });

  test("a program that comes with this release, where the one before had another", async () => {
    await bring(["./program"], "aaaa", "program");
    await bring(["./other"], "bbbb", "other");
    expect(machine.read(`${treeFolder("hook")}/other`)).toBe(PROGRAM);
  });

  test.each([
    ["is not in the folder", ["./absent"], "program", "No such file or directory"],
    ["can't be executed", ["./plain"], "plain", "Permission denied"],
  ])("a program that %s is refused before anything changes", async (_what, command, path, why) => {
    await bring(["./program"], "aaaa", "program");
    await expect(bring(command, "bbbb", path)).rejects.toThrow(why);
    expect(machine.read(`${treeFolder("hook")}/program`)).toBe(PROGRAM);
  });
});
