import { existsSync } from "node:fs";

import { PATHS } from "@second-server/contract/paths";
import type { Release } from "@second-server/contract/release";

import { type Deed, writeHistory } from "../history";
import type { Machine } from "../machine";
import { probeAll, probePublic } from "../probe";
import { type Applied, note } from "../record";
import { beginAftercare, servicesOfUnits } from "./aftercare-unit";
import { obtain, showAgain } from "./certificates";
import {
  type Handovers,
  handOver,
  handoversOf,
  holdMoved,
  leftOver,
  readyHandovers,
} from "./handover";
import { type Plan, isIdle } from "./plan";
import { endStandIns, patiently } from "./stand-in";
import { planFor, reload, restart, settle, switchTo } from "./switch";

export const short = (sha: string): string => sha.slice(0, 12);
export const reason = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);

/** Both are waited for: a failure of one does not leave the other at work behind our back. */
const all = async (works: readonly Promise<void>[]): Promise<void> => {
  const failures = (await Promise.allSettled(works)).flatMap((end) =>
    end.status === "rejected" ? [reason(end.reason)] : [],
  );
  if (failures.length > 0) throw new Error(failures.join("\n"));
};

/**
 * What a release that is in place again looks like to visitors, in words that say no more than was
 * asked.
 */
const whatAnswers = async (machine: Machine, { sha, release }: Applied): Promise<string> => {
  const names = release.publicProbes ?? [];
  try {
    await probeAll(machine, release.probes);
    await probePublic(machine, names);
  } catch (error) {
    return `Rolled back to ${short(sha)}, and not all of it answers: ${reason(error)}`;
  }
  settle(machine);
  return names.length > 0
    ? `Rolled back to ${short(sha)}; all ${names.length} names answer over HTTPS.`
    : `Rolled back to ${short(sha)}; its services answer on loopback. It names nothing to ask over HTTPS.`;
};

/**
 * Going back, what can't be handed over restarts all the same; who waits at a stand-in is behind
 * the version that comes back.
 */
const wayBack = async (machine: Machine, folder: string, release: Release): Promise<Handovers> => {
  const planned = planFor(machine, release, release);
  const stuck = leftOver(machine, release).map(({ unit }) => unit);
  const plan = { ...planned, restart: [...new Set([...planned.restart, ...stuck])] };
  const handovers = await handoversOf(machine, release, plan);
  try {
    await readyHandovers(machine, folder, release, handovers);
    return handovers;
  } catch (error) {
    machine.log(`the services restart in the sight of visitors: ${reason(error)}`);
    return { all: [], plan };
  }
};

/**
 * Goes back to the release that was in force; what it says about that is part of the error that
 * made it necessary.
 */
export const goBack = async (machine: Machine, applied: Applied | undefined): Promise<string> => {
  if (!applied)
    return "There is no earlier release to go back to; what was written stays, and the next apply goes on from there.";
  const { sha, release } = applied;
  const folder = `${PATHS.releases}/${sha}`;
  if (!existsSync(machine.at(`${folder}/release.json`)))
    return `The earlier release ${short(sha)} is not on this machine any more: nothing was rolled back.`;
  try {
    const { all: handed, plan } = await wayBack(machine, folder, release);
    await switchTo(machine, release, folder, plan);
    await showAgain(machine, release.certificates);
    await all([reload(machine, plan), restart(machine, plan)]);
    for (const one of handed) await handOver(machine, { release, before: undefined }, one, false);
  } catch (error) {
    // Nobody is left waiting for what does not come.
    await endStandIns(machine, leftOver(machine, release));
    return `Rolling back to ${short(sha)} failed as well: ${reason(error)}`;
  }
  return await whatAnswers(machine, applied);
};

/** The service that a release is about, and what it is called of that service alone. */
export interface OneService {
  readonly name: string;
  readonly id: string;
}

export const deed = (
  what: Deed["what"],
  sha: string,
  only: OneService | undefined,
  why?: string,
): Omit<Deed, "at" | "by"> => ({
  what,
  ...(only && { service: only.name }),
  release: only?.id ?? short(sha),
  ...(why !== undefined && { why }),
});

export interface Switch {
  readonly sha: string;
  readonly folder: string;
  readonly release: Release;
  readonly before: Applied | undefined;
  readonly plan: Plan;
  readonly only?: OneService | undefined;
}

/** Puts everything in place and has it run; what was not whole by then is told by a rejection. */
const carryOut = async (
  machine: Machine,
  { folder, release, before, only }: Switch,
  handovers: Handovers,
): Promise<void> => {
  const { all: handed, plan } = handovers;
  const change = { release, before: before?.release };
  const asked = <T extends { readonly service: string }>(probes: readonly T[]): readonly T[] =>
    only === undefined ? probes : probes.filter(({ service }) => service === only.name);
  // Each has been asked on its way; its own process may still be the one before.
  const isHanded = (unit: string): boolean => handed.some((one) => one.unit === unit);
  await switchTo(machine, release, folder, plan);
  if (isIdle(plan)) machine.log("everything is in place already");
  await holdMoved(machine, change, handovers);
  // Before a service is handed over: the web server has to know its stand-in.
  await reload(machine, plan);
  // The web server asks for its certificates while the services come up behind it: each takes
  // seconds.
  const services = (async (): Promise<void> => {
    await restart(machine, plan);
    // One by one: programs that start together on a small machine keep each other's visitors
    // waiting.
    for (const one of handed) await handOver(machine, change, one, true);
    const own = asked(release.probes).filter(({ unit }) => !isHanded(unit));
    // On a new machine all of them begin at once, and nobody is kept waiting.
    await probeAll(machine, before === undefined ? own.map(patiently) : own);
  })();
  const certificates = async (): Promise<void> => {
    for (const certificate of release.certificates) await obtain(machine, certificate, services);
  };
  await all([certificates(), services]);
  if (only === undefined) machine.log(`${release.probes.length} services answer`);
  await probePublic(machine, asked(release.publicProbes ?? []));
};

/** Switches and restarts; when that does not end well, the release before is in force again. */
export const switchOver = async (machine: Machine, change: Switch): Promise<void> => {
  const { sha, folder, release, before, plan, only } = change;
  const handovers = await handoversOf(machine, release, plan);
  // Should this process be killed, it puts right what is half done.
  if (before && !isIdle(plan)) await beginAftercare(machine, sha, servicesOfUnits(plan.restart));
  try {
    await readyHandovers(machine, folder, release, handovers);
  } catch (error) {
    note(machine, `refused ${sha}: ${reason(error)}`);
    writeHistory(machine, deed("refused", sha, only, reason(error)));
    throw new Error(
      `release ${short(sha)} is not in force: nobody has been sent to it, and ${before ? `${short(before.sha)} goes on serving` : "nothing else runs"}.\n${reason(error)}`,
    );
  }
  try {
    await carryOut(machine, change, handovers);
  } catch (error) {
    machine.log(`release ${short(sha)} failed; going back`);
    const back = await goBack(machine, before);
    await endStandIns(machine, handovers.all);
    note(machine, `failed ${sha}: ${reason(error)}\n${back}`);
    writeHistory(machine, deed("failed", sha, only, reason(error)));
    throw new Error(`release ${short(sha)} is not in force.\n${reason(error)}\n${back}`);
  }
};
