import { mkdirSync, rmSync } from "node:fs";
import { dirname } from "node:path";

import type { RestoreAgreement, RestorePlan } from "@second-server/contract/backups";
import { PATHS } from "@second-server/contract/paths";

import { bytesOf, shown } from "../file-names";
import { readJson, writeWhole, makeFolder } from "../files";
import { type Machine, must } from "../machine";
import type { Shelf } from "../repository/shelf";
import { type Found, hasSource, search, some } from "./find-items";
import { addHadCertificates } from "./had-certificates";
import { CERTIFICATES, isBelow } from "./items";
import { writeManifest } from "./manifest";
import { expectedItems } from "./store";

export interface Chosen extends RestorePlan {
  /** The folder of the one backup that everything comes from, where one has everything. */
  readonly whole?: string;
  /** Item → the folder that has it. */
  readonly folders: ReadonlyMap<string, string>;
}

const HOW =
  "See: fleet-agent backup list. To restore what is whole: ./fleet recover primary --partial. To take doubtful ones too: --doubtful";

const refusalOf = (ids: readonly string[], lost: readonly string[], found: Found): string => {
  const offers = [...found.sources].map(([item, { id }]) => `${shown(item)} of ${id}`);
  return [
    found.sources.size === 0
      ? `there are ${ids.length} backups, and none that can be restored as it stands`
      : `no backup that can be restored as it stands has ${some(lost.map(shown))} whole`,
    ...found.passedOver.map((line) => `  ${line}`),
    `  whole: ${offers.length > 0 ? offers.join(", ") : "nothing"}`,
    HOW,
  ].join("\n");
};

/**
 * What a fresh primary would get: of each item the newest copy that is whole, of a backup that
 * nothing speaks against.
 */
export const planRestore = async (
  machine: Machine,
  agreed: RestoreAgreement,
  shelf: Shelf,
): Promise<Chosen> => {
  const { found, ids } = await search(machine, agreed, shelf);
  const revokes = agreed.compromised === true;
  const items = [...found.sources]
    .filter(([item]) => !revokes || item !== CERTIFICATES)
    .map(([item, source]) => ({ item, ...source }));
  const expected = expectedItems(machine);
  const wanted = (item: string): boolean =>
    expected === undefined ||
    !item.startsWith("data/") ||
    expected.some((path) => isBelow(path, item) || isBelow(item, path));
  const lost = [...found.known].filter(
    (item) => !hasSource(found, item) && wanted(item) && (!revokes || item !== CERTIFICATES),
  );
  const { passedOver } = found;
  const plan = {
    items,
    passedOver,
    lost,
    folders: found.folders,
    ...(revokes ? { revokes } : { whole: found.whole }),
  };
  const stands = ids.length === 0 || (items.length > 0 && lost.length === 0);
  return stands || (agreed.partial && items.length > 0)
    ? plan
    : { ...plan, refused: refusalOf(ids, lost, found) };
};

const agreedPath = (machine: Machine): string => machine.at(`${PATHS.backups}/agreed.json`);
const AGREED_HOURS = 2;

/**
 * The restore itself is started by `up`, which knows nothing of this: so it is written down for the
 * next one, and for a while only.
 */
export const agree = (machine: Machine, agreed: RestoreAgreement): void => {
  makeFolder(machine.at(PATHS.backups), 0o711);
  writeWhole(
    agreedPath(machine),
    `${JSON.stringify({ ...agreed, at: machine.now().toISOString() })}\n`,
    0o600,
  );
};
export const agreement = (machine: Machine): RestoreAgreement => {
  const { at = "", ...agreed } =
    readJson<RestoreAgreement & { at?: string }>(agreedPath(machine)) ?? {};
  const age = Math.abs(machine.now().getTime() - Date.parse(at));
  return age <= AGREED_HOURS * 3_600_000 ? agreed : {};
};
export const forgetAgreement = (machine: Machine): void => {
  rmSync(agreedPath(machine), { force: true });
};

/** One folder with the chosen items, as links to the backups' own files: it takes no room. */
export const compose = async (
  machine: Machine,
  { items, folders, revokes }: Chosen,
): Promise<string> => {
  const folder = machine.at(`${PATHS.backups}/.restore`);
  rmSync(folder, { recursive: true, force: true });
  makeFolder(folder, 0o700);
  for (const { item } of items) {
    const target = `${folder}/${item}`;
    mkdirSync(bytesOf(dirname(target)), { recursive: true, mode: 0o700 });
    await must(machine, ["cp", "-al", "--", `${folders.get(item) ?? ""}/${item}`, target]);
  }
  if (revokes) await addHadCertificates(machine, folder);
  writeManifest(folder, machine.now(), "composed");
  return folder;
};

export const planText = (plan: RestorePlan): string =>
  [
    ...plan.passedOver.map((line) => `passed over: ${line}`),
    ...(plan.items.length > 0
      ? plan.items.map(
          ({ item, id, at, live, doubts }) =>
            `${shown(item)}: of ${live ? "the live copy " : ""}${id} (${at})${doubts ? `, doubtful: ${some(doubts)}` : ""}`,
        )
      : ["nothing: a fresh start"]),
  ].join("\n");
