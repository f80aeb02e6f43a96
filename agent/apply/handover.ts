import type { Release, ReleaseHandover } from "@second-server/contract/release";

import type { Machine } from "../machine";
import { probeAll } from "../probe";
import { systemctl } from "../systemd";
import type { Plan } from "./plan";
import {
  drained,
  isRouted,
  leavingServices,
  patiently,
  routedServices,
  sendBack,
  sendToStandIn,
  startStandIns,
} from "./stand-in";
import { placeTree } from "./unpack";

/** Who has streams open for longer is left to the aftercare: the new version serves already. */
const PATIENCE_SECONDS = 1.5;

/** The services of a plan that go live without a request lost. */
export interface Handovers {
  readonly all: readonly ReleaseHandover[];
  /** What is left of the plan: units that restart in the sight of visitors, or have none. */
  readonly plan: Plan;
}

const isRunning = async (machine: Machine, unit: string): Promise<boolean> =>
  (await machine.run(["systemctl", "is-active", "--quiet", "--", unit])).code === 0;

/** What does not run has no visitors to lose. */
export const handoversOf = async (
  machine: Machine,
  release: Release,
  plan: Plan,
): Promise<Handovers> => {
  const candidates = (release.handovers ?? []).filter(({ unit }) => plan.restart.includes(unit));
  const running = await Promise.all(
    candidates.map(
      async (handover) => isRouted(machine, handover) || (await isRunning(machine, handover.unit)),
    ),
  );
  const all = candidates.filter((_, index) => running[index]);
  const handed = new Set(all.map(({ unit }) => unit));
  const others = (units: readonly string[]): readonly string[] =>
    units.filter((unit) => !handed.has(unit));
  return { all, plan: { ...plan, restart: others(plan.restart), start: others(plan.start) } };
};

const ownProbes = ({ probes }: Release, { unit }: ReleaseHandover): Release["probes"] =>
  probes.filter((probe) => probe.unit === unit);
/** At which its own process listens, and did before, where a release has moved it. */
const ownPorts = (
  handover: ReleaseHandover,
  ...releases: readonly (Release | undefined)[]
): readonly string[] => [
  ...new Set(
    releases.flatMap((release) =>
      release ? ownProbes(release, handover).map(({ url }) => new URL(url).port) : [],
    ),
  ),
];

/**
 * The service's own process ends, begins as what is in place now, and has its visitors back once it
 * gives the right answer.
 */
export const finish = async (
  machine: Machine,
  release: Release,
  handover: ReleaseHandover,
): Promise<void> => {
  await systemctl(machine, "restart", [handover.unit]);
  const probes = ownProbes(release, handover);
  await probeAll(machine, handover.way === "held" ? probes : probes.map(patiently));
  await sendBack(machine, handover, Math.min(PATIENCE_SECONDS, handover.drainSeconds));
  machine.log(`service ${handover.service}: handed over`);
};

/** From one release to another; `before` is missing where there was none. */
export interface Change {
  readonly release: Release;
  readonly before: Release | undefined;
}

/** Whether the process that a service had can end without cutting anybody off. */
export const isFree = (
  machine: Machine,
  { release, before }: Change,
  handover: ReleaseHandover,
  seconds: number,
): Promise<boolean> => drained(machine, ownPorts(handover, release, before), seconds);

/**
 * Before the web server is told of a service's new port, at which nobody listens yet: visitors of a
 * held one have to wait by then. Beside the old one, the stand-in answers whoever finds nobody.
 */
export const holdMoved = async (
  machine: Machine,
  { release, before }: Change,
  { all }: Handovers,
): Promise<void> => {
  for (const handover of all)
    if (handover.way === "held" && ownPorts(handover, release, before).length > 1)
      await sendToStandIn(machine, handover);
};

/**
 * One service whose files are in place and whose stand-in is ready. `mayLeave`: who is still
 * connected to the version before is left to the aftercare.
 */
export const handOver = async (
  machine: Machine,
  change: Change,
  handover: ReleaseHandover,
  mayLeave: boolean,
): Promise<void> => {
  const { release } = change;
  const { service, way, drainSeconds } = handover;
  // A stand-in that serves already is of the version before: then the process itself is the new
  // one, and who is still connected to what it was had until this change.
  const isLate = way === "side-by-side" && isRouted(machine, handover);
  await sendToStandIn(machine, handover);
  const patience = way === "held" ? drainSeconds : Math.min(PATIENCE_SECONDS, drainSeconds);
  const isEmpty = await isFree(machine, change, handover, patience);
  if (mayLeave && !isLate && !isEmpty && way === "side-by-side" && drainSeconds > patience)
    machine.log(
      `service ${service}: the new version serves; who is still connected to the one before has ${drainSeconds} s`,
    );
  else await finish(machine, release, handover);
};

/**
 * Makes what is needed before anything is in place. Rejects, with nothing changed, when a new
 * version does not answer.
 */
export const readyHandovers = async (
  machine: Machine,
  folder: string,
  release: Release,
  { all, plan }: Handovers,
): Promise<void> => {
  if (all.length === 0) return;
  for (const { name, hash } of plan.switchTrees) await placeTree(machine, folder, name, hash);
  await startStandIns(machine, folder, release, all);
};

const among = (
  { handovers = [] }: Release,
  services: readonly string[],
): readonly ReleaseHandover[] => handovers.filter(({ service }) => services.includes(service));

/**
 * Those whose visitors are with a stand-in: while the version before has its time, or after a run
 * that was cut short.
 */
export const leftOver = (machine: Machine, release: Release): readonly ReleaseHandover[] =>
  among(release, routedServices(machine));
/** Those whose stand-in is still connected to, and gets nobody new. */
export const leaving = (machine: Machine, release: Release): readonly ReleaseHandover[] =>
  among(release, leavingServices(machine));
