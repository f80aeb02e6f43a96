import type { Command } from "commander";
import { z } from "zod";

import { ANSWERS, read } from "../api-answers";
import { type CommonOptions, type Context, common, contextOf } from "../context";
import { type MachineDrift, askDrift, driftText } from "../drift";
import { askCloud, type Droplet, listDroplets } from "../droplets";
import { readOutputs } from "../engine/outputs";
import { type FailoverStanding, failoverText, readFailover } from "../failover";
import { type KeptData, askKeptData, keptText } from "../kept-data";
import { loadLab } from "../lab";
import { leftOverDrill } from "../left-over-drill";
import { loadManifest } from "../manifest";
import { paintFor, table } from "../progress/text";
import { primariesText } from "../rebuild/words";
import { probeAll } from "../verify/probe";
import { serviceTable } from "../verify/table";
import { type Verdict, judge, targetsOf } from "../verify/verdict";

/** What --json has where there is nobody to name. */
// eslint-disable-next-line no-restricted-syntax -- a field that is missing and one that is null differ to those who read the JSON
const NOBODY = null;

export interface FleetStatus {
  readonly stack: string;
  readonly state: string;
  readonly cloud: "running" | "stopped" | "digitalocean";
  readonly machines: readonly Droplet[];
  readonly floatingIp: { readonly address: string; readonly holder: string | null } | null;
  readonly services: readonly Verdict[];
  /** What was changed by hand on the machines. */
  readonly drift: readonly MachineDrift[];
  /** Data of services that are no longer in the manifest. */
  readonly kept: readonly KeptData[];
  /** What else is worth knowing. */
  readonly notes?: readonly string[];
  /** Which primary serves, while there are two. */
  readonly primaries?: string | undefined;
  /** Absent where the fleet has no failover, or the watcher does not answer. */
  readonly failover?: FailoverStanding;
  readonly ok: boolean;
}

const cloudHelpers = z.object({
  helpers: z
    .array(
      z.object({
        name: z.string(),
        pid: z.number().optional(),
        lastEnd: z.object({ at: z.string(), how: z.string() }).optional(),
      }),
    )
    .default([]),
});

/** Programs of the local cloud's that have ended by themselves. */
const endedHelpers = (status: unknown): string[] =>
  cloudHelpers
    .parse(status)
    .helpers.flatMap(({ name, pid, lastEnd }) =>
      lastEnd === undefined
        ? []
        : [
            `the local DigitalOcean's ${name} ended at ${lastEnd.at} (${lastEnd.how}) and ${pid === undefined ? "is being started again" : "runs again"}`,
          ],
    );

const localMachines = async (
  context: Context,
): Promise<Pick<FleetStatus, "machines" | "floatingIp" | "notes">> => {
  const ask = await askCloud(context, "status");
  const [machines, { reserved_ips: ips }, cloud] = await Promise.all([
    listDroplets(ask),
    ask("GET", "/v2/reserved_ips").then((answer) => read(ANSWERS.reservedIps, answer)),
    ask("GET", "/local/status"),
  ]);
  return {
    machines,
    notes: endedHelpers(cloud),
    floatingIp: ips[0] ? { address: ips[0].ip, holder: ips[0].droplet?.name ?? NOBODY } : NOBODY,
  };
};

export const gather = async (context: Context): Promise<FleetStatus> => {
  const base = { stack: context.stack, state: context.paths.state };
  const running = !context.local || (await (await loadLab()).status(context.paths)).running;
  if (!running)
    return {
      ...base,
      cloud: "stopped",
      machines: [],
      floatingIp: NOBODY,
      services: [],
      drift: [],
      kept: [],
      ok: false,
    };
  const [fleet, outputs, cloud] = await Promise.all([
    loadManifest(context),
    readOutputs(context),
    context.local ? localMachines(context) : { machines: [], floatingIp: NOBODY },
  ]);
  const floatingIp = outputs?.floatingIp;
  const known = [...fleet.services.map(({ name }) => name), ...Object.keys(outputs?.urls ?? {})];
  const [services, drift, kept] = floatingIp
    ? await Promise.all([
        probeAll(context, targetsOf(fleet)).then((probed) => judge(fleet, floatingIp, probed)),
        askDrift(context),
        askKeptData(context, known),
      ])
    : [[], [], []];
  return {
    ...base,
    cloud: context.local ? "running" : "digitalocean",
    ...cloud,
    services,
    drift,
    kept,
    primaries: primariesText(fleet),
    failover: await readFailover(context, fleet),
    ok: services.length > 0 && services.every(({ ok }) => ok),
  };
};

export const render = (status: FleetStatus): string => {
  if (status.cloud === "stopped")
    return `The local DigitalOcean in ${status.state} is not running. Start it with: ./fleet up`;
  const paint = paintFor(process.stdout);
  const machines = table(
    ["MACHINE", "DROPLET", "STATUS", "ADDRESS", "REGION"],
    status.machines.map(({ name, id, status: power, address, region }) => [
      name,
      String(id),
      power,
      address ?? "-",
      region ?? "-",
    ]),
  );
  return [
    ...(status.machines.length > 0 ? [...machines, ""] : []),
    ...(status.floatingIp
      ? [
          `floating IP ${status.floatingIp.address}, held by ${status.floatingIp.holder ?? "nobody"}`,
          "",
        ]
      : []),
    status.services.length > 0
      ? serviceTable(status.services, Date.now(), paint)
      : "No services yet. Run: ./fleet up",
    ...(status.primaries === undefined ? [] : ["", status.primaries]),
    ...(status.failover === undefined ? [] : ["", failoverText(status.failover)]),
    ...(status.drift.length > 0 ? ["", driftText(status.drift)] : []),
    ...(status.kept.length > 0 ? ["", keptText(status.kept) ?? ""] : []),
    ...(status.notes ?? []),
  ].join("\n");
};

export const define = (command: Command): void => {
  common(command)
    .addHelpText(
      "after",
      "\nExit codes: 0 every service answers through the floating IP and is observed; 1 something is down, or nothing is up.",
    )
    .action(async (options: CommonOptions) => {
      const context = contextOf(options);
      const status = await gather(context);
      const left = leftOverDrill(context);
      console.log(context.json ? JSON.stringify(status, undefined, 2) : render(status));
      if (left !== undefined) console.error(`\n${left}`);
      process.exitCode = status.ok ? 0 : 1;
    });
};
