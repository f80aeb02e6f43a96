/** systemd's units that both sides name. */
export const UNITS = {
  nginx: "nginx.service",
  clientLimits: "client-limits.service",
  ssh: "ssh.service",
  journald: "systemd-journald.service",
  logSizes: "log-sizes.service",
  logSizesTimer: "log-sizes.timer",
  /** Puts settings of the kernel and of resolving in force when a release has changed them. */
  hostSettings: "host-settings.service",
  /** Sets the clock by time servers; not in a container, which has its host's. */
  timeSync: "systemd-timesyncd.service",
  /** Where a machine may put what is not at work, when memory is short. */
  swap: "swap-file.service",
  cron: "cron.service",
  certbot: "certbot.timer",
  certbotRun: "certbot.service",
  /**
   * Tries a renewal every week, at Let's Encrypt's staging side: what would keep the next one from
   * succeeding is known weeks before.
   */
  renewalTrial: "renewal-trial.timer",
  renewalTrialRun: "renewal-trial.service",
  /** What the timer starts. */
  /** Installs Debian's security updates. */
  upgrades: "apt-daily-upgrade.service",
  /** Restarts services onto upgraded libraries. */
  renewServices: "renew-services.service",
  /** Writes down what upgrades have brought. */
  upgradeOutcome: "upgrade-outcome.service",
  /** Reboots where upgrades ask for it: in the window that fleet.yaml names, or by hand. */
  upgradeReboot: "upgrade-reboot.service",
  upgradeRebootTimer: "upgrade-reboot.timer",
  observatory: "observatory.service",
  watchdog: "fleet-watchdog.service",
  /** Not "fleet-…", which are services of the manifest. */
  pull: "backup-pull.service",
  /** Follows the primary's databases. */
  live: "backup-live.service",
  /** The first copy to the third place, which nobody waits for. */
  offsite: "backup-offsite.service",
  /** Moves the services' names, or sees that they lead where they should. */
  failover: "failover.service",
  /** Starts it when the Observatory gives an order. */
  failoverPath: "failover.path",
  failoverTimer: "failover.timer",
  aftercare: "release-aftercare.service",
} as const;

export const serviceUnit = (service: string): string => `fleet-${service}.service`;
/** The second process of a service, which takes its visitors while the first restarts. */
export const standInUnit = (service: string): string => `fleet-${service}@next.service`;
/** Where visitors wait while a service's one process restarts: "socket", and what passes them on. */
export const waitingUnit = (service: string, type: "socket" | "service"): string =>
  `fleet-${service}@wait.${type}`;
/** A process of a service without a port. */
export const workerUnit = (service: string, worker: string): string =>
  `fleet-${service}@worker-${worker}.service`;
/** What a service does at times: "timer", and what it starts. */
export const jobUnit = (service: string, job: string, type: "timer" | "service"): string =>
  `fleet-${service}@job-${job}.${type}`;
/** All that a service has besides its own unit, as journalctl takes it. */
export const unitsBeside = (service: string): string => `fleet-${service}@*`;
/** Whether a unit is one of a service's besides its own: a worker or a job. */
export const isBeside = (service: string, unit: string): boolean =>
  unit.startsWith(`fleet-${service}@`);
/** The service that a unit is a process of; undefined for the units above. */
export const serviceOfUnit = (unit: string): string | undefined =>
  unit === UNITS.watchdog ? undefined : /^fleet-([^@]+)(?:@.+)?\.service$/.exec(unit)?.[1];

export const USERS = {
  /** Operators log in as this one and use sudo. */
  operator: "fleet",
  /** The other machine's account here: it may run `fleet-agent peer` as root, and nothing else. */
  peer: "peer",
  observatory: "observatory",
  /** Whose the backups on the watcher are. */
  pull: "fleet-pull",
  /** Whoever moves the services' names. */
  failover: "fleet-failover",
  /** Takes pushes of git's, and hands them on; what is in them it never runs. */
  push: "fleet-push",
} as const;
export const serviceUser = (service: string): string => `svc-${service}`;

/** The release agent's command. */
export const AGENT = "fleet-agent";

/** Names of the secrets that the machines need whatever channels fleet.yaml names. */
export const SECRETS = {
  /**
   * The primary's own: signs what it reports, and short maintenance that it announces. The name is
   * of a time when one key signed everything: machines of then go on being understood.
   */
  primaryKey: "signing-key",
  /**
   * The watcher's alone: signs the links in mails, and what the owner asks the Observatory for
   * there.
   */
  ownerKey: "owner-key",
  relayPassword: "relay-password",
  operatorPassword: "operator-password",
  /**
   * Opens the watcher's repository of backups. The watcher's alone: what the primary could read,
   * whoever takes it over could.
   */
  repositoryPassword: "repository-password",
  /** What the third place of the backups asks for: a password, S3's secret key, or SFTP's private key. */
  offsiteSecret: "offsite-secret",
  /** The third place as a whole, with that in it (`OffsitePlace`). The watcher's alone. */
  offsite: "offsite",
  /** DigitalOcean's token of the watcher's, which may move names and nothing else. */
  failoverToken: "failover-token",
} as const;

/** What the primary calls the maintenance that it announces. */
export const ANNOUNCED = { upgrades: "package upgrades on the primary" } as const;

/** One certificate covers all hosts of a machine. */
export const CERTIFICATE = "fleet";
/** The watcher's copy of the primary's. */
export const CERTIFICATE_COPY = "failover";

/** Paths that a machine answers over HTTP whatever it serves. */
export const ROUTES = {
  /**
   * nginx itself, on each host: a path that no service would choose, since there it is never asked.
   */
  ping: "/.well-known/second-server/nginx",
  /** nginx on the watcher, inside: the page that stands in for a service. */
  repair: "/.well-known/second-server/repair",
  /** nginx, inside: the pages of what it refuses itself. */
  pages: "/.well-known/second-server/pages",
  /** nginx, inside: the page of a service that its owner has closed. */
  closed: "/.well-known/second-server/closed",
  /** The Observatory: whether it is well. */
  health: "/health",
  /** The Observatory: where the watchdog sends its machine's report. */
  report: "/report",
  /** The Observatory: all that it knows now, for programs. */
  status: "/api/status",
  /** The Observatory: what operators and deploys ask of it, signed. */
  control: "/control",
} as const;
