import type { Machine } from "../machine";
import { type Place, mustRestic } from "./restic";

/**
 * What a snapshot's tags say of the backup in it: the repository explains itself, also where the
 * watcher is gone.
 */
export interface Facts {
  readonly id: string;
  /** Grows in the order in which backups were taken, whatever the clock said. */
  readonly order: number;
  /** When the primary prepared it. */
  readonly at: string;
  readonly files: number;
  readonly bytes: number;
  readonly release: string;
  readonly doubts: readonly string[];
  readonly failed: readonly string[];
}
export interface Snapshot extends Facts {
  /** restic's own name of it. */
  readonly snapshot: string;
  /** When restic made it. */
  readonly made: string;
}

/** restic parts tags at commas. */
const plain = (text: string): string => text.replaceAll(",", ";").slice(0, 300);
/** So many reasons say enough. */
const REASONS = 10;

const WORDS = { doubts: "doubt", failed: "without" } as const;
export const tagsOf = (facts: Facts): readonly string[] => [
  ...(["id", "order", "at", "files", "bytes", "release"] as const).map(
    (name) => `${name}=${plain(String(facts[name]))}`,
  ),
  ...facts.doubts.slice(0, REASONS).map((text) => `${WORDS.doubts}=${plain(text)}`),
  ...facts.failed.slice(0, REASONS).map((text) => `${WORDS.failed}=${plain(text)}`),
];

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && Boolean(value) && !Array.isArray(value);
const textsIn = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((one) => typeof one === "string") : [];

/**
 * undefined for what is no backup of ours: somebody may keep something else in the same repository.
 */
const snapshotOf = (value: unknown): Snapshot | undefined => {
  if (!isRecord(value) || typeof value.id !== "string") return undefined;
  const pairs = textsIn(value.tags).map((tag): readonly [string, string] => [
    tag.slice(0, tag.indexOf("=")),
    tag.slice(tag.indexOf("=") + 1),
  ]);
  const all = (name: string): readonly string[] =>
    pairs.flatMap(([key, text]) => (key === name ? [text] : []));
  const [id, order] = [all("id")[0], Number(all("order")[0])];
  if (id === undefined || !Number.isFinite(order)) return undefined;
  return {
    snapshot: value.id,
    made: typeof value.time === "string" ? value.time : "",
    id,
    order,
    at: all("at")[0] ?? "",
    files: Number(all("files")[0] ?? 0),
    bytes: Number(all("bytes")[0] ?? 0),
    release: all("release")[0] ?? "",
    doubts: all(WORDS.doubts),
    failed: all(WORDS.failed),
  };
};

export const parseSnapshots = (text: string): readonly Snapshot[] => {
  const value: unknown = JSON.parse(text);
  return (Array.isArray(value) ? value : [])
    .map(snapshotOf)
    .filter((one) => one !== undefined)
    .sort(
      (a, b) =>
        a.order - b.order ||
        a.id.localeCompare(b.id) ||
        Date.parse(a.made) - Date.parse(b.made) ||
        a.snapshot.localeCompare(b.snapshot),
    );
};

/** Of a backup that is there twice, the one made later is it. */
export const superseded = (all: readonly Snapshot[]): readonly Snapshot[] => {
  const last = new Map(all.map((one) => [one.id, one]));
  return all.filter((one) => last.get(one.id) !== one);
};

const LIST_SECONDS = 300;
/** The backups in a repository, in the order in which they were taken. */
export const snapshotsIn = async (machine: Machine, place: Place): Promise<readonly Snapshot[]> =>
  parseSnapshots(
    // Without a lock: somebody who only reads is in nobody's way, and a place may let us read
    // alone.
    await mustRestic(machine, place, ["snapshots", "--json", "--no-lock"], {
      seconds: LIST_SECONDS,
    }),
  );

export const isSoundSnapshot = ({ doubts, failed }: Snapshot): boolean =>
  doubts.length === 0 && failed.length === 0;
