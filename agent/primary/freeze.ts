import { existsSync, rmSync } from "node:fs";

import { UNITS, isBeside, serviceUnit } from "@second-server/contract/names";
import { PATHS, waitingMark } from "@second-server/contract/paths";
import type { Release, ReleaseHandover } from "@second-server/contract/release";

import { drained, sendBack, sendToStandIn, startStandIns } from "../apply/stand-in";
import { writeWhole } from "../files";
import { type Machine, must } from "../machine";
import { probeAll } from "../probe";
import { note, readApplied } from "../record";
import { systemctl } from "../systemd";
import { handedOnTo } from "./handed-on";

/** Lifts a freeze that nobody has lifted or made use of. */
const THAW = "fleet-thaw";
/** Whoever waits does so until somebody says how it goes on: this process ends before that. */
const FOR_EVER = "1";

/** What has data, and all that may write it. */
export interface Writers {
  readonly release: Release;
  readonly services: readonly string[];
  /** What runs, timers included: in this order it is started again. */
  readonly units: readonly string[];
  /** Those that may be running, and are not to be started: jobs. */
  readonly jobs: readonly string[];
  /** Whose visitors can wait. */
  readonly held: readonly ReleaseHandover[];
}

export const writersOf = (machine: Machine): Writers & { readonly folder: string } => {
  const applied = readApplied(machine);
  if (applied?.release.role !== "primary")
    throw new Error("fleet-agent freeze: no primary's release is in force here. Run ./fleet up");
  const { sha, release } = applied;
  const services = [...new Set(release.data.map(({ service }) => service))];
  const own = release.units.filter(({ name }) =>
    services.some((service) => name === serviceUnit(service) || isBeside(service, name)),
  );
  return {
    release,
    folder: `${PATHS.releases}/${sha}`,
    services,
    units: own.filter(({ enable }) => enable).map(({ name }) => name),
    jobs: own.filter(({ enable }) => !enable).map(({ name }) => name),
    held: (release.handovers ?? []).filter(
      ({ way, service }) => way === "held" && services.includes(service),
    ),
  };
};

/** Of the service's own process. */
export const portsOf = ({ probes }: Release, service: string): readonly string[] =>
  probes.filter((probe) => probe.service === service).map(({ url }) => new URL(url).port);

export const isFrozen = (machine: Machine): boolean => existsSync(machine.at(PATHS.frozen));

const setTimer = async (machine: Machine, seconds: number): Promise<void> => {
  await machine.run(["systemctl", "stop", "--", `${THAW}.timer`]);
  await machine.run(["systemctl", "reset-failed", "--", `${THAW}.service`]);
  await must(machine, [
    "systemd-run",
    "--quiet",
    "--collect",
    `--unit=${THAW}`,
    `--on-active=${seconds}`,
    "--timer-property=AccuracySec=100ms",
    PATHS.agent,
    "thaw",
  ]);
};
export const stopTimer = (machine: Machine): Promise<unknown> =>
  machine.run(["systemctl", "stop", "--", `${THAW}.timer`]);

/**
 * From now on nothing that has data is running; visitors of what can be held wait. It ends by itself
 * after so many seconds, whatever becomes of who has asked for it.
 */
export const freeze = async (machine: Machine, seconds: number): Promise<void> => {
  const to = handedOnTo(machine);
  if (to !== undefined)
    throw new Error(`fleet-agent freeze: this primary has handed on to ${to} already.`);
  const { release, folder, units, jobs, held } = writersOf(machine);
  await setTimer(machine, seconds);
  writeWhole(machine.at(PATHS.frozen), "", 0o600);
  await startStandIns(machine, folder, release, held);
  for (const handover of held) {
    await sendToStandIn(machine, handover);
    writeWhole(machine.at(waitingMark(handover.service)), `${FOR_EVER}\n`, 0o644);
  }
  await Promise.all(
    held.map(({ service, drainSeconds }) =>
      drained(machine, portsOf(release, service), drainSeconds),
    ),
  );
  await machine.run(["systemctl", "stop", "--", ...units, ...jobs]);
  await must(machine, ["sync"]);
  note(machine, `frozen for at most ${seconds} s`);
  machine.log(`nothing is written for at most ${seconds} s; ${held.length} services hold visitors`);
};

/** Everything serves here again, and who waited is let in. Nothing where nothing is frozen. */
export const thaw = async (machine: Machine): Promise<void> => {
  if (!isFrozen(machine)) return machine.log("nothing is frozen");
  if (handedOnTo(machine) !== undefined)
    throw new Error(
      "fleet-agent thaw: this primary has handed on: another one has what was written since.",
    );
  await stopTimer(machine);
  const { release, services, units, held } = writersOf(machine);
  // Of a handing on that was cut short: it has the services' ports.
  if (existsSync(machine.at(PATHS.handedOnSite))) {
    rmSync(machine.at(PATHS.handedOnSite));
    await systemctl(machine, "reload", [UNITS.nginx]);
    await systemctl(machine, "enable", units);
  }
  // Whatever becomes of one of them, nobody is left waiting, and the next release may come.
  try {
    await systemctl(machine, "start", units);
    await probeAll(
      machine,
      release.probes.filter(({ service }) => services.includes(service)),
    );
    machine.log("the services with data run again");
  } finally {
    for (const handover of held) await sendBack(machine, handover, handover.drainSeconds);
    rmSync(machine.at(PATHS.frozen), { force: true });
    note(machine, "no longer frozen");
  }
};
