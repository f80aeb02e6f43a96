import { existsSync, renameSync, rmSync } from "node:fs";

import { PATHS } from "@second-server/contract/paths";

import { makeFolder } from "../files";
import { type Machine, must } from "../machine";
import { runOnOwnStreams } from "../process";
import { note } from "../record";
import { faultsOf } from "./manifest";

/**
 * Reads the tar of a backup from this process's standard input, checks every file of it, and keeps
 * it until it is put in place.
 */
export const receive = async (machine: Machine): Promise<void> => {
  const incoming = machine.at(PATHS.incoming);
  rmSync(incoming, { recursive: true, force: true });
  makeFolder(incoming, 0o700);
  const code = await runOnOwnStreams([
    "tar",
    "-xf",
    "-",
    "-C",
    incoming,
    "--no-same-owner",
    "--delay-directory-restore",
    "--xattrs",
    "--xattrs-include=user.*",
  ]);
  if (code !== 0)
    throw new Error(
      `fleet-agent: the backup did not arrive whole (tar: exit ${code}). Send it again.`,
    );
  const faults = faultsOf(incoming);
  if (faults.length > 0)
    throw new Error(
      `fleet-agent: what arrived is not a whole backup: ${faults.slice(0, 5).join("; ")}`,
    );
  rmSync(machine.at(PATHS.restore), { recursive: true, force: true });
  await must(machine, ["sync", "-f", incoming]);
  renameSync(incoming, machine.at(PATHS.restore));
  note(machine, "a backup has arrived");
  machine.log("backup received and verified");
};

export const isSealed = (machine: Machine): boolean => existsSync(machine.at(PATHS.sealed));
