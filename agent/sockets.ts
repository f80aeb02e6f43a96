import type { Machine } from "./machine";

type Ports = readonly (string | number)[];

const rows = async (
  machine: Machine,
  options: readonly string[],
  ports: Ports,
): Promise<readonly (readonly string[])[]> => {
  const filter = ports.map((port) => `sport = :${port}`).join(" or ");
  const { code, stdout } = await machine.run(["ss", ...options, `( ${filter} )`]);
  return code === 0
    ? stdout
        .split("\n")
        .filter(Boolean)
        .map((line) => line.trim().split(/\s+/))
    : [];
};

/** How many are connected to ports of this machine. */
export const connectionsOf = async (machine: Machine, ports: Ports): Promise<number> =>
  (await rows(machine, ["-Htn", "state", "established"], ports)).length;

/**
 * How many have connected to ports and nobody has taken yet: a listening socket's Recv-Q (ss(8)).
 */
export const waitingAt = async (machine: Machine, ports: Ports): Promise<number> =>
  (await rows(machine, ["-Hltn"], ports)).reduce(
    (sum, [, waiting]) => sum + Number(waiting ?? 0),
    0,
  );
