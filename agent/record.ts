import { appendFileSync, existsSync, readdirSync, rmSync } from "node:fs";

import { messageOf } from "@second-server/contract/caught";
import { PATHS } from "@second-server/contract/paths";
import type { Release } from "@second-server/contract/release";

import { makeFolder, readJson, readText, writeWhole } from "./files";
import type { Machine } from "./machine";

/** Which release is in force, and since when. */
export interface Applied {
  readonly sha: string;
  readonly at: string;
  readonly release: Release;
}

export const readApplied = (machine: Machine): Applied | undefined =>
  readJson<Applied>(machine.at(PATHS.applied));
export const readPrevious = (machine: Machine): Applied | undefined =>
  readJson<Applied>(machine.at(PATHS.previous));

const write = (machine: Machine, path: string, value: Applied): void =>
  writeWhole(machine.at(path), `${JSON.stringify(value)}\n`, 0o600);

/**
 * The machine's own account of what was done to it. That it can't be written (a full disk) must not
 * hide what was to be written.
 */
export const note = (machine: Machine, text: string): void => {
  try {
    makeFolder(machine.at(PATHS.agentState), 0o700);
    appendFileSync(
      machine.at(PATHS.agentLog),
      `${machine.now().toISOString()} ${text.replaceAll("\n", "\n  ")}\n`,
    );
  } catch (error) {
    machine.log(`${PATHS.agentLog} can't be written: ${messageOf(error)}`);
  }
};

/** For who takes pushes: the commit that serves, of each service where one does. */
const notePushed = (machine: Machine, { pushed = {} }: Release): void => {
  const folder = machine.at(PATHS.pushed);
  const there = existsSync(folder) ? readdirSync(folder) : [];
  for (const service of there)
    if (pushed[service] === undefined) rmSync(`${folder}/${service}`, { force: true });
  for (const [service, { commit }] of Object.entries(pushed)) {
    if (readText(`${folder}/${service}`) === `${commit}\n`) continue;
    makeFolder(folder, 0o755);
    writeWhole(`${folder}/${service}`, `${commit}\n`, 0o644);
  }
};

/**
 * A release that was taken back after it had been in force: what was before it is in force again,
 * and there is nothing good before that.
 */
export const recordUndone = (machine: Machine, before: Applied): void => {
  write(machine, PATHS.applied, { ...before, at: machine.now().toISOString() });
  notePushed(machine, before.release);
  rmSync(machine.at(PATHS.previous), { force: true });
};

/**
 * The release is in force; the one before it is what `rollback` returns to. From the first time on,
 * the machine is sealed against restores.
 */
export const recordApplied = (machine: Machine, sha: string, release: Release): void => {
  const before = readApplied(machine);
  if (!existsSync(machine.at(PATHS.sealed)))
    writeWhole(machine.at(PATHS.sealed), `${machine.now().toISOString()}\n`, 0o600);
  notePushed(machine, release);
  if (before?.sha === sha) return;
  if (before) write(machine, PATHS.previous, before);
  write(machine, PATHS.applied, { sha, at: machine.now().toISOString(), release });
  note(machine, `applied ${sha}`);
};
