import { existsSync, renameSync, rmSync } from "node:fs";
import { relative } from "node:path";

import { messageOf } from "@second-server/contract/caught";
import { DEBIAN_PATHS, PATHS } from "@second-server/contract/paths";
import type { Release } from "@second-server/contract/release";

import { shown } from "../file-names";
import { makeFolder } from "../files";
import { type Machine, must } from "../machine";
import { readApplied } from "../record";
import { type Data, type End, copyOut } from "./copy";
import { CERTIFICATES } from "./items";
import { type ItemNote, sizeOf, writeManifest } from "./manifest";

/**
 * After this nothing further is begun: the watcher waits no longer than that, and somebody may want
 * to roll back.
 */
const ALL_SECONDS = 12 * 60;
/** A unit's start is mostly waiting for systemd. */
const AT_ONCE = 4;
/** For all items of one service. */
const SERVICE_SECONDS = 300;

/** What is said of an item that came through, though not as its service may think. */
const notesOf = (
  path: string,
  { left = [], leftOut = 0, vanished = 0, restless }: End,
): readonly string[] =>
  [
    ...(leftOut > 0
      ? [`${leftOut} that are neither file nor link are left out: ${left.map(shown).join(", ")}`]
      : []),
    ...(restless === true
      ? [
          `it changed during each of its copies; its files may be of different moments${vanished > 0 ? `, and ${vanished} that went meanwhile are left out` : ""}`,
        ]
      : []),
  ].map((text) => `${shown(path)}: ${text}`);

/**
 * A service's items, by one unit. One item's failure is that item's: the others are copied, and it
 * is told by name.
 */
const copyService = async (
  machine: Machine,
  data: readonly Data[],
  draft: string,
  deadline: number,
): Promise<readonly ItemNote[]> => {
  const [first] = data;
  if (first === undefined) return [];
  const journeys = data.map(({ kind, path }) => {
    const from = relative(PATHS.serviceData, path);
    return { kind, from, to: `data/${from}` };
  });
  const seconds = Math.min(
    SERVICE_SECONDS,
    Math.floor((deadline - machine.now().getTime()) / 1000),
  );
  const ends =
    seconds < 1
      ? journeys.map((): End => ({
          failed: `the services before it took more than ${ALL_SECONDS} s`,
        }))
      : await copyOut(machine, first, journeys, draft, { seconds });
  return journeys.flatMap(({ to }, index) => {
    const { absent, failed, ...end } = ends[index] ?? { failed: "nothing was said of it" };
    for (const line of notesOf(to, end)) machine.log(line);
    if (failed !== undefined) machine.log(`${shown(to)} is not in this backup: ${shown(failed)}`);
    if (failed !== undefined) return [{ path: to, failed }];
    // A service that has written nothing yet has nothing to lose.
    return absent === true ? [] : [{ path: to }];
  });
};

/** Root's own, so root copies them. */
const copyCertificates = async (machine: Machine, draft: string): Promise<readonly ItemNote[]> => {
  const source = machine.at(DEBIAN_PATHS.letsencrypt);
  if (!existsSync(source)) return [];
  try {
    await must(
      machine,
      ["cp", "-a", "--no-preserve=ownership", "--", source, `${draft}/${CERTIFICATES}`],
      { seconds: 60 },
    );
    return [{ path: CERTIFICATES }];
  } catch (error) {
    rmSync(`${draft}/${CERTIFICATES}`, { recursive: true, force: true });
    return [{ path: CERTIFICATES, failed: messageOf(error) }];
  }
};

const servicesOf = (release: Release): readonly (readonly Data[])[] =>
  [...new Set(release.data.map(({ service }) => service))].map((name) =>
    release.data.filter(({ service }) => service === name),
  );

/**
 * Makes consistent copies of everything that must survive, with a manifest, in the folder that the
 * watcher reads.
 */
export const prepare = async (machine: Machine): Promise<void> => {
  const applied = readApplied(machine);
  if (!applied)
    throw new Error(
      "fleet-agent backup prepare: no release is in force here yet, so there is nothing to back up.",
    );
  const draft = machine.at(`${PATHS.backupExport}.new`);
  rmSync(draft, { recursive: true, force: true });
  makeFolder(draft, 0o700);
  const deadline = machine.now().getTime() + ALL_SECONDS * 1000;
  const notes: ItemNote[] = [];
  const services = servicesOf(applied.release);
  for (let begun = 0; begun < services.length; begun += AT_ONCE) {
    const some = services.slice(begun, begun + AT_ONCE);
    const copied = some.map((data) => copyService(machine, data, draft, deadline));
    notes.push(...(await Promise.all(copied)).flat());
  }
  notes.push(...(await copyCertificates(machine, draft)));
  const manifest = writeManifest(draft, machine.now(), applied.sha, notes);
  const old = machine.at(`${PATHS.backupExport}.old`);
  rmSync(old, { recursive: true, force: true });
  if (existsSync(machine.at(PATHS.backupExport))) renameSync(machine.at(PATHS.backupExport), old);
  renameSync(draft, machine.at(PATHS.backupExport));
  rmSync(old, { recursive: true, force: true });
  machine.log(`prepared ${manifest.entries.length} files, ${sizeOf(manifest)} bytes`);
};
