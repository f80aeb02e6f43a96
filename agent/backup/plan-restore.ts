import { mkdirSync, rmSync } from "node:fs";
import { dirname } from "node:path";

import type { PlannedItem, RestoreAgreement, RestorePlan } from "@second-server/contract/backups";
import { PATHS } from "@second-server/contract/paths";

import { bytesOf, shown } from "../file-names";
import { readJson, writeWhole, makeFolder } from "../files";
import { type Machine, must } from "../machine";
import { addHadCertificates } from "./had-certificates";
import { CERTIFICATES, failedItems, isBelow, itemsOf } from "./items";
import { type Inspected, inspect, writeManifest } from "./manifest";
import { momentOf } from "./retention";
import { backupIds, doubtsOf, expectedItems, folderOf } from "./store";

export interface Chosen extends RestorePlan {
  /** What was signed for the machine before is to be revoked. */
  readonly revokes?: boolean;
  /** The one backup that everything comes from, where one has everything. */
  readonly whole?: string;
}

const SAID = 5;
const some = (texts: readonly string[]): string =>
  texts.slice(0, SAID).join("; ") + (texts.length > SAID ? ` and ${texts.length - SAID} more` : "");

/** Items that this backup has whole, byte for byte. */
const wholeItems = ({ manifest, faults }: Inspected): readonly string[] => {
  // A fault of the whole tree says nothing about where it ends.
  if (!manifest || faults.some(({ path }) => path === "")) return [];
  const failed = failedItems(manifest).map(({ path }) => path);
  return itemsOf(manifest).filter(
    (item) => !failed.includes(item) && !faults.some(({ path }) => isBelow(path, item)),
  );
};

interface Found {
  readonly sources: Map<string, Omit<PlannedItem, "item">>;
  /** Items that some backup has, or should have had. */
  readonly known: Set<string>;
  readonly passedOver: string[];
  whole: string | undefined;
}

/**
 * An item of an earlier agent's backup is a service's folder: it is the same as the files in it
 * that are known by name.
 */
const hasSource = (found: Found, item: string): boolean =>
  [...found.sources.keys()].some((other) => isBelow(item, other) || isBelow(other, item));

const lookAt = (machine: Machine, id: string, doubts: readonly string[], found: Found): boolean => {
  const seen = inspect(folderOf(machine, id));
  const failed = seen.manifest ? failedItems(seen.manifest) : [];
  if (seen.faults.length > 0)
    found.passedOver.push(`${id} is damaged: ${some(seen.faults.map(({ text }) => text))}`);
  if (failed.length > 0)
    found.passedOver.push(
      `${id} lacks ${some(failed.map((item) => `${shown(item.path)} (${shown(item.failed)})`))}`,
    );
  const items = wholeItems(seen);
  for (const item of items)
    if (!hasSource(found, item))
      found.sources.set(item, {
        id,
        at: seen.manifest?.at ?? "",
        ...(doubts.length > 0 && { doubts }),
      });
  for (const item of seen.manifest ? itemsOf(seen.manifest) : []) found.known.add(item);
  return seen.faults.length === 0 && failed.length === 0;
};

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

/** By the watcher's clock: the primary's word for it is nobody's who has had it. */
const isLater = (id: string, { before }: RestoreAgreement): boolean =>
  before !== undefined && momentOf(id).getTime() > Date.parse(before);

const search = (machine: Machine, agreed: RestoreAgreement): Found => {
  const found: Found = { sources: new Map(), known: new Set(), passedOver: [], whole: undefined };
  const ids = backupIds(machine);
  const late = ids.filter((id) => isLater(id, agreed));
  if (late.length > 0)
    found.passedOver.push(`${late.length} that were taken after ${agreed.before ?? ""}`);
  for (const id of ids.filter((one) => !late.includes(one))) {
    const doubts = doubtsOf(machine, id);
    if (doubts.length > 0 && !agreed.doubtful) {
      found.passedOver.push(`${id} is doubtful: ${some(doubts)}`);
      continue;
    }
    if (!lookAt(machine, id, doubts, found)) continue;
    const ofThisAlone = [...found.sources.values()].every((source) => source.id === id);
    found.whole = ofThisAlone ? id : undefined;
    return found;
  }
  // None has everything: what the fleet's manifest names and no backup has was never backed up, and
  // is not lost with them.
  return found;
};

/**
 * What a fresh primary would get: of each item the newest copy that is whole, of a backup that
 * nothing speaks against.
 */
export const planRestore = (machine: Machine, agreed: RestoreAgreement): Chosen => {
  const ids = backupIds(machine);
  const found = search(machine, agreed);
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
  const plan = { items, passedOver, lost, ...(revokes ? { revokes } : { whole: found.whole }) };
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
export const compose = async (machine: Machine, { items, revokes }: Chosen): Promise<string> => {
  const folder = machine.at(`${PATHS.backups}/.restore`);
  rmSync(folder, { recursive: true, force: true });
  makeFolder(folder, 0o700);
  for (const { item, id } of items) {
    const target = `${folder}/${item}`;
    mkdirSync(bytesOf(dirname(target)), { recursive: true, mode: 0o700 });
    await must(machine, ["cp", "-al", "--", `${folderOf(machine, id)}/${item}`, target]);
  }
  if (revokes) await addHadCertificates(machine, folder);
  writeManifest(folder, machine.now(), "composed");
  return folder;
};

export const planText = (plan: Chosen): string =>
  [
    ...plan.passedOver.map((line) => `passed over: ${line}`),
    ...(plan.items.length > 0
      ? plan.items.map(
          ({ item, id, at, doubts }) =>
            `${shown(item)}: of ${id} (${at})${doubts ? `, doubtful: ${some(doubts)}` : ""}`,
        )
      : ["nothing: a fresh start"]),
  ].join("\n");
