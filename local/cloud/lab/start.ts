import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

import { unlessGone } from "../files";
import { raiseHostLimits } from "../machines/host-limits";
import { ensureImage } from "../machines/image/build";
import { withLock } from "../machines/locks";
import { API_IN_LAB } from "../network/addresses";
import { setUpNetwork } from "../network/namespaces";
import type { LabPaths } from "../paths";
import type { LabOptions, LabStatus } from "./contract";
import { isAlive, lastWords, launchDaemon } from "./processes";
import { request, unlessSilent } from "./request";

/** Machines that were on are booted before it answers. */
const PATIENCE = 300_000;

/** On the busiest host it answers sooner. */
const SILENCE = 30_000;

export const pidFile = (paths: LabPaths): string => join(paths.state, "cloud", "daemon.pid");

/** Undefined where the daemon is of a time when any token would do. */
const ownersToken = async (paths: LabPaths): Promise<string | undefined> =>
  (await unlessGone(readFile(paths.token, "utf8"), undefined))?.trim();

/** Whether the cloud answers. One that is starting, or hangs, isn't running. */
export const status = async (paths: LabPaths, within = SILENCE): Promise<LabStatus> => {
  const answer = await unlessSilent(request(paths, "GET", "/local/status", undefined, within));
  if (answer?.status !== 200) return { running: false, api: API_IN_LAB, machines: true };
  const { pid, api, machines } = answer.body as { pid: number; api?: string; machines?: boolean };
  const token = await ownersToken(paths);
  return {
    running: true,
    pid,
    api: api ?? API_IN_LAB,
    machines: machines ?? true,
    token,
  };
};

const waitUntilReady = async (paths: LabPaths, pid: number): Promise<LabStatus> => {
  const deadline = Date.now() + PATIENCE;
  while (Date.now() < deadline) {
    const now = await status(paths);
    if (now.running) return now;
    if (!(await isAlive(pid)))
      throw new Error(
        `the local DigitalOcean has ended while starting; the end of ${paths.log}:\n${await lastWords(paths, 5)}`,
      );
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(
    `the local DigitalOcean does not answer after ${PATIENCE / 1000} s; see ${paths.log}, then ./fleet destroy`,
  );
};

/** What commands inside the lab see instead of the host's files. */
const writeStandIns = async (paths: LabPaths): Promise<void> => {
  const cloud = join(paths.state, "cloud");
  const nsswitch = await unlessGone(readFile("/etc/nsswitch.conf", "utf8"), "");
  await writeFile(
    join(cloud, "nsswitch.conf"),
    `${nsswitch.replace(/^hosts:.*\n?/m, "")}\nhosts: files dns\n`,
  );
  const bundle = await unlessGone(readFile("/etc/ssl/certs/ca-certificates.crt", "utf8"), "");
  await writeFile(join(cloud, "ca-bundle.pem"), `${bundle}\n${await readFile(paths.ca, "utf8")}`);
};

const prepareMachines = async (
  paths: LabPaths,
  progress: LabOptions["progress"],
): Promise<void> => {
  await raiseHostLimits().catch((error: Error) =>
    progress({
      step: "local DigitalOcean",
      detail: `many machines may not start: ${error.message}`,
    }),
  );
  await ensureImage(paths.cache, progress);
  await setUpNetwork(paths);
};

const startAnew = async ({ paths, machines, pace, progress }: LabOptions): Promise<LabStatus> => {
  const step = "local DigitalOcean";
  const started = Date.now();
  if (machines) await prepareMachines(paths, progress);
  progress({ step, detail: "starting" });
  const pid = await launchDaemon(paths, { machines, pace });
  await writeFile(pidFile(paths), String(pid));
  const ready = await waitUntilReady(paths, pid);
  if (machines) await writeStandIns(paths);
  progress({ step, seconds: (Date.now() - started) / 1000 });
  return ready;
};

/**
 * Starts the cloud in the background, or joins the running one; takes over the machines of one that
 * died.
 */
export const start = async (options: LabOptions): Promise<LabStatus> => {
  const { paths, progress } = options;
  await mkdir(dirname(paths.log), { recursive: true, mode: 0o700 });
  const joined = async (): Promise<LabStatus> => {
    const now = await status(paths);
    if (!now.running) return startAnew(options);
    if (now.machines !== options.machines)
      throw new Error(
        `the local DigitalOcean in ${paths.state} runs ${now.machines ? "with" : "without"} machines; ./fleet down first`,
      );
    return now;
  };
  // Without machines it runs where there is no flock.
  if (!options.machines) return joined();
  return withLock(
    join(dirname(paths.log), "start.lock"),
    () => progress({ step: "local DigitalOcean", detail: "another run is starting it; waiting" }),
    joined,
  );
};
