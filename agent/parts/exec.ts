import { serviceUnit } from "@second-server/contract/names";
import { unitPath } from "@second-server/contract/paths";

import { readText } from "../files";
import type { Machine } from "../machine";
import { runOnOwnStreams } from "../process";

/** What is about being a daemon, and about nothing that a command may do. */
const NOT_TAKEN: readonly string[] = [
  "ExecStart",
  "Restart",
  "RestartSec",
  "Type",
  "TimeoutStopSec",
];

/** The settings of a unit's [Service] section, as `systemd-run --property` takes them. */
export const propertiesOf = (unit: string): readonly string[] =>
  (unit.split(/^\[Service\]$/m)[1] ?? "")
    .split(/^\[/m)[0]!
    .split("\n")
    .filter((line) => /^\w+=/.test(line) && !NOT_TAKEN.includes(line.split("=")[0] ?? ""))
    .map((line) => `--property=${line}`);

/** `fleet-agent exec SERVICE -- COMMAND`: in a unit like the service's own. Resolves with the command's exit code. */
export const execAs = async (
  machine: Machine,
  service: string,
  command: readonly string[],
): Promise<number> => {
  const unit = readText(machine.at(unitPath(serviceUnit(service))));
  if (unit === undefined || !/^[a-z0-9-]+$/.test(service))
    throw new Error(`fleet-agent exec: there is no service "${service}" with a process here.`);
  if (command.length === 0) throw new Error("fleet-agent exec: a command is needed, after --");
  return await runOnOwnStreams([
    "systemd-run",
    "--quiet",
    "--collect",
    "--wait",
    process.stdin.isTTY && process.stdout.isTTY ? "--pty" : "--pipe",
    "--service-type=exec",
    ...propertiesOf(unit),
    "--",
    ...command,
  ]);
};
