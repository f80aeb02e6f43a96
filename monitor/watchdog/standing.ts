import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";

import { PATHS, standInRoute } from "@second-server/contract/paths";

/** What systemd says of a unit: "Property=value", a line each. */
export type Shown = (unit: string) => Promise<string>;

const PROPERTIES = "--property=ActiveState,User,InactiveExitTimestampMonotonic";
const systemd: Shown = async (unit) =>
  (await promisify(execFile)("systemctl", ["show", PROPERTIES, "--", unit], { timeout: 10_000 }))
    .stdout;

const valueIn = (text: string, name: string): string | undefined =>
  new RegExp(`^${name}=(.*)$`, "m").exec(text)?.[1];

/** 127.0.0.0/8 and "any", as the kernel writes them: in hex, the bytes of each word backwards. */
const LOOPBACK =
  /^(00000000|[0-9A-F]{6}7F|0{32}|0{24}01000000|0{16}FFFF0000[0-9A-F]{6}7F|0{16}FFFF00000{8}):/;
const LISTENS = "0A";

/** The users whose sockets wait at a port where a question to 127.0.0.1 may arrive. */
export const listeners = async (port: number): Promise<ReadonlySet<number>> => {
  const tables = await Promise.all(
    ["/proc/net/tcp", "/proc/net/tcp6"].map((path) => readFile(path, "utf8").catch(() => "")),
  );
  const end = `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  return new Set(
    tables
      .flatMap((text) => text.split("\n").slice(1))
      .map((line) => line.trim().split(/\s+/))
      .filter(([, at = "", , state]) => state === LISTENS && at.endsWith(end) && LOOPBACK.test(at))
      .map((fields) => Number(fields[7])),
  );
};

const uidOf = async (user: string): Promise<number | undefined> => {
  if (user === "" || user === "root") return 0;
  const line = (await readFile("/etc/passwd", "utf8"))
    .split("\n")
    .find((entry) => entry.startsWith(`${user}:`));
  return line === undefined ? undefined : Number(line.split(":")[2]);
};

/**
 * Why a right answer is not the unit's: it does not run, or somebody else's process has its port.
 * Undefined when it is, or when nothing can be told. By the socket's user, which everyone may see:
 * whose process it is, the watchdog may not.
 */
export const impostor = async (
  unit: string,
  url: string,
  shown: Shown = systemd,
): Promise<string | undefined> => {
  const text = await shown(unit).catch(() => undefined);
  if (text === undefined) return undefined;
  const port = Number(new URL(url).port);
  const [state, uid, found] = [
    valueIn(text, "ActiveState"),
    await uidOf(valueIn(text, "User") ?? ""),
    await listeners(port),
  ];
  const strangers = [...found].filter((one) => one !== uid);
  if (uid !== undefined && found.size > 0 && strangers.length === found.size)
    return `port ${port} is held by a process of user ${strangers.join(", ")}, not by ${unit}`;
  return state === undefined || state === "active" || state === "reloading"
    ? undefined
    : `something answers at port ${port}, but ${unit} is ${state}`;
};

/**
 * The release agent has the service in hand: its visitors are elsewhere, or nothing may start here
 * while another primary takes over, and once it has.
 */
export const isInAgentsHand = (
  service: string,
  isThere: (path: string) => boolean = existsSync,
): boolean => [standInRoute(service), PATHS.frozen, PATHS.handedOn].some((path) => isThere(path));

/** systemd's clock: CLOCK_MONOTONIC, which a container shares with its host, unlike its uptime. */
const monotonicSeconds = (): number => Number(process.hrtime.bigint()) / 1e9;

/** The unit was started less than so many seconds ago: it may still be on its way. */
export const isBeginning = async (
  unit: string,
  seconds: number,
  shown: Shown = systemd,
): Promise<boolean> => {
  const text = await shown(unit).catch(() => "");
  const startedAt = Number(valueIn(text, "InactiveExitTimestampMonotonic") ?? 0) / 1e6;
  return startedAt > 0 && monotonicSeconds() - startedAt < seconds;
};
