/**
 * Where things lie on the machines. `up`, the templates and the programs that run there all read it
 * here.
 */
const PROGRAMS = "/opt/fleet";
const SETTINGS = "/etc/fleet";
const AGENT_STATE = "/var/lib/fleet-agent";
const BACKUPS = "/var/lib/fleet-backups";
const BACKUP_FOLDER = "/var/backups/fleet";

export const PATHS = {
  programs: PROGRAMS,
  /** The command that starts the agent of the newest release; it comes with the first boot. */
  agent: "/usr/local/bin/fleet-agent",
  /** Where `up` copies bundles to: release-<sha256>.tar.gz. It is the operator's home. */
  bundles: "/home/fleet",
  /**
   * The agents that came with releases, by the releases' sha256; "current" is the one that runs.
   */
  agents: `${PROGRAMS}/agent`,
  /** Unpacked releases, by their sha256: what `rollback` goes back to. */
  releases: `${PROGRAMS}/releases`,
  /** Folders that are switched as a whole: <name>/<hash>, and <name>/current. */
  trees: `${PROGRAMS}/trees`,

  /** There while nothing is written here, so that a second primary gets all that was. */
  frozen: "/run/fleet/frozen",
  /** A file here named after a service: its visitors go to its stand-in. Gone with a reboot, as the stand-ins are. */
  standIns: "/run/fleet/handed-over",
  /** Which release was brought last, and when: what is looked after for a while. */
  aftercare: "/run/fleet/aftercare.json",

  settings: SETTINGS,
  observatorySettings: `${SETTINGS}/observatory.json`,
  watchdogSettings: `${SETTINGS}/watchdog.json`,
  backupPolicy: `${SETTINGS}/backup.json`,
  /** Who is there: read by services that list or check the others. */
  services: `${SETTINGS}/services.json`,
  /** Says by mail that the Observatory has died. */
  monitorFailed: `${SETTINGS}/monitor-failed`,
  /** What the kernel lets one client have of the web server. */
  clientLimits: `${SETTINGS}/client-limits.nft`,
  /** What nginx names itself by to who is connected over HTTP/3; of this machine alone. */
  quicKey: `${SETTINGS}/quic-host-key`,
  /** Writes down how a renewal of the certificate ended. */
  renewalOutcome: `${SETTINGS}/renewal-outcome`,
  identity: `${SETTINGS}/identity.json`,
  /** One file a secret, root's alone. */
  secrets: `${SETTINGS}/secrets`,
  /** Where systemd shows the Observatory, which is not root, the secrets that it is handed. */
  observatorySecrets: "/run/credentials/observatory.service",
  knownHosts: `${SETTINGS}/known_hosts`,
  sshConfig: `${SETTINGS}/ssh_config`,
  peerKey: `${SETTINGS}/peer_ed25519`,
  peerHome: "/home/peer",
  /** Who may log in as the operator. */
  operatorKeys: "/home/fleet/.ssh/authorized_keys",
  /** Who may push: the same people, each with a forced command. */
  pushKeys: `${SETTINGS}/push-keys`,
  /** That command. */
  pushCommand: `${SETTINGS}/push/command`,
  /** git's hooks of every repository that is pushed to. */
  pushHooks: `${SETTINGS}/push/hooks`,
  /** What a push is read by besides the manifest in it: the stack's settings, and no secret. */
  pushStack: `${SETTINGS}/push/stack.json`,
  pushSudoers: "/etc/sudoers.d/fleet-push",
  /** A bare repository for each service that takes pushes. */
  pushHome: "/var/lib/fleet-push",
  /** A file for each service that serves what was pushed, with the commit in it. */
  pushed: `${PROGRAMS}/pushed`,
  /** What the watcher's key starts on the primary. */
  peerCommand: `${SETTINGS}/peer-command`,
  /**
   * What nginx is told: a link per certificate, to Let's Encrypt's folder or, before there is one,
   * to a placeholder.
   */
  tls: `${SETTINGS}/tls`,
  /** Where Let's Encrypt's challenges are answered from. */
  webroot: "/var/www/acme",

  /** A folder for each service, the one place it can write to. */
  serviceData: "/var/lib/fleet",
  observatoryHome: "/var/lib/observatory",
  observatoryDatabase: "/var/lib/observatory/observatory.db",
  /** How the last renewal ended (renewal.json), and the last trial of one (trial.json). */
  renewals: "/var/lib/fleet-renewals",
  /** When each job of a service began last, and how it ended: <unit>.json. */
  jobs: "/var/lib/fleet-jobs",
  /** What the last run of Debian's upgrades has brought: last.json. */
  upgrades: "/var/lib/fleet-upgrades",
  /** Writes that down. */
  upgradeOutcome: `${SETTINGS}/upgrade-outcome`,
  /** What restarts onto upgraded libraries, and what does not. */
  needrestart: "/etc/needrestart/conf.d/fleet.conf",
  /** How, where it is not by systemd: a script named after the unit. */
  needrestartScripts: "/etc/needrestart/restart.d",
  /** A file named after each service that is to be restarted onto its libraries. */
  renew: "/run/fleet-renew",
  /** Does it. */
  renewServices: `${SETTINGS}/renew-services`,
  /** Reboots where upgrades ask for it. */
  upgradeReboot: `${SETTINGS}/upgrade-reboot`,
  /** Writes down how jobs end. */
  jobOutcome: `${SETTINGS}/job-outcome`,
  /** The watchdog's counters, over a restart of itself. */
  watchdogState: "/var/lib/fleet-watchdog/state.json",
  /** Consistent copies, made by `backup prepare` for the watcher to pull. */
  backupFolder: BACKUP_FOLDER,
  backupExport: `${BACKUP_FOLDER}/export`,
  /** The databases alone, whenever one has changed. */
  liveExport: `${BACKUP_FOLDER}/live`,
  /** What the databases were like when that was made. */
  liveSeen: `${AGENT_STATE}/live-seen.json`,
  liveLock: `${AGENT_STATE}/live-lock`,
  backups: BACKUPS,
  /** On the watcher: what came of that, a folder a copy. */
  live: `${BACKUPS}/live`,
  /** How that goes on: written by the unit that follows, read by the Observatory. */
  liveStatus: "/run/fleet-live/status.json",
  /** How backups stand: written by `backup pull`, read by the Observatory. */
  backupStatus: `${BACKUPS}/status.json`,

  /** For the unit that moves the services' names. */
  failoverSettings: `${SETTINGS}/failover.json`,
  /** What visitors are shown of services that the watcher has no copy of. */
  repairPage: `${SETTINGS}/repair-page.html`,
  /** What nginx shows visitors of what it refuses itself: <status>.html. */
  pages: `${SETTINGS}/pages`,
  /** What each static copy has to be: a list of its files for the drift check. */
  copies: `${SETTINGS}/copies`,
  /** How the copy of the primary's certificate stands. */
  certificateCopy: `${SETTINGS}/certificate-copy.json`,
  failoverHome: "/var/lib/fleet-failover",
  /** What came of the newest order. */
  failoverReport: "/var/lib/fleet-failover/report.json",
  /** The page with the instant in it, while the watcher serves. */
  repairPageShown: "/var/lib/fleet-failover/page.html",
  /** What the Observatory has decided of failover, and the order that follows. */
  failoverState: "/var/lib/observatory/failover/state.json",
  failoverOrder: "/var/lib/observatory/failover/order.json",
  /** Where systemd shows the unit that moves the names what it is handed. */
  failoverSecrets: "/run/credentials/failover.service",

  /** On the primary: the Observatory's history as the watcher has sealed it, a file a copy. */
  observatoryCopies: `${AGENT_STATE}/observatory-copies`,
  observatoryCopiesLock: `${AGENT_STATE}/observatory-copies-lock`,
  /** On the watcher: such a copy while it is made, or opened. */
  observatoryCopy: `${AGENT_STATE}/observatory-copy`,
  observatoryCopyLock: `${AGENT_STATE}/observatory-copy-lock`,

  /** The encrypted, deduplicated history of the backups. */
  repository: "/var/lib/fleet-repository",

  /** How the copy of it in the third place stands. */
  offsiteStatus: "/var/lib/fleet-offsite/status.json",
  /** Where systemd shows the work there what it is handed. */
  offsiteKeys: "/run/fleet-offsite",
  offsiteLock: `${AGENT_STATE}/offsite-lock`,
  /** What comes back from there, until it is whole. */
  broughtBack: `${AGENT_STATE}/repository-brought-back`,

  agentState: AGENT_STATE,
  /** The address of the primary that has what this one had, once that one alone may write. */
  handedOn: `${AGENT_STATE}/handed-on`,
  /** By which its visitors are passed on. */
  handedOnSite: "/etc/nginx/sites/handed-on.conf",
  applied: `${AGENT_STATE}/applied.json`,
  previous: `${AGENT_STATE}/previous.json`,
  /** What a switch was about to change: read by the next one if this one is killed in between. */
  pending: `${AGENT_STATE}/pending.json`,
  /** Copies with a release's changes, for the programs that verify them. */
  stage: `${AGENT_STATE}/stage`,
  agentLog: `${AGENT_STATE}/log`,
  /** What became of each release, a line of JSON each: only ever added to. */
  history: `${AGENT_STATE}/history.jsonl`,
  /** The last releases of each service: <service>.json. */
  parts: `${AGENT_STATE}/parts`,
  /** Contents that those need, by their sha256. */
  partFiles: `${PROGRAMS}/parts`,
  /** A file here named after a service: its visitors are shown it instead. */
  closed: `${SETTINGS}/closed`,
  agentLock: `${AGENT_STATE}/lock`,
  /** The watcher's backups change nothing that a release does: both may be at work. */
  backupLock: `${BACKUPS}/lock`,
  /** Those that read backups have one place for what the repository gives them. */
  readLock: `${AGENT_STATE}/read-lock`,
  /** What comes out of the repository, until it is whole. */
  brought: `${AGENT_STATE}/brought`,
  /** What the repository has, as it is handed to who may not open it. */
  repositoryList: `${AGENT_STATE}/repository-list.json`,
  /** What such a one asks root for. */
  wanted: `${BACKUPS}/.wanted.json`,
  /** Which services each snapshot has data of: what a snapshot holds never changes. */
  repositoryServices: `${AGENT_STATE}/repository-services.json`,
  /** A backup that is taken in anew, without a service. */
  forgetting: `${AGENT_STATE}/forgetting`,
  /** Of the repository, which is root's. */
  repositoryLock: `${AGENT_STATE}/repository-lock`,
  /**
   * There after the first successful apply: from then on nothing may be restored over what users
   * have written.
   */
  sealed: `${AGENT_STATE}/sealed`,
  incoming: `${AGENT_STATE}/incoming`,
  /** What the other machine gave back, verified, waiting for the first apply to put it in place. */
  restore: `${AGENT_STATE}/restore`,
  /** What was there before an operator's restore. */
  beforeRestore: `${AGENT_STATE}/before-restore`,
  /** A copy of what is there, while it is compared with a backup. */
  compared: `${AGENT_STATE}/compared`,

  /** The machine's permanent host key, which `identity` puts in force. */
  sshHostKey: "/etc/ssh/ssh_host_ed25519_key",
  sshdSettings: "/etc/ssh/sshd_config.d/10-fleet.conf",
  /**
   * Once the permanent host key is in force: the first boot's is of a type that this one refuses.
   */
  sshdAlgorithms: "/etc/ssh/sshd_config.d/20-fleet-algorithms.conf",
  journaldSettings: "/etc/systemd/journald.conf.d/fleet.conf",
  /** The web server's access log, rotated by size. */
  webLogs: "/var/log/nginx/fleet",
  /** What rotates it. */
  logSizes: `${SETTINGS}/log-sizes.conf`,
  sysctl: "/etc/sysctl.d/60-fleet.conf",
  resolved: "/etc/systemd/resolved.conf.d/fleet.conf",
  /** What the machine swaps to. */
  swap: "/var/lib/fleet-swap",
  backupCron: "/etc/cron.d/fleet-backup",
} as const;

/** Debian's own folders that both sides name. */
export const DEBIAN_PATHS = {
  nginx: "/etc/nginx",
  ssh: "/etc/ssh",
  systemd: "/etc/systemd/system",
  /** Units that a reboot forgets. */
  passingUnits: "/run/systemd/system",
  letsencrypt: "/etc/letsencrypt",
} as const;

/** The trees that every release brings besides those of its services. */
export const TREES = {
  monitor: "monitor",
  libsql: "node-libsql",
  builder: "push-builder",
} as const;

export const treeFolder = (name: string): string => `${PATHS.trees}/${name}/current`;
export const standInRoute = (service: string): string => `${PATHS.standIns}/${service}`;
/** There while visitors of a service have to wait; it holds the process id of who lets them go on. */
export const waitingMark = (service: string): string => `${PATHS.standIns}/.waiting-${service}`;
/** There while a stand-in that nobody is sent to any more is still connected to. */
export const leavingMark = (service: string): string => `${PATHS.standIns}/.leaving-${service}`;
export const bundlePath = (sha256: string): string => `${PATHS.bundles}/release-${sha256}.tar.gz`;
export const serviceDataFolder = (service: string): string => `${PATHS.serviceData}/${service}`;
/** The file that a service's vhost is. */
export const sitePath = (service: string): string => `${DEBIAN_PATHS.nginx}/sites/${service}.conf`;
export const unitPath = (unit: string): string => `${DEBIAN_PATHS.systemd}/${unit}`;
/** The monitor's program: Observatory, watchdog, and what operators ask of them. */
export const MONITOR_PROGRAM = `${treeFolder(TREES.monitor)}/monitor.js`;
/** Makes a service's release of what was pushed, shut in. */
export const BUILDER_PROGRAM = `${treeFolder(TREES.builder)}/bin/builder.js`;
