import { createHash } from "node:crypto";
import { homedir, tmpdir, userInfo } from "node:os";
import { isAbsolute, join, resolve } from "node:path";

/**
 * Where one local cloud keeps everything; two state folders are two clouds that know nothing of
 * each other.
 */
export interface LabPaths {
  /** Absolute state folder. */
  readonly state: string;
  /**
   * Six hex digits of the state folder's hash: part of the name of every namespace, link and
   * cgroup.
   */
  readonly id: string;
  /**
   * HTTP over this unix socket: API v2 under /v2, everything local under /local. Usable from any
   * network namespace.
   */
  readonly socket: string;
  /** API records, one JSON file. */
  readonly records: string;
  readonly machines: string;
  readonly log: string;
  /** The owner's token of the API, one line. */
  readonly token: string;
  /** The lab's root certificates in one PEM: its own CA and the ACME server's root. */
  readonly ca: string;
  /** resolv.conf that names the lab's DNS. */
  readonly resolvConf: string;
  /** Network namespace with the router, DNS, metadata, mail, API. */
  readonly routerNetns: string;
  /** Network namespace of operators and clients (198.51.100.0/24). */
  readonly operatorNetns: string;
  /** Shared by all clouds of this user: base images and .deb packages. */
  readonly cache: string;
}

/**
 * An empty or relative HOME would be another folder wherever a program runs: then the one that the
 * user's entry names.
 */
export const homeFolder = (): string => (isAbsolute(homedir()) ? homedir() : userInfo().homedir);

/** A relative path in one of these is to be ignored (XDG Base Directory Specification). */
const absolute = (path: string | undefined): string | undefined =>
  path !== undefined && isAbsolute(path) ? path : undefined;

const xdg = (variable: string, fallback: string): string =>
  absolute(process.env[variable]) ?? join(homeFolder(), fallback);

/**
 * Only root may write to /run (and macOS has none). Not below the state folder: a socket's path has
 * to stay under 104 bytes.
 */
const runtimeFolder = (): string => {
  const user = process.getuid?.() ?? 0;
  return user === 0 && process.platform === "linux"
    ? "/run/second-server"
    : join(absolute(process.env["XDG_RUNTIME_DIR"]) ?? tmpdir(), `second-server-${user}`);
};

export const defaultState = (): string =>
  join(xdg("XDG_STATE_HOME", ".local/state"), "second-server");

export const labPaths = (stateDir: string = defaultState()): LabPaths => {
  const state = resolve(stateDir);
  const id = createHash("sha256").update(state).digest("hex").slice(0, 6);
  const cloud = join(state, "cloud");
  return {
    state,
    id,
    socket: join(runtimeFolder(), `${id}.sock`),
    records: join(cloud, "records.json"),
    machines: join(cloud, "machines"),
    log: join(cloud, "cloud.log"),
    token: join(cloud, "token"),
    ca: join(cloud, "ca.pem"),
    resolvConf: join(cloud, "resolv.conf"),
    routerNetns: `ss${id}-net`,
    operatorNetns: `ss${id}-op`,
    cache: join(xdg("XDG_CACHE_HOME", ".cache"), "second-server"),
  };
};
