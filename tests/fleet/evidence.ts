/**
 * What can be seen of the labs of a test run from outside, for a failure that only CI has seen:
 * host, machines, API, what has failed on each machine, the daemon's last words. Never rejects, and
 * no part takes long.
 */
import { existsSync, readFileSync } from "node:fs";
import { freemem, loadavg } from "node:os";

import { lab } from "../../local/cloud/lab";
import { type LabPaths, labPaths } from "../../local/cloud/paths";

const PATIENCE_MS = 10_000;
const LAST_CALLS = 12;
const LAST_LINES = 15;
/**
 * In a machine: units that have failed, and the last lines of its journal that are warnings or
 * worse.
 */
const LOOK =
  "systemctl --failed --no-legend --plain | cut -c1-120; journalctl --no-pager -q -o " +
  `short-monotonic -p warning -n ${LAST_LINES}`;

const ask = async (
  paths: LabPaths,
  method: string,
  path: string,
  body?: unknown,
): Promise<unknown> => {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`no answer within ${PATIENCE_MS / 1000} s`)),
      PATIENCE_MS,
    );
  });
  try {
    return (await Promise.race([lab.request(paths, method, path, body), tooLate])).body;
  } finally {
    clearTimeout(timer);
  }
};

/** A part that can't be had says so instead. */
const part = async (
  title: string,
  lines: () => Promise<readonly string[]>,
): Promise<readonly string[]> => {
  try {
    return (await lines()).map((line) => `${title}: ${line}`);
  } catch (error) {
    return [`${title}: ${(error as Error).message}`];
  }
};

const callsOf = (paths: LabPaths): Promise<readonly string[]> =>
  part("api", async () => {
    const { calls } = (await ask(paths, "GET", "/local/calls")) as {
      calls: { at: string; method: string; path: string; status: number; milliseconds: number }[];
    };
    // Who waits asks the same again and again.
    const told = calls
      .filter(({ method, status }, at) => method !== "GET" || status >= 400 || at < 3)
      .slice(0, LAST_CALLS)
      .reverse();
    return told.map(
      ({ at, method, path, status, milliseconds }) =>
        `${at.slice(11, 23)} ${method} ${path} ${status} ${milliseconds.toFixed(0)} ms`,
    );
  });

const look = async (paths: LabPaths, id: number): Promise<string> => {
  const argv = ["sh", "-c", LOOK];
  const ran = await ask(paths, "POST", `/local/droplets/${id}/exec`, { argv });
  return (ran as { readonly stdout: string }).stdout;
};

const machinesOf = async (paths: LabPaths): Promise<readonly string[]> => {
  const { droplets } = (await ask(paths, "GET", "/v2/droplets?per_page=200")) as {
    droplets: { id: number; name: string; status: string; locked: boolean }[];
  };
  const seen = await Promise.all(
    droplets.map(async ({ id, name, status, locked }) => [
      `${name}: droplet ${id}, ${status}${locked ? ", locked" : ""}`,
      ...(status === "active"
        ? await part(name, async () => (await look(paths, id)).split("\n").filter(Boolean))
        : []),
    ]),
  );
  const { faults } = (await ask(paths, "GET", "/local/faults")) as { faults: readonly unknown[] };
  return [...faults.map((fault) => `fault: ${JSON.stringify(fault)}`), ...seen.flat()];
};

const logOf = (paths: LabPaths): Promise<readonly string[]> =>
  part("cloud.log", async () =>
    readFileSync(paths.log, "utf8").trimEnd().split("\n").slice(-LAST_LINES),
  );

const labEvidence = async (paths: LabPaths): Promise<readonly string[]> => {
  if (!existsSync(paths.state)) return [];
  if (!(await lab.status(paths)).running)
    return [`the local DigitalOcean in ${paths.state} is not running`, ...(await logOf(paths))];
  return [
    ...(await machinesOf(paths).catch((error: Error) => [`machines: ${error.message}`])),
    ...(await callsOf(paths)),
    ...(await logOf(paths)),
  ];
};

export const gatherEvidence = async (state: string): Promise<readonly string[]> => {
  const labs = await Promise.all(
    [state, `${state}-machines`].map((one) =>
      labEvidence(labPaths(one)).catch((error: Error) => [`${one}: ${error.message}`]),
    ),
  );
  return [
    `host: load ${loadavg()
      .map((one) => one.toFixed(1))
      .join(" ")}, ${(freemem() / 1024 ** 3).toFixed(1)} GiB free`,
    ...labs.flat(),
  ];
};
