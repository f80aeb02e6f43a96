import { rmSync } from "node:fs";

import type { RestoreDifference } from "@second-server/contract/backups";
import { PATHS } from "@second-server/contract/paths";

import { shown } from "../file-names";
import { makeFolder } from "../files";
import type { Machine } from "../machine";
import { copyOut } from "./copy";
import { isBelow } from "./items";
import { type Entry, entriesOf } from "./manifest";
import { type Piece, byService } from "./pieces";

const SECONDS = 600;

const contentsOf = (entries: readonly Entry[], places: readonly string[]) =>
  new Map(
    entries.flatMap((entry): [string, string][] =>
      places.some((place) => isBelow(entry.path, `data/${place}`))
        ? [[entry.path.slice("data/".length), "link" in entry ? `-> ${entry.link}` : entry.sha256]]
        : [],
    ),
  );

/** What would come back, change and go: what has come, beside a copy of what is there now. */
export const difference = async (
  machine: Machine,
  pieces: readonly Piece[],
): Promise<RestoreDifference> => {
  const now = machine.at(PATHS.compared);
  rmSync(now, { recursive: true, force: true });
  makeFolder(now, 0o700);
  try {
    const unreadable: string[] = [];
    for (const [data, its] of byService(pieces)) {
      const journeys = its.map(({ kind, place }) => ({ kind, from: place, to: `data/${place}` }));
      const ends = await copyOut(machine, data, journeys, now, { seconds: SECONDS });
      ends.forEach(({ failed }, index) => {
        if (failed !== undefined)
          unreadable.push(`${shown(its[index]?.place ?? "")}: ${shown(failed)}`);
      });
    }
    const places = pieces.map(({ place }) => place);
    const after = contentsOf(entriesOf(machine.at(PATHS.restore)), places);
    const before = contentsOf(entriesOf(now), places);
    // Of an item that the backup does not have, what is there stays.
    const touched = places.filter((place) =>
      [...after.keys()].some((path) => isBelow(path, place)),
    );
    return {
      comesBack: [...after.keys()].filter((path) => !before.has(path)),
      changes: [...after].flatMap(([path, content]) =>
        before.has(path) && before.get(path) !== content ? [path] : [],
      ),
      goes: [...before.keys()].filter(
        (path) => !after.has(path) && touched.some((place) => isBelow(path, place)),
      ),
      same: [...after].filter(([path, content]) => before.get(path) === content).length,
      unreadable,
    };
  } finally {
    rmSync(now, { recursive: true, force: true });
  }
};
