/** What a unit of ours may do beyond nothing. */
export interface Rights {
  readonly capabilities?: string;
  /** "AF_UNIX" and whatever else it talks over. */
  readonly families: readonly string[];
  /** "full" leaves /var to it, for a program of Debian's that writes there. @default "strict" */
  readonly system?: "strict" | "full";
}

/**
 * What no unit of ours may do, as lines of a [Service] section: those that a release brings, and
 * those that the agent starts for a single piece of work (`systemd-run`), which may be before any
 * release is in place.
 */
export const hardening = ({
  capabilities = "",
  families,
  system = "strict",
}: Rights): readonly string[] => [
  "NoNewPrivileges=yes",
  `CapabilityBoundingSet=${capabilities}`,
  `ProtectSystem=${system}`,
  "ProtectHome=yes",
  "PrivateTmp=yes",
  "PrivateDevices=yes",
  "ProtectKernelTunables=yes",
  "ProtectKernelModules=yes",
  "ProtectKernelLogs=yes",
  "ProtectControlGroups=yes",
  "ProtectClock=yes",
  "ProtectHostname=yes",
  `RestrictAddressFamilies=${families.join(" ")}`,
  "RestrictNamespaces=yes",
  "RestrictRealtime=yes",
  "RestrictSUIDSGID=yes",
  "LockPersonality=yes",
  "SystemCallArchitectures=native",
  // @pkey: V8 asks for memory protection keys. What else is outside is refused, not killed, as Node
  // falls back where it can.
  "SystemCallFilter=@system-service @pkey",
  "SystemCallErrorNumber=EPERM",
];

/**
 * Besides, for units whose program and all that it starts is the fleet's own or Debian's, and needs
 * neither.
 */
export const FEW_CALLS = "SystemCallFilter=~@privileged @resources";
/** Besides, for units whose program is the fleet's own, so that what it needs is known. */
export const OWN_HARDENING: readonly string[] = [
  "ProtectProc=invisible",
  "DevicePolicy=closed",
  "RemoveIPC=yes",
  "KeyringMode=private",
];

/** For work that has nothing to say to anybody. */
export const NO_NETWORK: readonly string[] = ["PrivateNetwork=yes", "IPAddressDeny=any"];
