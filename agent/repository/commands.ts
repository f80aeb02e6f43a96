import { type ListedBackup, agreementIn } from "@second-server/contract/backups";
import { PATHS } from "@second-server/contract/paths";

import { restoreToPeer, sendOnOutput } from "../backup/give-back";
import { agree, planRestore, planText } from "../backup/plan-restore";
import { momentOf } from "../backup/retention";
import { shown } from "../file-names";
import { liveIds } from "../live/copies";
import { withLock } from "../lock";
import type { Machine } from "../machine";
import { subjectOf, valueOf, valuesOf } from "../words";
import { type Difference, type Shown, compareBackups, show, verify } from "./contents";
import { forgetSelected, select } from "./export";
import { listAll } from "./history";
import { offsiteStatus, offsiteText } from "./offsite-status";
import { testRestore } from "./restore-test";
import type { Shelf } from "./shelf";

const listText = (all: readonly ListedBackup[]): string =>
  all
    .map((one) =>
      [
        one.damaged === undefined
          ? `${one.id}  ${one.files} files  ${one.bytes} bytes  (${(one.in ?? []).join(", ")})`
          : `${one.id}  DAMAGED: ${one.damaged}`,
        ...(one.doubts ?? []).map((doubt) => `  doubtful: ${doubt}`),
        ...(one.failed ?? []).map((item) => `  without ${item}`),
      ].join("\n"),
    )
    .join("\n") || "there is no backup yet";

/** They are no backups, and are asked for by a moment. */
const liveText = (machine: Machine): string => {
  const ids = liveIds(machine);
  const [newest, oldest] = [ids[0], ids.at(-1)];
  return newest === undefined || oldest === undefined
    ? ""
    : `\nlive copies of databases: ${ids.length}, of ${momentOf(oldest).toISOString()} to ${momentOf(newest).toISOString()}`;
};

const showText = ({ id, at, items }: Shown): string =>
  [
    `${id} (${at})`,
    ...items.map(
      ({ path, files, bytes, failed }) =>
        `  ${shown(path)}: ${failed === undefined ? `${files} files, ${bytes} bytes` : `not in it: ${shown(failed)}`}`,
    ),
  ].join("\n");

const differenceText = ({ from, to, added, changed, removed }: Difference): string =>
  [
    `${from} → ${to}: ${added.length} added, ${changed.length} changed, ${removed.length} removed`,
    ...added.map((path) => `  + ${shown(path)}`),
    ...changed.map((path) => `  ~ ${shown(path)}`),
    ...removed.map((path) => `  - ${shown(path)}`),
  ].join("\n");

const answer = <T>(words: readonly string[], value: T, asText: (value: T) => string): void => {
  console.log(words.includes("--json") ? JSON.stringify(value, undefined, 2) : asText(value));
};

type Command = (machine: Machine, shelf: Shelf, words: readonly string[]) => Promise<void>;

/** What is selected, as a tar on standard output. */
const exportSelected: Command = async (machine, shelf, words) => {
  const at = subjectOf(words) ?? valueOf(words, "--at");
  try {
    const selected = await select(machine, shelf, {
      ...(at !== undefined && { at }),
      paths: valuesOf(words, "--path"),
      doubtful: words.includes("--doubtful"),
      databases: words.includes("--databases"),
    });
    machine.log(`of ${selected.id} (${selected.at})`);
    await sendOnOutput(selected.folder);
  } finally {
    forgetSelected(machine);
  }
};

/** Says what a fresh primary would get; fails where nothing is restored as it stands. */
const plan: Command = async (machine, shelf, words) => {
  const agreed = agreementIn(words);
  const { items, passedOver, lost, refused, revokes } = await planRestore(machine, agreed, shelf);
  if (words.includes("--agree")) agree(machine, agreed);
  if (!words.includes("--json") && refused !== undefined)
    throw new Error(`fleet-agent backup plan: ${refused}`);
  const told = {
    items,
    passedOver,
    lost,
    ...(refused !== undefined && { refused }),
    ...(revokes !== undefined && { revokes }),
  };
  answer(words, told, planText);
};

/** While it reads, no pull lets a backup go. */
const alone =
  (name: string, seconds: number, work: Command): Command =>
  (machine, shelf, words) =>
    withLock(
      machine,
      `backup ${name}`,
      seconds,
      () => work(machine, shelf, words),
      PATHS.backupLock,
    );

const COMMANDS: Readonly<Record<string, Command>> = {
  list: async (machine, shelf, words) => {
    const status = offsiteStatus(machine);
    const beyond = status === undefined ? "" : `\n${offsiteText(status)}`;
    answer(
      words,
      await listAll(machine, shelf),
      (all) => `${listText(all)}${liveText(machine)}${beyond}`,
    );
  },
  show: async (machine, shelf, words) => {
    answer(words, await show(machine, shelf, subjectOf(words)), showText);
  },
  diff: async (machine, shelf, words) => {
    const [first = "", second] = words.filter((word) => !word.startsWith("--"));
    answer(words, await compareBackups(machine, shelf, first, second), differenceText);
  },
  test: (machine, shelf) => testRestore(machine, shelf),
  verify: (machine, shelf, words) => verify(machine, shelf, subjectOf(words)),
  export: alone("export", 600, exportSelected),
  plan,
  "restore-to-peer": alone("restore-to-peer", 300, (machine, shelf, words) =>
    restoreToPeer(machine, agreementIn(words), shelf),
  ),
};

/** Those whose answer is their output: what is said meanwhile goes beside it. */
const ANSWERS = ["list", "show", "diff", "export", "plan"];
const beside = (machine: Machine): Machine => ({
  ...machine,
  log: (line) => {
    console.error(line);
  },
});

export const isReading = (name: string): boolean => Object.hasOwn(COMMANDS, name);

/** What reads backups, in folders and in the repository. */
export const read = async (
  machine: Machine,
  shelf: Shelf,
  [name = "", ...words]: readonly string[],
): Promise<void> => {
  await COMMANDS[name]?.(ANSWERS.includes(name) ? beside(machine) : machine, shelf, words);
};
