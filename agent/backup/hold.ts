import type { ReleaseProbe } from "@second-server/contract/release";

import { type Machine, must } from "../machine";

const TABLE = "fleet_restore";
/** Whatever becomes of this process, after so long visitors are let in again. */
const SECONDS = 900;

/**
 * nginx, which alone runs as www-data, is refused at a service's port; the agent, which asks for its health, is not. Once the service answers rightly the
 * table goes, and if nobody takes it away its entries end by themselves.
 */
const rules = (ports: readonly string[]): string =>
  [
    `table inet ${TABLE} {`,
    "  set held { type inet_service; flags timeout; }",
    "  chain output {",
    "    type filter hook output priority filter;",
    '    meta skuid "www-data" oifname "lo" tcp dport @held reject with tcp reset',
    "  }",
    "}",
    ...ports.map((port) => `add element inet ${TABLE} held { ${port} timeout ${SECONDS}s }`),
  ].join("\n");

/** Keeps visitors from services while `work` goes on. */
export const withoutVisitors = async <T>(
  machine: Machine,
  probes: readonly ReleaseProbe[],
  work: () => Promise<T>,
): Promise<T> => {
  const ports = probes.map(({ url }) => new URL(url).port).filter((port) => port !== "");
  if (ports.length === 0) return await work();
  await machine.run(["nft", "delete", "table", "inet", TABLE]);
  await must(machine, ["nft", "-f", "-"], { input: `${rules(ports)}\n` });
  try {
    return await work();
  } finally {
    await machine.run(["nft", "delete", "table", "inet", TABLE]);
  }
};
