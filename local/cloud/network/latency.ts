import { spawn, type ChildProcess } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { attempt, run } from "../machines/run-program";
import type { LabPaths } from "../paths";
import { privateLink, publicLink } from "./addresses";
import { inNetns, netnsFile } from "./namespaces";

/**
 * Slow links. All of a round trip's delay is put on the router's way to the machine: no clock sees
 * the difference.
 */
export interface Latency {
  /**
   * `milliseconds` each way, so twice as much a round trip; replaces what was set before. Rejects
   * when this host can't.
   */
  set(dropletId: number, milliseconds: number): Promise<void>;
  /** Fine when none is set. */
  clear(dropletId: number): Promise<void>;
}

/** Frames that have waited; chosen not to be what a user would choose. */
const MARK = 0x5ec0;
/** One without public networking has the second only. Has to run in the router's namespace. */
const linksOf = async (dropletId: number): Promise<string[]> => {
  const dev = await readFile("/proc/self/net/dev", "utf8");
  return [publicLink(dropletId), privateLink(dropletId)].filter((link) =>
    new RegExp(`^\\s*${link}:`, "m").test(dev),
  );
};
const tapOf = (link: string): string => `t${link}`;
const tableOf = (dropletId: number): string => `slow_${dropletId}`;
const inRouter = (paths: LabPaths): readonly [string, string] => [
  "nsenter",
  `--net=${netnsFile(paths.routerNetns)}`,
];

/** The rules that lead a machine's frames into the delaying program. Pure. */
export const slowRules = (dropletId: number, links: readonly string[]): string =>
  [
    `table netdev ${tableOf(dropletId)} {`,
    ...links.map(
      (link, index) =>
        `  chain to_${index} {\n` +
        `    type filter hook egress device "${link}" priority 0;\n` +
        `    meta mark ${MARK} accept\n` +
        `    fwd to "${tapOf(link)}"\n` +
        "  }",
    ),
    "}",
    "",
  ].join("\n");

/** The kernel's own delay. @returns false where it has none. */
const delayByNetem = async (
  netns: string,
  links: readonly string[],
  roundTrip: number,
): Promise<boolean> => {
  const delay = ["netem", "delay", `${roundTrip}ms`, "limit", "20000"];
  for (const link of links) {
    const { code } = await attempt([
      ...(["tc", "-n", netns, "qdisc", "replace", "dev", link, "root"] as const),
      ...delay,
    ]);
    if (code !== 0) return false;
  }
  return true;
};

const firstLine = (child: ReturnType<typeof startDelay>): Promise<void> =>
  new Promise((resolve, reject) => {
    let said = "";
    child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
      said += chunk;
    });
    child.stdout.once("data", () => resolve());
    child.once("error", reject);
    child.once("exit", () =>
      reject(new Error(`this host has neither netem nor TUN/TAP for slow links: ${said.trim()}`)),
    );
  });

/**
 * The delaying program between a TAP device and each link. It ends with us: a new daemon begins
 * without faults.
 */
const startDelay = (paths: LabPaths, links: readonly string[], roundTrip: number) => {
  const taps = links.flatMap((link) => [tapOf(link), link]);
  const program = ["perl", join(__dirname, "delay.pl"), String(roundTrip), String(MARK), ...taps];
  return spawn("setpriv", ["--pdeathsig", "KILL", ...inRouter(paths), ...program], {
    stdio: ["ignore", "pipe", "pipe"],
  });
};

const raiseTaps = (paths: LabPaths, links: readonly string[]): Promise<string> => {
  const lines = links.map(
    (link) =>
      `echo 1 > /proc/sys/net/ipv6/conf/${tapOf(link)}/disable_ipv6; ip link set ${tapOf(link)} up`,
  );
  return inNetns(paths.routerNetns, lines.join("\n"));
};

export const createLatency = (paths: LabPaths, log: (line: string) => void): Latency => {
  const programs = new Map<number, ChildProcess>();

  const clear = async (dropletId: number): Promise<void> => {
    // The rules first: without them nothing waits for the program.
    await attempt([...inRouter(paths), "nft", "delete", "table", "netdev", tableOf(dropletId)]);
    programs.get(dropletId)?.kill("SIGKILL");
    programs.delete(dropletId);
    for (const link of await linksOf(dropletId))
      await attempt(["tc", "-n", paths.routerNetns, "qdisc", "del", "dev", link, "root"]);
  };

  const delayByProgram = async (
    dropletId: number,
    links: readonly string[],
    roundTrip: number,
  ): Promise<void> => {
    const child = startDelay(paths, links, roundTrip);
    await firstLine(child);
    programs.set(dropletId, child);
    await raiseTaps(paths, links);
    await run([...inRouter(paths), "nft", "-f", "-"], { input: slowRules(dropletId, links) });
    // A program that dies leaves the machine unreachable, and nobody has ended the fault.
    child.once("exit", (code, signal) => {
      if (programs.get(dropletId) !== child) return;
      log(
        `the slow link of droplet ${dropletId} has ended (${signal ?? `exit ${code}`}); it is started again`,
      );
      set(dropletId, roundTrip / 2).catch((error: Error) => log(`slow link: ${error.message}`));
    });
  };

  const set = async (dropletId: number, milliseconds: number): Promise<void> => {
    await clear(dropletId);
    if (milliseconds <= 0) return;
    const links = await linksOf(dropletId);
    const roundTrip = milliseconds * 2;
    if (await delayByNetem(paths.routerNetns, links, roundTrip)) return;
    await delayByProgram(dropletId, links, roundTrip).catch(async (error: Error) => {
      await clear(dropletId);
      throw error;
    });
  };
  return { clear, set };
};
