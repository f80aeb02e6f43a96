import { createWriteStream, rmSync } from "node:fs";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

import { PATHS, bundlePath } from "@second-server/contract/paths";
import type { Pushed, Release, ReleasePart } from "@second-server/contract/release";

import { beginAftercare } from "../apply/aftercare-unit";
import { bringIn } from "../apply/apply";
import { handOver, handoversOf, readyHandovers } from "../apply/handover";
import { planFor } from "../apply/switch";
import { tidy } from "../apply/tidy";
import { isSha, placeTree, readDescription, unpack } from "../apply/unpack";
import { writeHistory } from "../history";
import type { Machine } from "../machine";
import { type Applied, readApplied } from "../record";
import { systemctl } from "../systemd";
import { compose } from "./compose";
import { blobPath, keptOf } from "./keep";
import { idOf, partOf, refusalOf, servicesOf } from "./part";
import { baseOf, shortCommit } from "./pushed";

const inForce = (machine: Machine, what: string): Applied => {
  const applied = readApplied(machine);
  if (!applied) throw new Error(`fleet-agent ${what}: no release is in force yet. Run: ./fleet up`);
  return applied;
};
const known = (release: Release, what: string, service: string): string => {
  if (servicesOf(release).includes(service)) return service;
  throw new Error(
    `fleet-agent ${what}: there is no service "${service}". Known: ${servicesOf(release).join(", ")}.`,
  );
};

const bringPart = async (
  machine: Machine,
  applied: Applied,
  part: ReleasePart,
  contents: (hash: string) => string,
): Promise<void> => {
  const { service } = part;
  const refusal = refusalOf(applied.release, part);
  if (refusal !== undefined) throw new Error(`fleet-agent deploy: ${refusal}`);
  const replaced = applied.release.pushed?.[service];
  if (replaced && !part.pushed)
    machine.log(
      `service ${service}: in place of what was pushed from git ${shortCommit(replaced.commit)} (${replaced.branch})`,
    );
  const { sha, folder, release } = await compose(machine, applied, [part], contents);
  await bringIn(machine, sha, folder, release, { name: service, id: idOf(part) });
  tidy(machine);
  const from = part.pushed ? `, of git ${shortCommit(part.pushed.commit)}` : "";
  machine.log(`service ${service}: ${idOf(part)} is in force${from}`);
};

/** What a part has to be of, and where it is from. */
export interface Source extends Omit<Pushed, "base"> {
  readonly service: string;
}

/** Beside its commit, what `up` had brought of it when the first push came. */
const withSource = (release: Release, part: ReleasePart, source: Source): ReleasePart => {
  const { service, commit, branch } = source;
  if (part.service !== service)
    throw new Error(`fleet-agent push: what was made is a release of "${part.service}".`);
  const was = partOf(release, service);
  return { ...part, pushed: { commit, branch, base: was.pushed?.base ?? baseOf(was) } };
};

/** `fleet-agent deploy SHA`, the bundle of one service on standard input; `source`: it was pushed. */
export const deploy = async (
  machine: Machine,
  sha: string,
  bundle: Readable,
  source?: Source,
): Promise<void> => {
  if (!isSha(sha)) throw new Error(`fleet-agent deploy: "${sha}" is no sha256 (64 hex digits).`);
  const applied = inForce(machine, "deploy");
  const path = machine.at(bundlePath(sha));
  const unpacked = `${PATHS.releases}/${sha}`;
  try {
    await pipeline(bundle, createWriteStream(path, { mode: 0o600 }));
    await unpack(machine, sha);
    const made = readDescription<ReleasePart>(machine, unpacked);
    if (typeof made.service !== "string")
      throw new Error(
        "fleet-agent deploy: this is the release of a whole machine. It is brought by: ./fleet up",
      );
    const refusal = refusalOf(applied.release, made);
    if (refusal !== undefined) throw new Error(`fleet-agent deploy: ${refusal}`);
    const part = source ? withSource(applied.release, made, source) : made;
    for (const { name, hash } of part.trees) await placeTree(machine, unpacked, name, hash);
    await bringPart(machine, applied, part, (hash) => `${unpacked}/files/${hash}`);
  } finally {
    rmSync(path, { force: true });
    rmSync(machine.at(unpacked), { recursive: true, force: true });
  }
};

/** `fleet-agent rollback SERVICE [RELEASE]`: the one before, or the one of that name. */
export const rollbackService = async (
  machine: Machine,
  service: string,
  id?: string,
): Promise<void> => {
  const applied = inForce(machine, "rollback");
  known(applied.release, "rollback", service);
  const [current, ...earlier] = keptOf(machine, service);
  const chosen =
    id === undefined ? earlier[0] : earlier.find((one) => id !== "" && one.id.startsWith(id));
  if (id !== undefined && current?.id.startsWith(id))
    return machine.log(`service ${service}: ${current.id} is in force already`);
  if (!chosen)
    throw new Error(
      `fleet-agent rollback: of ${service} there is no ${id === undefined ? "earlier release" : `release ${id}`} on this machine. Kept: ${[current, ...earlier].flatMap((one) => one?.id ?? []).join(", ")}.`,
    );
  await bringPart(machine, applied, chosen.part, blobPath);
};

/** `fleet-agent restart SERVICE`: without a request lost, where the service can. */
export const restartService = async (machine: Machine, service: string): Promise<void> => {
  const { sha, release } = inForce(machine, "restart");
  known(release, "restart", service);
  const units = release.units.map(({ name }) => name);
  const plan = planFor(machine, release, release);
  const own = release.probes.filter((probe) => probe.service === service);
  const restart = own.map(({ unit }) => unit).filter((unit) => units.includes(unit));
  if (restart.length === 0)
    throw new Error(`fleet-agent restart: ${service} has no process: nginx answers for it.`);
  const handovers = await handoversOf(machine, release, { ...plan, restart });
  await beginAftercare(machine, sha, []);
  await readyHandovers(machine, `${PATHS.releases}/${sha}`, release, handovers);
  await systemctl(machine, "restart", handovers.plan.restart);
  for (const one of handovers.all)
    await handOver(machine, { release, before: undefined }, one, false);
  writeHistory(machine, { what: "restarted", service });
  machine.log(`service ${service}: restarted`);
};

/** `fleet-agent releases [SERVICE]` */
export const releasesText = (machine: Machine, services: readonly string[]): string =>
  services
    .flatMap((service) =>
      keptOf(machine, service).map(
        ({ id, since, part }, index) =>
          `${service.padEnd(16)} ${id}  ${since.slice(0, 19).replace("T", " ")}${index === 0 ? "  in force" : ""}${part.pushed ? `  pushed from git ${shortCommit(part.pushed.commit)} (${part.pushed.branch})` : ""}`,
      ),
    )
    .join("\n");

/** The services asked for, or all. */
export const chosenServices = (machine: Machine, service?: string): readonly string[] => {
  const { release } = inForce(machine, "releases");
  return service === undefined ? servicesOf(release) : [known(release, "releases", service)];
};
