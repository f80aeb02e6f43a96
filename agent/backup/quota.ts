import type { BackupPolicy } from "@second-server/contract/backups";

import { isBelow } from "./items";
import { type BackupManifest, type Entry, sizeOf } from "./manifest";

/**
 * Growth within one interval that nobody is asked about, and what is too small to be asked about.
 */
const SERVICE = { times: 4, least: 1024 ** 3 };
const ALL = { times: 3, least: 2 * 1024 ** 3 };

/** What it takes on a disk: holes take nothing. */
const takes = (entry: Entry): number =>
  "bytes" in entry ? Math.min(entry.bytes, entry.stored ?? entry.bytes) : 0;
const sum = (entries: readonly Entry[]): number =>
  entries.reduce((all, entry) => all + takes(entry), 0);

const serviceOf = (path: string): string | undefined => /^data\/([^/]+)(?:\/|$)/.exec(path)?.[1];
const bytesByService = (entries: readonly Entry[]): ReadonlyMap<string, number> => {
  const bytes = new Map<string, number>();
  for (const entry of entries) {
    const service = serviceOf(entry.path);
    if (service !== undefined) bytes.set(service, (bytes.get(service) ?? 0) + takes(entry));
  }
  return bytes;
};

export interface Within {
  readonly manifest: BackupManifest;
  /** What is left out, for whoever fetches. */
  readonly without: readonly string[];
  /** Why nothing of it may come. */
  readonly refused?: string;
}

/**
 * Without the data of services that take more than they may: one that grows without end costs the
 * others nothing. `before` is the newest good backup.
 */
export const withinQuota = (
  told: BackupManifest,
  before: BackupManifest | undefined,
  { bytes: inAll, services = {} }: NonNullable<BackupPolicy["quota"]>,
): Within => {
  const last = bytesByService(before?.entries ?? []);
  const over = [...bytesByService(told.entries)].flatMap(([service, bytes]) => {
    const most =
      services[service] ?? Math.max(SERVICE.least, SERVICE.times * (last.get(service) ?? 0));
    const failed = `its service's data takes ${bytes} bytes, and ${most} are its quota. If that is meant, raise it: services.${service}.quota in fleet.yaml`;
    return bytes > most ? [{ folder: `data/${service}`, failed }] : [];
  });
  const reasonFor = (path: string): string | undefined =>
    over.find(({ folder }) => isBelow(path, folder))?.failed;
  const entries = told.entries.filter(({ path }) => reasonFor(path) === undefined);
  const items = (told.items ?? over.map(({ folder }) => ({ path: folder }))).map((item) => {
    const failed = reasonFor(item.path);
    return failed === undefined ? item : { path: item.path, failed };
  });
  const manifest = over.length === 0 ? told : { ...told, entries, items };
  const most = inAll ?? Math.max(ALL.least, ALL.times * sum(before?.entries ?? []));
  return {
    manifest,
    without: over.map(({ folder }) => folder),
    ...(sum(entries) > most && {
      refused: `it takes ${sum(entries)} bytes (${sizeOf(manifest)} as files read), and ${most} are the quota of a backup. If that is meant, raise it: backups.quota in fleet.yaml`,
    }),
  };
};
