import { existsSync, renameSync, rmSync } from "node:fs";
import { basename, dirname } from "node:path";

import { PATHS } from "@second-server/contract/paths";

import { shown } from "../file-names";
import { makeFolder } from "../files";
import { type Machine, must } from "../machine";
import { note } from "../record";
import { unpackInto } from "./copy";
import { faultsOf } from "./manifest";

/** As long as the watcher sends. */
const SECONDS = 2 * 3600;
const STANDARD_INPUT = 0;

/**
 * Reads the tar of a backup from this process's standard input, checks every file of it, and keeps
 * it until it is put in place.
 */
export const receive = async (machine: Machine, inputFile = STANDARD_INPUT): Promise<void> => {
  const incoming = machine.at(PATHS.incoming);
  makeFolder(dirname(incoming), 0o700);
  const { failed } = await unpackInto(
    machine,
    dirname(incoming),
    basename(incoming),
    inputFile,
    SECONDS,
  );
  if (failed !== undefined)
    throw new Error(
      `fleet-agent: the backup did not arrive whole: ${shown(failed)}. Send it again.`,
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
