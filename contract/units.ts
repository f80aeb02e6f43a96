import { FEW_CALLS, NO_NETWORK, OWN_HARDENING, hardening } from "./hardening";
import { SECRETS, USERS } from "./names";
import { PATHS } from "./paths";

/** How systemd hands the key towards the other machine to a unit that is not root. */
export const PEER_KEY = "peer-key";
/** Likewise what the repository has, to one that may not open it. */
export const REPOSITORY_LIST = "repository-list";

/**
 * What the watcher's work on backups may do, as lines of a [Service] section: it talks to the
 * primary, which may be anybody's by now, so it is nobody.
 */
export const PULL_UNIT: readonly string[] = [
  ...hardening({ families: ["AF_INET", "AF_INET6", "AF_UNIX"] }),
  ...OWN_HARDENING,
  FEW_CALLS,
  "UMask=0077",
  `User=${USERS.pull}`,
  // Made by systemd, and given to this user as a whole where an earlier agent, which was root, has
  // made it.
  "StateDirectory=fleet-backups",
  "StateDirectoryMode=0711",
  `LoadCredential=${PEER_KEY}:${PATHS.peerKey}`,
  "MemoryHigh=128M",
  "MemoryMax=192M",
  "TasksMax=64",
  "OOMScoreAdjust=500",
  "CPUWeight=20",
  "IOWeight=20",
];

/**
 * The primary's work on a backup. Root, because it starts the units that read each service's data
 * as its own user, and reads the certificates; nothing else of root's.
 */
export const PREPARE_UNIT: readonly string[] = [
  ...hardening({ families: ["AF_UNIX"] }),
  ...OWN_HARDENING,
  FEW_CALLS,
  ...NO_NETWORK,
  "UMask=0077",
  `ReadWritePaths=${PATHS.backupFolder} ${PATHS.agentState}`,
  "MemoryHigh=192M",
  "MemoryMax=256M",
  "TasksMax=64",
  "OOMScoreAdjust=500",
  "CPUWeight=20",
  "IOWeight=20",
];

/**
 * The watcher's work on the third place: root, because the repository is root's, and nothing else of
 * root's. It is handed what opens both, and writes how it went, and what comes back.
 */
export const OFFSITE_UNIT: readonly string[] = [
  ...hardening({ families: ["AF_INET", "AF_INET6", "AF_UNIX"] }),
  ...OWN_HARDENING,
  "UMask=0077",
  ...[SECRETS.offsite, SECRETS.repositoryPassword].map(
    (name) => `LoadCredential=${name}:${PATHS.secrets}/${name}`,
  ),
  "StateDirectory=fleet-offsite",
  "StateDirectoryMode=0755",
  "RuntimeDirectory=fleet-offsite",
  "RuntimeDirectoryMode=0700",
  `ReadWritePaths=${PATHS.agentState}`,
  // A third place that hangs is given up before the next day's turn.
  "RuntimeMaxSec=20h",
  // The agent and restic together.
  "MemoryHigh=208M",
  "MemoryMax=256M",
  "TasksMax=64",
  "OOMScoreAdjust=900",
  "CPUWeight=20",
  "IOWeight=20",
];

/** Below /var/cache: where a pushed tree lies while its release is made. */
export const BUILD_SCRATCH = "fleet-build";
/** How systemd hands what makes it the stack's settings. */
export const STACK_SETTINGS = "stack";
/**
 * Makes a release of what somebody has pushed: nobody's user, who reaches nothing and nobody, and
 * is gone when it has ended.
 */
export const BUILD_UNIT: readonly string[] = [
  ...hardening({ families: ["AF_UNIX"] }),
  ...OWN_HARDENING,
  FEW_CALLS,
  ...NO_NETWORK,
  "DynamicUser=yes",
  "UMask=0077",
  `LoadCredential=${STACK_SETTINGS}:${PATHS.pushStack}`,
  `CacheDirectory=${BUILD_SCRATCH}`,
  "CacheDirectoryMode=0700",
  // Brotli takes seconds a megabyte on a small machine.
  "RuntimeMaxSec=300",
  "TimeoutStopSec=5",
  "MemoryHigh=320M",
  "MemoryMax=384M",
  "TasksMax=64",
  "Nice=5",
  "OOMScoreAdjust=900",
  "CPUWeight=20",
  "IOWeight=20",
];
