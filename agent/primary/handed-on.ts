import { existsSync, readFileSync } from "node:fs";

import { PATHS } from "@second-server/contract/paths";

import type { Machine } from "../machine";

/** The address of the primary that has taken over; undefined for one that serves. */
export const handedOnTo = (machine: Machine): string | undefined => {
  const path = machine.at(PATHS.handedOn);
  return existsSync(path) ? readFileSync(path, "utf8").trim() : undefined;
};

/** Another one has what was written since: whatever starts here again would write beside it. */
const refuseHandedOn = (machine: Machine, command: string): void => {
  const to = handedOnTo(machine);
  if (to !== undefined)
    throw new Error(
      `fleet-agent ${command}: this primary has handed on to ${to}, and nothing is started here any more. Go on with: ./fleet rebuild primary`,
    );
};

/** While nothing is written here, nor once another one has taken over, nothing is started. */
export const refuseWhileHandingOn = (machine: Machine, command: string): void => {
  refuseHandedOn(machine, command);
  if (existsSync(machine.at(PATHS.frozen)))
    throw new Error(
      `fleet-agent ${command}: this primary is being handed on (./fleet rebuild primary). Run it again in a minute.`,
    );
};
