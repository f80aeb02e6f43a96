import { NO_NETWORK, OWN_HARDENING, hardening } from "@second-server/contract/hardening";
import { UNITS } from "@second-server/contract/names";
import { unitPath } from "@second-server/contract/paths";
import type { MachineFile } from "@second-server/contract/release";

import { fill } from "./fill";

/**
 * Memory and processes of what strangers can start, what is kept for the monitor's programs
 * whatever happens beside them, and room on the disk for what is not at work.
 */
export const memoryFences = (): readonly MachineFile[] => [
  {
    path: unitPath(`${UNITS.ssh}.d/fleet.conf`),
    mode: 0o644,
    text: fill("systemd/ssh-fence.conf", {}),
  },
  {
    path: unitPath("system.slice.d/fleet.conf"),
    mode: 0o644,
    text: fill("systemd/system-slice.conf", {}),
  },
  {
    path: unitPath("user.slice.d/fleet.conf"),
    mode: 0o644,
    text: fill("systemd/user-slice.conf", {}),
  },
  {
    path: unitPath(UNITS.swap),
    mode: 0o644,
    text: fill("systemd/swap-file.service", {
      hardening: [
        ...hardening({ capabilities: "CAP_SYS_ADMIN", families: ["AF_UNIX"], system: "full" }),
        ...OWN_HARDENING,
        ...NO_NETWORK,
        // swapon itself.
        "SystemCallFilter=@swap",
      ].join("\n"),
    }),
  },
];
