/** Where the agent keeps things on a machine. */
export const PLACES = {
  /** Where `up` copies bundles to: release-<sha256>.tar.gz. */
  bundles: "/home/fleet",
  /** Unpacked releases, by their sha256: what `rollback` goes back to. */
  releases: "/opt/fleet/releases",
  trees: "/opt/fleet/trees",
  state: "/var/lib/fleet-agent",
  applied: "/var/lib/fleet-agent/applied.json",
  previous: "/var/lib/fleet-agent/previous.json",
  /** What a switch was about to change: read by the next one if this one is killed in between. */
  pending: "/var/lib/fleet-agent/pending.json",
  /** Copies with a release's changes, for the programs that verify them. */
  stage: "/var/lib/fleet-agent/stage",
  log: "/var/lib/fleet-agent/log",
  lock: "/var/lib/fleet-agent/lock",
  /** The watcher's backups change nothing that a release does: both may be at work. */
  backupLock: "/var/lib/fleet-agent/backup-lock",
  /** There after the first successful apply: from then on nothing may be restored over what users have written. */
  sealed: "/var/lib/fleet-agent/sealed",
  /** What the other machine gave back, verified, waiting for the first apply to put it in place. */
  restore: "/var/lib/fleet-agent/restore",
  /** What was there before an operator's restore. */
  aside: "/var/lib/fleet-agent/before-restore",
  incoming: "/var/lib/fleet-agent/incoming",
  identity: "/etc/fleet/identity.json",
  secrets: "/etc/fleet/secrets",
  knownHosts: "/etc/fleet/known_hosts",
  sshConfig: "/etc/fleet/ssh_config",
  peerKey: "/etc/fleet/peer_ed25519",
  hostKey: "/etc/ssh/ssh_host_ed25519_key",
  letsencrypt: "/etc/letsencrypt",
  serviceData: "/var/lib/fleet",
  /** What nginx is told: a link per certificate, to Let's Encrypt's folder or, before there is one, to a placeholder. */
  tls: "/etc/fleet/tls",
  webroot: "/var/www/acme",
  backupPolicy: "/etc/fleet/backup.json",
  /** Consistent copies, made by `prepare` for the watcher to pull. */
  export: "/var/backups/fleet/export",
  backups: "/var/lib/fleet-backups",
  backupStatus: "/var/lib/fleet-backups/status.json",
} as const;

/** The other machine's account here: it may run `fleet-agent peer` as root, and nothing else. */
export const PEER_USER = "peer";
export const PEER_HOME = "/home/peer";
