import { existsSync, readdirSync, rmSync } from "node:fs";

import { standInUnit, waitingUnit } from "@second-server/contract/names";
import {
  DEBIAN_PATHS,
  PATHS,
  leavingMark,
  standInRoute,
  treeFolder,
  waitingMark,
} from "@second-server/contract/paths";
import type { Release, ReleaseHandover, ReleaseProbe } from "@second-server/contract/release";

import { makeFolder, writeWhole } from "../files";
import { type Machine, must } from "../machine";
import { probeAll } from "../probe";
import { connectionsOf, waitingAt } from "../sockets";
import { hashedFolder } from "./unpack";
import { contentOf } from "./verify";

/** nginx looks at the route with each request: those that have just looked have connected by then. */
const ROUTED_MS = 100;
const LOOK_MS = 50;
/**
 * Programs that start take a small machine's whole processor: all of them together none would be
 * there in time.
 */
const AT_ONCE = 2;

export const isRouted = (machine: Machine, { service }: ReleaseHandover): boolean =>
  existsSync(machine.at(standInRoute(service)));

const standInFiles = (machine: Machine): readonly string[] =>
  existsSync(machine.at(PATHS.standIns)) ? readdirSync(machine.at(PATHS.standIns)) : [];
/** Services whose visitors are with a stand-in. */
export const routedServices = (machine: Machine): readonly string[] =>
  standInFiles(machine).filter((name) => !name.startsWith("."));
/** Stand-ins that nobody is sent to any more, and that some are still connected to. */
export const leavingServices = (machine: Machine): readonly string[] => {
  const routed = routedServices(machine);
  return standInFiles(machine)
    .flatMap((name) => /^\.leaving-(.+)$/.exec(name)?.[1] ?? [])
    .filter((service) => !routed.includes(service));
};

const unitOf = ({ service, way }: ReleaseHandover): string =>
  way === "side-by-side" ? standInUnit(service) : waitingUnit(service, "socket");

const everyUnitOf = ({ service }: ReleaseHandover): readonly string[] => [
  standInUnit(service),
  waitingUnit(service, "socket"),
  waitingUnit(service, "service"),
];

const passingUnit = (name: string): string => `${DEBIAN_PATHS.passingUnits}/${name}`;

/**
 * A stand-in runs from the folders that the switch will lead to; "current" still leads to those of
 * the version before.
 */
const writeUnits = (
  machine: Machine,
  folder: string,
  release: Release,
  { units }: ReleaseHandover,
): void => {
  for (const { name, sha256 } of units) {
    const text = release.trees.reduce(
      (unit, tree) =>
        unit.replaceAll(
          new RegExp(`${treeFolder(tree.name)}\\b`, "g"),
          hashedFolder(tree.name, tree.hash),
        ),
      contentOf(machine, folder, sha256).toString("utf8"),
    );
    writeWhole(machine.at(passingUnit(name)), text, 0o644);
  }
};

const forget = (machine: Machine, { service, units }: ReleaseHandover): void => {
  for (const path of [waitingMark(service), standInRoute(service), leavingMark(service)])
    rmSync(machine.at(path), { force: true });
  for (const { name } of units) rmSync(machine.at(passingUnit(name)), { force: true });
};

/** Stops stand-ins, and forgets that there were any. */
export const endStandIns = async (
  machine: Machine,
  handovers: readonly ReleaseHandover[],
): Promise<void> => {
  const units = handovers.flatMap(({ units: own }) => own.map(({ name }) => name));
  if (units.length === 0) return;
  await machine.run(["systemctl", "stop", "--", ...units]);
  await machine.run(["systemctl", "reset-failed", "--", ...units]);
  for (const handover of handovers) forget(machine, handover);
};

/** Ends stand-ins that nobody was ever sent to: who had started them was killed. */
export const endStrays = async (machine: Machine): Promise<void> => {
  const folder = machine.at(DEBIAN_PATHS.passingUnits);
  const busy = new Set([...routedServices(machine), ...leavingServices(machine)]);
  const strays = (existsSync(folder) ? readdirSync(folder) : []).filter((name) => {
    const [, service] = /^fleet-(.+)@(?:next|wait)\.(?:service|socket)$/.exec(name) ?? [];
    return service !== undefined && !busy.has(service);
  });
  if (strays.length === 0) return;
  await machine.run(["systemctl", "stop", "--", ...strays]);
  for (const name of strays) rmSync(machine.at(passingUnit(name)), { force: true });
};

/** Whom nobody waits for may take longer than a process that visitors are without. */
const PATIENCE = 3;
export const patiently = (probe: ReleaseProbe): ReleaseProbe => ({
  ...probe,
  timeoutSeconds: PATIENCE * probe.timeoutSeconds,
});

/** The same question, of the stand-in. */
const probeOf = ({ probes }: Release, { service, port }: ReleaseHandover): Release["probes"] =>
  probes
    .filter((probe) => probe.service === service)
    .map((probe) => {
      const url = new URL(probe.url);
      url.port = String(port);
      return patiently({ ...probe, url: url.href, unit: standInUnit(service) });
    });

/**
 * Starts the stand-ins and waits until each gives the right answer; nobody is sent to any of them
 * yet. Rejects, with none left, when one does not.
 */
export const startStandIns = async (
  machine: Machine,
  folder: string,
  release: Release,
  handovers: readonly ReleaseHandover[],
): Promise<void> => {
  const fresh = handovers.filter((handover) => !isRouted(machine, handover));
  if (fresh.length === 0) return;
  for (const handover of fresh) {
    rmSync(machine.at(leavingMark(handover.service)), { force: true });
    writeUnits(machine, folder, release, handover);
  }
  const beside = fresh.filter(({ way }) => way === "side-by-side");
  try {
    await must(machine, ["systemctl", "daemon-reload"]);
    // Of a handover before, maybe of the other way: who has a stream open is still connected to it,
    // and it has the port.
    await machine.run(["systemctl", "stop", "--", ...fresh.flatMap(everyUnitOf)]);
    for (let first = 0; first < beside.length; first += AT_ONCE) {
      const some = beside.slice(first, first + AT_ONCE);
      await must(machine, ["systemctl", "restart", "--", ...some.map(unitOf)]);
      await probeAll(
        machine,
        some.flatMap((handover) => probeOf(release, handover)),
      );
    }
  } catch (error) {
    await endStandIns(machine, fresh);
    throw error;
  }
};

/**
 * Who comes waits, as long as this process lives or until it lets them go on. One that passes
 * visitors on since another agent was killed stops doing so; who is in the queue stays there.
 */
const holdVisitors = async (
  machine: Machine,
  handover: ReleaseHandover,
  isAnew: boolean,
): Promise<void> => {
  writeWhole(machine.at(waitingMark(handover.service)), `${process.pid}\n`, 0o644);
  if (isAnew) await must(machine, ["systemctl", "start", "--", unitOf(handover)]);
  else await machine.run(["systemctl", "stop", "--", waitingUnit(handover.service, "service")]);
};

/**
 * From now on visitors go to the stand-in, which answers; or wait there until they are sent back.
 */
export const sendToStandIn = async (machine: Machine, handover: ReleaseHandover): Promise<void> => {
  const isAnew = !isRouted(machine, handover);
  makeFolder(machine.at(PATHS.standIns));
  if (handover.way === "held") await holdVisitors(machine, handover, isAnew);
  if (!isAnew) return;
  writeWhole(machine.at(standInRoute(handover.service)), "", 0o644);
  await machine.sleep(ROUTED_MS);
};

/** Waits until nobody is connected to these ports; false when the time is up. */
export const drained = async (
  machine: Machine,
  ports: readonly (string | number)[],
  seconds: number,
): Promise<boolean> => {
  const deadline = machine.now().getTime() + seconds * 1000;
  while ((await connectionsOf(machine, ports)) > 0 || (await waitingAt(machine, ports)) > 0) {
    if (machine.now().getTime() >= deadline) return false;
    await machine.sleep(LOOK_MS);
  }
  return true;
};

/**
 * Visitors go to the service's own process again; those at the stand-in have their time, then it
 * ends. False when some are still there: `endStandIns` is for later. What passes on those who
 * waited ends by itself, with the last of them.
 */
export const sendBack = async (
  machine: Machine,
  handover: ReleaseHandover,
  seconds: number,
): Promise<boolean> => {
  const { service, way, port } = handover;
  writeWhole(machine.at(leavingMark(service)), "", 0o600);
  rmSync(machine.at(waitingMark(service)), { force: true });
  rmSync(machine.at(standInRoute(service)), { force: true });
  await machine.sleep(ROUTED_MS);
  if (await drained(machine, [port], seconds)) {
    await endStandIns(machine, [handover]);
    return true;
  }
  if (way === "side-by-side") return false;
  await machine.run(["systemctl", "stop", "--", unitOf(handover)]);
  forget(machine, handover);
  return true;
};
