import { FEW_CALLS, NO_NETWORK, OWN_HARDENING, hardening } from "@second-server/contract/hardening";

/** One piece of work that is done as somebody else, in a unit of its own. */
export interface Confinement {
  /**
   * Of the unit; the agent's process number is added, so that nothing of a killed run is in its
   * way.
   */
  readonly name: string;
  /**
   * A user's name, or a number where it has none. @default nobody's: a user who is made for it, and
   * is gone when it has ended
   */
  readonly owner?: string | number;
  /** The folders that it may write to, where they are. */
  readonly writable: readonly string[];
  /**
   * A folder below /var/cache, its owner's alone: systemd makes it, and tells by CACHE_DIRECTORY
   * where it is.
   */
  readonly scratch?: string;
  readonly seconds: number;
  readonly memoryMiB: number;
}

/**
 * A command line as a unit with these properties. Its standard streams are the unit's, and its exit
 * code the unit's.
 */
export const inUnit = (
  unit: string,
  properties: readonly string[],
  argv: readonly string[],
): readonly string[] => [
  "systemd-run",
  "--quiet",
  "--pipe",
  "--wait",
  "--collect",
  "--service-type=exec",
  `--unit=${unit}`,
  ...properties.map((line) => `--property=${line}`),
  "--",
  ...argv,
];

export const unitOf = ({ name }: Confinement): string => `${name}-${process.pid}.service`;

/** The command line that does it. */
export const confined = (argv: readonly string[], confinement: Confinement): readonly string[] => {
  const { owner, writable, scratch, seconds, memoryMiB } = confinement;
  const properties = [
    ...hardening({ families: ["AF_UNIX"] }),
    ...OWN_HARDENING,
    FEW_CALLS,
    ...NO_NETWORK,
    owner === undefined ? "DynamicUser=yes" : `User=${owner}`,
    ...(typeof owner === "number" ? [`Group=${owner}`] : []),
    ...writable.map((path) => `ReadWritePaths=-${path}`),
    ...(scratch === undefined ? [] : [`CacheDirectory=${scratch}`, "CacheDirectoryMode=0700"]),
    `RuntimeMaxSec=${seconds}`,
    "TimeoutStopSec=5",
    `MemoryMax=${memoryMiB}M`,
    "MemorySwapMax=0",
    "TasksMax=16",
    "Nice=5",
  ];
  return inUnit(unitOf(confinement), properties, argv);
};
