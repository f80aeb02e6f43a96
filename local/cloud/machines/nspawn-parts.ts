import type { Router } from "../network/router";
import type { MachineFaults } from "./machine-faults";
import type { MachineTable } from "./machine-table";
import type { PowerSwitch } from "./power";
import type { Power } from "./spec";
import type { Surroundings } from "./surroundings";

export type PowerListener = (dropletId: number, power: Power) => void;

/** What the hypervisor's operations work with. */
export interface NspawnParts {
  readonly around: Surroundings;
  readonly table: MachineTable;
  readonly router: Router;
  readonly power: PowerSwitch;
  readonly powerListeners: PowerListener[];
  readonly faults: MachineFaults;
}
