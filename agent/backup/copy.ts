import { lstatSync } from "node:fs";

import { PATHS } from "@second-server/contract/paths";
import type { Release } from "@second-server/contract/release";

import { type Confinement, unitOf } from "../confine";
import { shown } from "../file-names";
import { makeFolder } from "../files";
import { type Machine, must } from "../machine";
import { GIVE, TAKE, UNPACK } from "./confined/programs";
import { LIMITS } from "./manifest";

export type Data = Release["data"][number];

/**
 * A database that is held longer than this by its service is told of, and the other items go on.
 */
const HELD_SECONDS = 20;
/** SQLite's own cache and Python; a copy of any size goes through it piece by piece. */
const MEMORY_MIB = 160;
/** For systemd to end a unit that is late, before its other end is. */
const GRACE_SECONDS = 10;
/** The machine needs to go on writing. */
const SPARE_BYTES = 64 * 1024 * 1024;

/** One item on its way: where it lies below the one root and below the other. */
export interface Journey {
  readonly kind: Data["kind"];
  readonly from: string;
  readonly to: string;
  /** What else goes when it comes: files whose names end so. */
  readonly beside?: readonly string[];
}

/** How one item came through. */
export interface End {
  readonly absent?: boolean;
  readonly failed?: string;
  readonly left?: readonly string[];
  readonly leftOut?: number;
  readonly vanished?: number;
  readonly restless?: boolean;
}

/**
 * Whose they are: a service's user; where it has none (what an operator runs behind a proxy),
 * whoever its folder belongs to.
 */
export const ownerOf = (machine: Machine, { service, owner }: Data): string | number => {
  if (owner !== "root") return owner;
  const folder = lstatSync(machine.at(`${PATHS.serviceData}/${service}`), {
    throwIfNoEntry: false,
  });
  return folder?.uid ?? 0;
};

/** Where one owner's items lie. */
export interface Place {
  readonly name: string;
  readonly owner: string | number;
  /** What the items' paths are below. */
  readonly root: string;
  /** What its owner may write to. */
  readonly folder: string;
}
const placeOf = (machine: Machine, data: Data): Place => ({
  name: data.service,
  owner: ownerOf(machine, data),
  root: machine.at(PATHS.serviceData),
  folder: machine.at(`${PATHS.serviceData}/${data.service}`),
});

const confinementOf = ({ name, owner, folder }: Place, seconds: number): Confinement => ({
  name: `backup-copy-${name}`,
  owner,
  writable: [folder],
  scratch: `fleet-copy/${name}`,
  seconds,
  memoryMiB: MEMORY_MIB,
});

const python = (program: string, spec: object): readonly string[] => [
  "python3",
  "-I",
  "-X",
  "utf8",
  "-c",
  program,
  JSON.stringify(spec),
];

interface Bounds {
  readonly seconds: number;
  /** Of all items together. */
  readonly bytes?: number;
  readonly files?: number;
}
const limitsOf = ({ bytes = LIMITS.bytes, files = LIMITS.files }: Omit<Bounds, "seconds">) => ({
  ...LIMITS,
  bytes,
  files,
  spare: SPARE_BYTES,
});

const isEnd = (value: unknown): value is End => typeof value === "object" && Boolean(value);
/** What the taking end says of each item; when it says nothing, its last words are each item's. */
const endsOf = (stdout: string, stderr: string, count: number): readonly End[] => {
  try {
    const ends: unknown = JSON.parse(stdout);
    if (Array.isArray(ends) && ends.length === count && ends.every(isEnd)) return ends;
  } catch {
    // Below.
  }
  const failed = shown(stderr.trim().split("\n").at(-1) ?? "") || "its copy ended early";
  return Array.from({ length: count }, () => ({ failed }));
};

/** What was refused half-way may be at work still. */
const endIfFailed = async (
  machine: Machine,
  confinement: Confinement,
  ends: readonly End[],
): Promise<void> => {
  if (ends.some(({ failed }) => failed !== undefined))
    await machine.run(["systemctl", "stop", "--quiet", "--", unitOf(confinement)]);
};

/** What an owner has written, copied out as that owner, to below a folder that is ours alone. */
export const takeFrom = async (
  machine: Machine,
  place: Place,
  journeys: readonly Journey[],
  target: string,
  { seconds, ...most }: Bounds,
): Promise<readonly End[]> => {
  const confinement = confinementOf(place, seconds);
  const give = python(GIVE, {
    root: place.root,
    limits: limitsOf(most),
    items: journeys.map(({ kind, from }) => ({ kind, path: from, held: HELD_SECONDS })),
  });
  const take = python(TAKE, {
    root: target,
    limits: limitsOf(most),
    seconds: seconds + GRACE_SECONDS,
    from: machine.confine(give, confinement),
    items: journeys.map(({ to }) => ({ path: to })),
  });
  const { stdout, stderr } = await machine.run(take, { seconds: seconds + 2 * GRACE_SECONDS });
  const ends = endsOf(stdout, stderr, journeys.length);
  await endIfFailed(machine, confinement, ends);
  return ends;
};

/** What a service has written. */
export const copyOut = async (
  machine: Machine,
  data: Data,
  journeys: readonly Journey[],
  target: string,
  bounds: Bounds,
): Promise<readonly End[]> =>
  await takeFrom(machine, placeOf(machine, data), journeys, target, bounds);

/**
 * What lies in a folder of ours, put where its owner's is, as that owner. Rejects when an item did
 * not arrive.
 */
export const putInto = async (
  machine: Machine,
  place: Place,
  journeys: readonly Journey[],
  source: string,
  seconds: number,
): Promise<readonly End[]> => {
  const confinement = confinementOf(place, seconds);
  const take = python(TAKE, {
    root: place.root,
    limits: { ...limitsOf({}), spare: 0 },
    seconds,
    items: journeys.map(({ to, beside }) => ({ path: to, beside })),
  });
  const give = python(GIVE, {
    root: source,
    limits: limitsOf({}),
    to: machine.confine(take, confinement),
    items: journeys.map(({ kind, from }) => ({
      kind: kind === "directory" ? "directory" : "file",
      path: from,
    })),
  });
  const { code, stdout, stderr } = await machine.run(give, { seconds: seconds + GRACE_SECONDS });
  const ends = endsOf(stdout, stderr, journeys.length);
  await endIfFailed(machine, confinement, ends);
  const failed = ends.flatMap(({ failed: why }, index) =>
    why === undefined ? [] : [`${shown(journeys[index]?.to ?? "")}: ${shown(why)}`],
  );
  if (code !== 0 || failed.length > 0)
    throw new Error(
      `${place.name}: its data can't be put back: ${failed.join("; ") || shown(stderr)}`,
    );
  return ends;
};

/** What comes back to a service. */
export const copyIn = async (
  machine: Machine,
  data: Data,
  journeys: readonly Journey[],
  source: string,
  seconds: number,
): Promise<readonly End[]> => {
  const { service, owner } = data;
  const home = machine.at(`${PATHS.serviceData}/${service}`);
  if (lstatSync(home, { throwIfNoEntry: false }) === undefined) {
    makeFolder(home, 0o750);
    machine.own(home, owner, owner);
  }
  return await putInto(machine, placeOf(machine, data), journeys, source, seconds);
};

/**
 * The tar of a backup, which is anybody's, as a folder below one that is ours alone: read by
 * nobody's user, and written below handles.
 */
export const unpackInto = async (
  machine: Machine,
  folder: string,
  name: string,
  inputFile: number,
  seconds: number,
): Promise<End> => {
  const confinement = {
    name: "backup-unpack",
    writable: [],
    seconds,
    memoryMiB: MEMORY_MIB,
  };
  const take = python(TAKE, {
    root: folder,
    limits: limitsOf({}),
    seconds: seconds + GRACE_SECONDS,
    from: machine.confine(python(UNPACK, { limits: LIMITS }), confinement),
    reads: true,
    items: [{ path: name }],
  });
  const { stdout, stderr } = await machine.run(take, {
    inputFile,
    seconds: seconds + 2 * GRACE_SECONDS,
  });
  const ends = endsOf(stdout, stderr, 1);
  await endIfFailed(machine, confinement, ends);
  return ends[0] ?? {};
};

/** A command line as a service's user, shut in with that service's folder. */
export const inService = (
  machine: Machine,
  data: Data,
  argv: readonly string[],
  seconds: number,
): readonly string[] => machine.confine(argv, confinementOf(placeOf(machine, data), seconds));

/** What a service has there goes, taken away by its own user. */
export const removeIn = async (
  machine: Machine,
  data: Data,
  places: readonly string[],
  seconds: number,
): Promise<void> => {
  if (places.length === 0) return;
  const paths = places.map((place) => machine.at(`${PATHS.serviceData}/${place}`));
  await must(machine, inService(machine, data, ["rm", "-rf", "--", ...paths], seconds), {
    seconds: seconds + GRACE_SECONDS,
  });
};
