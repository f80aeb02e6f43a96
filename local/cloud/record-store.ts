import { randomUUID } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";

import { messageOf } from "./caught";
import type { Clock } from "./clock";
import { readIfThere, writeAtomically } from "./files";
import { keyOf, type CloudState, type CollectionName, type RecordTypes } from "./records";
import { createSaving } from "./saving";

/** A list of the records file, oldest first. What changes it is brought to disk by itself. */
export interface List<T> {
  all(): readonly T[];
  find(test: (one: T) => boolean): T | undefined;
  filter(test: (one: T) => boolean): T[];
  some(test: (one: T) => boolean): boolean;
  insert(one: T): T;
  /** @returns those that were removed. */
  remove(test: (one: T) => boolean): T[];
}

export interface Collection<T> extends List<T> {
  /** By the record's number, UUID, address or name; see `keyOf`. */
  get(key: string | number): T | undefined;
  /** Whoever holds the record sees the change. Of one that has been removed nothing is kept. */
  update(record: T, change: Partial<T>): T;
}

type Counters = Pick<CloudState, "lastAddress" | "lastReserved" | "limits" | "serial">;

/** The records in memory and, where there is a file, on disk. */
export type Store = { readonly [Name in CollectionName]: Collection<RecordTypes[Name]> } & {
  readonly tags: List<string>;
  /** Everything, to be read; it stays true as the records change. */
  readonly state: CloudState;
  /** The next number of droplets, actions, keys, records and images. */
  nextId(): number;
  set(change: Partial<Counters>): void;
  /**
   * Resolves when everything changed before the call is on disk. Calls made while a write runs
   * share the next one.
   */
  save(): Promise<void>;
};

type Collections = { readonly [Name in CollectionName]: readonly RecordTypes[Name][] };
const NO_COLLECTIONS: Collections = {
  droplets: [],
  actions: [],
  sshKeys: [],
  reservedIps: [],
  reservedIpv6: [],
  domains: [],
  dnsRecords: [],
  firewalls: [],
  projects: [],
  vpcs: [],
  vpcPeerings: [],
  snapshots: [],
  volumes: [],
  volumeSnapshots: [],
  uptimeChecks: [],
  alertPolicies: [],
  tokens: [],
  faults: [],
};

const emptyState = (clock: Clock): CloudState => {
  const now = clock
    .now()
    .toISOString()
    .replace(/\.\d+Z$/, "Z");
  return {
    format: 1,
    nextId: 500_000_001,
    lastAddress: 9,
    serial: 1,
    account: { uuid: randomUUID().replaceAll("-", ""), email: "owner@lab.test" },
    tags: [],
    ...NO_COLLECTIONS,
    projects: [
      {
        id: randomUUID(),
        name: "second-server",
        description: "",
        purpose: "Just trying out DigitalOcean",
        environment: "Development",
        is_default: true,
        created_at: now,
        updated_at: now,
        resources: [],
      },
    ],
  };
};

const read = async (path: string): Promise<CloudState | undefined> => {
  const text = await readIfThere(path);
  if (text === null) return undefined;
  try {
    const state = JSON.parse(text) as CloudState;
    if (state.format !== 1) throw new Error(`format ${String(state.format)} is not known here`);
    return state;
  } catch (error) {
    throw new Error(
      `${path}: not readable as records (${messageOf(error)}). Restore it from a copy, or ./fleet destroy and start anew.`,
    );
  }
};

const createList = <T>(
  all: () => readonly T[],
  replace: (list: readonly T[]) => void,
): List<T> => ({
  all,
  find: (test) => all().find(test),
  filter: (test) => all().filter(test),
  some: (test) => all().some(test),
  insert: (one) => {
    replace([...all(), one]);
    return one;
  },
  remove: (test) => {
    const gone = all().filter(test);
    if (gone.length) replace(all().filter((one) => !gone.includes(one)));
    return gone;
  },
});

type WritableState = { -readonly [Part in keyof CloudState]: CloudState[Part] };

/** How to make the collection of a name, on the records that they all share. */
const collectionsOf =
  (state: WritableState, changed: () => void) =>
  <Name extends CollectionName>(name: Name): Collection<RecordTypes[Name]> => {
    const collections: Collections = state;
    const replaceable: Record<CollectionName, readonly object[]> = state;
    return {
      ...createList<RecordTypes[Name]>(
        () => collections[name],
        (list) => {
          replaceable[name] = list;
          changed();
        },
      ),
      get: (key) => {
        const keyOfOne = keyOf[name];
        return collections[name].find((one) => keyOfOne(one) === key);
      },
      update: (record, change) => {
        Object.assign(record, change);
        changed();
        return record;
      },
    };
  };

/** @param path the file; null keeps everything in memory only. */
export const openStore = async (
  path: string | null,
  clock: Clock,
  log: (line: string) => void,
): Promise<Store> => {
  if (path) await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const found = path ? await read(path) : undefined;
  const state: WritableState = { ...emptyState(clock), ...found };
  const { changed, save } = createSaving(
    () => (path ? writeAtomically(path, JSON.stringify(state)) : Promise.resolve()),
    found === undefined,
    (error) => log(`records not saved: ${error.message}`),
  );

  const collection = collectionsOf(state, changed);
  return {
    state,
    save,
    nextId: () => {
      changed();
      return state.nextId++;
    },
    set: (change) => {
      Object.assign(state, change);
      changed();
    },
    tags: createList(
      () => state.tags,
      (tags) => {
        state.tags = tags;
        changed();
      },
    ),
    droplets: collection("droplets"),
    actions: collection("actions"),
    sshKeys: collection("sshKeys"),
    reservedIps: collection("reservedIps"),
    reservedIpv6: collection("reservedIpv6"),
    domains: collection("domains"),
    dnsRecords: collection("dnsRecords"),
    firewalls: collection("firewalls"),
    projects: collection("projects"),
    vpcs: collection("vpcs"),
    vpcPeerings: collection("vpcPeerings"),
    snapshots: collection("snapshots"),
    volumes: collection("volumes"),
    volumeSnapshots: collection("volumeSnapshots"),
    uptimeChecks: collection("uptimeChecks"),
    alertPolicies: collection("alertPolicies"),
    tokens: collection("tokens"),
    faults: collection("faults"),
  };
};
