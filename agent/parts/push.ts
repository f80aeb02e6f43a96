import { closeSync, createReadStream, openSync, rmSync, writeFileSync } from "node:fs";

import { BUILDER_PROGRAM, PATHS } from "@second-server/contract/paths";
import { BUILD_UNIT } from "@second-server/contract/units";

import { inUnit } from "../confine";
import { hashFile, makeFolder } from "../files";
import type { Machine } from "../machine";
import { readApplied } from "../record";
import { deploy } from "./deploy";
import { shortCommit } from "./pushed";

const COMMIT = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;
const BUILD_SECONDS = 310;

/** The receiving end asks to be the first to go when memory is short; what changes a machine is not. */
const stayToTheEnd = (): void => {
  try {
    writeFileSync("/proc/self/oom_score_adj", "0");
  } catch {
    // Not root's to decide everywhere, and not needed.
  }
};

/** Has the release made by nobody, of what standard input brings, into this file. */
const build = async (machine: Machine, service: string, path: string): Promise<void> => {
  makeFolder(machine.at(PATHS.agentState), 0o700);
  const file = openSync(machine.at(path), "w", 0o600);
  try {
    const { code, stderr } = await machine.run(
      inUnit(`release-build-${process.pid}.service`, BUILD_UNIT, [
        process.execPath,
        BUILDER_PROGRAM,
        service,
      ]),
      { inputFile: 0, outputFile: file, seconds: BUILD_SECONDS },
    );
    if (code !== 0)
      throw new Error(
        stderr.trim() ||
          `no release could be made of it (exit ${code}): it took more memory or time than a push may. Bring it by ./fleet deploy ${service}`,
      );
  } finally {
    closeSync(file);
  }
};

/**
 * `fleet-agent push SERVICE COMMIT WHO`, the commit's tree as a tar on standard input: asked by the
 * receiving end of `git push`, whose answer is this one's exit code.
 */
export const push = async (
  machine: Machine,
  [service = "", commit = "", who = ""]: readonly string[],
): Promise<void> => {
  const branch = readApplied(machine)?.release.branches?.[service];
  if (branch === undefined || !COMMIT.test(commit))
    throw new Error(
      `fleet-agent push: "${service}" takes no push of "${commit}". It says so in fleet.yaml (push: BRANCH), once ./fleet up has brought that.`,
    );
  stayToTheEnd();
  process.env["FLEET_BY"] = who.replace(/[^\w .:@-]/g, "") || "somebody";
  machine.log(`service ${service}: making a release of ${shortCommit(commit)} (${branch})`);
  const path = `${PATHS.agentState}/pushed.tar.gz`;
  try {
    await build(machine, service, path);
    const archive = machine.at(path);
    await deploy(machine, hashFile(archive), createReadStream(archive), {
      service,
      commit,
      branch,
    });
  } finally {
    rmSync(machine.at(path), { force: true });
  }
};
