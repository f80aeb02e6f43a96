import { lstatSync } from "node:fs";
import { relative } from "node:path";

import { PATHS } from "@second-server/contract/paths";
import type { Release } from "@second-server/contract/release";

import { bytesOf, shown } from "../file-names";
import type { Data } from "./copy";
import { isBelow } from "./items";

/** What would damage a database that comes back: logs left of the one that was there. */
export const BESIDE = ["-wal", "-shm", "-journal"];

/** One thing that a restore replaces: an item of a service's data, or a file of one. */
export interface Piece {
  readonly data: Data;
  readonly kind: Data["kind"];
  /** Below the folder of all services' data. */
  readonly place: string;
}
export const pieceOf = (data: Data): Piece => ({
  data,
  kind: data.kind,
  place: relative(PATHS.serviceData, data.path),
});

/** By service, as each is copied by its own user. */
export const byService = <T extends { readonly data: Data }>(
  all: readonly T[],
): readonly (readonly [Data, readonly T[]])[] =>
  [...new Map(all.map(({ data }) => [data.service, data])).values()].map((data) => [
    data,
    all.filter((one) => one.data.service === data.service),
  ]);

/** In a folder, as the backup has it. */
const kindIn = (folder: string, place: string): "file" | "directory" => {
  const seen = lstatSync(bytesOf(`${folder}/data/${place}`), { throwIfNoEntry: false });
  return seen?.isDirectory() === true ? "directory" : "file";
};

/**
 * What is to be replaced; a path that is no item has its kind by what has come. Throws for what is
 * not in the fleet's manifest, before anything comes.
 */
export const piecesOf = (
  { data }: Release,
  service: string | undefined,
  only: string | undefined,
): ((received: string) => readonly Piece[]) => {
  const its = data.filter((one) => service === undefined || one.service === service).map(pieceOf);
  if (its.length === 0)
    throw new Error(
      `fleet-agent restore: no data of "${shown(service ?? "any service")}" is in fleet.yaml. Known: ${[...new Set(data.map((one) => one.service))].join(", ")}`,
    );
  if (only === undefined) return () => its;
  const place = `${service ?? ""}/${only}`;
  const item = its.find((one) => one.place === place);
  if (item) return () => [item];
  const above = its.find((one) => one.kind === "directory" && isBelow(place, one.place));
  if (!above || place.split("/").some((part) => ["", ".", ".."].includes(part)))
    throw new Error(
      `fleet-agent restore: "${shown(only)}" is no item of ${shown(service ?? "a service")}, nor in a folder that is one. Items: ${its.map((one) => shown(one.place.slice(one.place.indexOf("/") + 1))).join(", ")}`,
    );
  return (received) => [{ data: above.data, kind: kindIn(received, place), place }];
};
