import { NO_NETWORK, OWN_HARDENING, hardening } from "@second-server/contract/hardening";
import { UNITS } from "@second-server/contract/names";
import { PATHS, unitPath } from "@second-server/contract/paths";
import type { MachineFile } from "@second-server/contract/release";

import { fill } from "./fill";

/**
 * The machine itself: what its kernel does not do, and whom it asks for names. Modules and core
 * dumps from the next boot, and the next login.
 */
export const hostSettings = (): readonly MachineFile[] => [
  ...(
    [
      [PATHS.sysctl, "system/sysctl.conf"],
      [PATHS.resolved, "system/resolved.conf"],
      ["/etc/modprobe.d/fleet.conf", "system/modprobe.conf"],
      ["/etc/security/limits.d/fleet.conf", "system/core-dumps.conf"],
      ["/etc/systemd/coredump.conf.d/fleet.conf", "system/coredump.conf"],
      ["/etc/profile.d/fleet.sh", "system/shells.sh"],
    ] as const
  ).map(([path, template]) => ({ path, mode: 0o644, text: fill(template, {}) })),
  {
    path: unitPath(UNITS.hostSettings),
    mode: 0o644,
    text: fill("systemd/host-settings.service", {
      hardening: [...hardening({ families: ["AF_UNIX"] }), ...OWN_HARDENING, ...NO_NETWORK].join(
        "\n",
      ),
    }),
  },
];
