import { existsSync } from "node:fs";

import { PATHS } from "@second-server/contract/paths";

import { shown } from "../file-names";
import type { Machine } from "../machine";
import TABLE from "./confined/table.py";
import { copyIn, inService, removeIn } from "./copy";
import { BESIDE, type Piece } from "./pieces";

const SECONDS = 600;
/** Where the backup's database lies meanwhile, in the service's folder: its user reads it. */
const COPY = ".restored-table.db";

/** The one database that is meant. */
export const databaseIn = (pieces: readonly Piece[]): Piece => {
  const databases = pieces.filter(({ kind }) => kind === "sqlite");
  const [one, ...others] = databases;
  if (one && others.length === 0) return one;
  const all = (one ? databases : pieces)
    .map(({ place }) => shown(place.slice(place.indexOf("/") + 1)))
    .join(", ");
  throw new Error(
    one
      ? `fleet-agent restore: which database is the table in? Say --item as well: ${all}`
      : `fleet-agent restore: only an item of the kind sqlite has tables; what there is: ${all}`,
  );
};

/** One table as the backup has it; what else is in the database stays as it is. */
export const putTable = async (
  machine: Machine,
  { data, place }: Piece,
  table: string,
): Promise<void> => {
  const [database, copy] = [place, `${data.service}/${COPY}`].map((one) =>
    machine.at(`${PATHS.serviceData}/${one}`),
  );
  if (database === undefined || !existsSync(database))
    throw new Error(`${shown(place)} is not there: restore the whole item`);
  const temporary = ["", ...BESIDE].map((end) => `${data.service}/${COPY}${end}`);
  try {
    await copyIn(
      machine,
      data,
      [{ kind: "file", from: `data/${place}`, to: `${data.service}/${COPY}`, beside: BESIDE }],
      machine.at(PATHS.restore),
      SECONDS,
    );
    const spec = JSON.stringify({ database, copy, table });
    const words = inService(
      machine,
      data,
      ["python3", "-I", "-X", "utf8", "-c", TABLE, spec],
      SECONDS,
    );
    const { code, stdout, stderr } = await machine.run(words, { seconds: SECONDS });
    if (code !== 0)
      throw new Error(`table ${shown(table)}: ${shown(stderr.trim().split("\n").at(-1) ?? "")}`);
    const said = JSON.parse(stdout) as { rows: number; orphans: number };
    machine.log(
      `table ${shown(table)}: ${said.rows} rows${said.orphans > 0 ? `; ${said.orphans} rows of the database refer to some that are not there` : ""}`,
    );
  } finally {
    await removeIn(machine, data, temporary, SECONDS);
  }
};
