import { randomUUID } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";

import type { Clock } from "./clock";
import { coalesce } from "./coalesce";
import { readIfThere, writeAtomically } from "./files";
import type { CloudState } from "./records";

/** The records in memory and, where there is a file, on disk. Mutate `state` freely, then `await save()`. */
export interface Store {
  readonly state: CloudState;
  /** Resolves when everything in `state` at the time of the call is on disk. Calls made while a write runs share the next one. */
  save(): Promise<void>;
  /** The next number of droplets, actions, keys, records and images. */
  nextId(): number;
}

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
    droplets: [],
    actions: [],
    sshKeys: [],
    reservedIps: [],
    reservedIpv6: [],
    domains: [],
    dnsRecords: [],
    firewalls: [],
    tags: [],
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
    vpcs: [],
    vpcPeerings: [],
    snapshots: [],
    volumes: [],
    volumeSnapshots: [],
    uptimeChecks: [],
    alertPolicies: [],
    faults: [],
  };
};

const read = async (path: string): Promise<CloudState | null> => {
  const text = await readIfThere(path);
  if (text === null) return null;
  try {
    const state = JSON.parse(text) as CloudState;
    if (state.format !== 1) throw new Error(`format ${String(state.format)} is not known here`);
    return state;
  } catch (error) {
    throw new Error(
      `${path}: not readable as records (${(error as Error).message}). Restore it from a copy, or ./fleet destroy and start anew.`,
    );
  }
};

/** @param path the file; null keeps everything in memory only. */
export const openStore = async (path: string | null, clock: Clock): Promise<Store> => {
  if (path) await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const found = path ? await read(path) : null;
  const state: CloudState = { ...emptyState(clock), ...found };
  return {
    state,
    save: path
      ? coalesce(() => writeAtomically(path, JSON.stringify(state)))
      : () => Promise.resolve(),
    nextId: () => state.nextId++,
  };
};
