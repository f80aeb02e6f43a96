/**
 * The contract between render (which writes a release) and the agent (which applies it).
 *
 * A release is one gzipped tar with a deterministic sha256, named by it:
 *   release.json            this file's `Release`
 *   agent.js                the agent that applies it, bundled for Node 20 (the monitor is a tree: "monitor")
 *   files/<sha256>          contents of `files`, by hash
 *   trees/<name>/...        folders of `trees`
 */
import type { Role } from "./roles";
import type { CONTRACT_VERSION } from "./version";

/** One file of a machine, as render makes it. */
export interface MachineFile {
  /** Absolute path on the machine. */
  readonly path: string;
  readonly mode: number;
  /** Default root:root. */
  readonly owner?: string;
  readonly group?: string;
  readonly text: string;
}

export interface ReleaseFile {
  readonly path: string;
  readonly mode: number;
  readonly owner: string;
  readonly group: string;
  readonly sha256: string;
}

/**
 * A folder that is switched as a whole: unpacked at /opt/fleet/trees/<name>/<hash>, with the link
 * /opt/fleet/trees/<name>/current.
 */
export interface ReleaseTree {
  readonly name: string;
  /** First 16 hex digits of the sha256 over its sorted paths, modes and contents. */ readonly hash: string;
}

/** In a unit's causes: the tree of that name was switched. */
export const treeCause = (name: string): string => `tree:${name}`;

export interface ReleaseUnit {
  /** systemd unit, e.g. "fleet-chat.service" or "fleet-renew.timer". */
  readonly name: string;
  /**
   * What a change of restarts it, besides its own unit file: absolute file paths, "/folder/" for
   * every file below one, and "tree:<name>".
   */
  readonly restartOn: readonly string[];
  /**
   * What it can take in without a restart, written likewise: when only these changed it is
   * reloaded.
   */
  readonly reloadOn?: readonly string[];
  /**
   * "restart" for daemons, "reload" where the unit can (nginx), "none" for oneshots and timers'
   * services.
   */
  readonly onChange: "restart" | "reload" | "none";
  readonly enable: boolean;
}

export interface ReleaseCertificate {
  /**
   * certbot's --cert-name. nginx reads /etc/fleet/tls/<name>/{fullchain,privkey}.pem: links to
   * /etc/letsencrypt/live/<name>/ once there is a certificate, and a self-signed placeholder
   * before, so that nginx can start whole and answer the challenge.
   */
  readonly name: string;
  readonly hosts: readonly string[];
  readonly email: string;
}

/** nginx reads it as any other: /etc/fleet/tls/<name>. */
export interface ReleaseCertificateCopy {
  readonly name: string;
  /** What the other machine calls it. */
  readonly of: string;
  /** It may be for no other names. */
  readonly hosts: readonly string[];
}

/** Asked on loopback after the switch; a release whose probes don't answer is rolled back. */
export interface ReleaseProbe {
  readonly service: string;
  readonly unit: string;
  readonly url: string;
  readonly status: number;
  readonly contains?: string;
  readonly timeoutSeconds: number;
}

/** So long visitors of what has data wait at most, while another primary takes over. */
export const TAKEOVER_HOLD_SECONDS = 60;

/**
 * How a service goes live without a request lost: while its own process restarts, a stand-in takes
 * its visitors at another port.
 */
export interface ReleaseHandover {
  readonly service: string;
  readonly unit: string;
  /**
   * side-by-side: the stand-in is a second process of the new version. held: it is a socket at
   * which visitors wait for the one process that may write.
   */
  readonly way: "side-by-side" | "held";
  /** Of the stand-in. */
  readonly port: number;
  /**
   * The stand-in's units; contents are among the release's `files/`. They are started for the time,
   * and never at boot.
   */
  readonly units: readonly { readonly name: string; readonly sha256: string }[];
  /** How long open connections may go on before what serves them ends. */
  readonly drainSeconds: number;
}

/**
 * Asked over HTTPS by its public name, of this machine's own web server: what a visitor gets,
 * certificate included.
 */
export interface ReleasePublicProbe {
  readonly service: string;
  readonly url: string;
  /**
   * Absent: any answer, behind a certificate that is good for the name (what answers there is not
   * the fleet's to start).
   */
  readonly status?: number;
  readonly contains?: string;
  readonly timeoutSeconds: number;
}

/** Where a service's source is from that git brought, and not `up` or a deploy. */
export interface Pushed {
  readonly commit: string;
  readonly branch: string;
  /** Names the unit and vhost that were in force before, so that it is seen when `up` brings others. */
  readonly base: string;
}

export interface Release {
  readonly format: typeof CONTRACT_VERSION;
  readonly role: Role;
  /** "name@domain" of the fleet that it is of. Absent in releases of before there was any. */
  readonly fleet?: string;
  /**
   * Debian packages that must be installed (first boot installs them too: this catches later
   * additions).
   */
  readonly packages: readonly string[];
  /** System users without a login; home is created 0750. */
  readonly users: readonly {
    readonly name: string;
    readonly home: string;
    /** It has a shell, for the forced command of its keys; no password. */
    readonly logsIn?: boolean;
  }[];
  readonly directories: readonly {
    readonly path: string;
    readonly mode: number;
    readonly owner: string;
    readonly group: string;
  }[];
  readonly files: readonly ReleaseFile[];
  readonly trees: readonly ReleaseTree[];
  readonly units: readonly ReleaseUnit[];
  readonly certificates: readonly ReleaseCertificate[];
  /**
   * Certificates of the other machine that this one has to be able to show, from its backups; until
   * there is one, a placeholder. Absent: none.
   */
  readonly certificateCopies?: readonly ReleaseCertificateCopy[];
  readonly probes: readonly ReleaseProbe[];
  /** Asked after the probes. Absent in releases of before there were any. */
  readonly publicProbes?: readonly ReleasePublicProbe[];
  /**
   * Absent in releases of before there were any: their services restart in the sight of visitors.
   */
  readonly handovers?: readonly ReleaseHandover[];
  /** Services that a push of this branch of git brings, by name. Absent: none. */
  readonly branches?: Readonly<Record<string, string>>;
  /** What was pushed and is in force, by service; only the agent writes it. */
  readonly pushed?: Readonly<Record<string, Pushed>>;
  /** What `fleet-agent backup` copies (primary only). */
  readonly data: readonly {
    readonly service: string;
    readonly unit: string;
    readonly owner: string;
    readonly kind: "file" | "sqlite" | "directory";
    readonly path: string;
  }[];
}

/**
 * One service of a release. It travels as a bundle of its own (`fleet-agent deploy`), its
 * description in release.json's place, and is kept on the machine to go back to.
 */
export interface ReleasePart extends Pick<
  Release,
  "format" | "role" | "files" | "trees" | "units" | "probes" | "packages"
> {
  readonly service: string;
  readonly fleet?: string;
  readonly pushed?: Pushed;
  readonly publicProbes: readonly ReleasePublicProbe[];
  readonly handovers: readonly ReleaseHandover[];
}

/**
 * What only `up` knows (addresses, keys), sent over SSH's standard input to `fleet-agent identity`,
 * never through user_data or the release. The agent writes it to /etc/fleet/identity.json (0600)
 * and, from it, known_hosts, authorized_keys and the files under /etc/fleet/secrets/.
 */
export interface Identity {
  readonly format: typeof CONTRACT_VERSION;
  readonly role: Role;
  /**
   * This machine's permanent SSH host key: OpenSSH private key text; replaces the first-boot key.
   */
  readonly hostPrivateKey: string;
  readonly self: { readonly address: string; readonly dropletId: string };
  /**
   * The other machine; `hostKey` is "ssh-ed25519 AAAA…". Absent on the first pass, when the other
   * machine has no address yet.
   */
  readonly peer: { readonly address: string; readonly hostKey: string };
  /** The floating IP. */
  readonly floatingIp: string;
  /** The key this machine uses towards its peer: OpenSSH private key text. */
  readonly outgoingPrivateKey: string;
  /**
   * The peer's key, accepted here with a forced command (`fleet-agent peer`): "ssh-ed25519 AAAA…".
   */
  readonly incomingPublicKey: string;
  /**
   * Who may log in as the operator: the stack's own key first, which `up` comes by, then the
   * owner's. Absent in identities of before it was told.
   */
  readonly operatorKeys?: readonly string[];
  /**
   * Name → value; written to /etc/fleet/secrets/<name>, root 0600 (e.g. "relay-password",
   * "signing-key").
   */
  readonly secrets: Readonly<Record<string, string>>;
}
