import { USERS } from "@second-server/contract/names";
import type { Role } from "@second-server/contract/roles";

import type { FleetFacts } from "../config/fleet";
import { fill } from "./fill";
import { sshdText } from "./system";

export interface FirstBootKeys {
  /** OpenSSH public key lines of the operators. */
  readonly authorizedKeys: readonly string[];
  /** The host key of the first connection only: OpenSSH private key text and public line. */
  readonly hostPrivateKey: string;
  readonly hostPublicKey: string;
}

/**
 * Debian packages of the first boot: fixed, because only a new machine would get a change. What a
 * service needs besides comes with a release.
 */
export const FIRST_BOOT_PACKAGES = [
  "nginx",
  "certbot",
  "nodejs",
  "rsync",
  "openssl",
  "unattended-upgrades",
] as const;

/**
 * A new watcher may have to give back what its repository's copy elsewhere has, before its first
 * release.
 */
const OWN_PACKAGES: Readonly<Record<Role, readonly string[]>> = {
  primary: [],
  watcher: ["restic"],
};

/** The watcher's, on the primary alone. */
const PEER_ACCOUNT = `  - name: ${USERS.peer}
    gecos: The other machine
    shell: /bin/sh
    lock_passwd: true
`;

// JSON is YAML: one line, and nothing in a value can break out of it.
const yaml = (value: unknown): string => JSON.stringify(value);

/** cloud-init's user data. DigitalOcean takes at most 64 KiB of it, and never lets it change. */
export const firstBoot = (fleet: FleetFacts, role: Role, keys: FirstBootKeys): string =>
  fill("cloud-init/user-data", {
    role,
    hostname: fleet[role].name,
    peer: role === "primary" ? PEER_ACCOUNT : "",
    fqdn: fleet[role].host,
    authorizedKeys: yaml(keys.authorizedKeys),
    hostPrivateKey: yaml(keys.hostPrivateKey),
    hostPublicKey: yaml(keys.hostPublicKey),
    packages: yaml([...FIRST_BOOT_PACKAGES, ...OWN_PACKAGES[role]]),
    sshd: yaml(sshdText(role)),
    bootstrap: yaml(fill("cloud-init/fleet-agent", {})),
  });
