import { spawn } from "node:child_process";
import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { prepare } from "./prepare";
import { faultsOf } from "./manifest";
import { withLock } from "../lock";
import { type Machine, must } from "../machine";
import { PLACES } from "../places";
import { note } from "../apply/record";

export type Request = "prepare" | "fetch" | "state" | "restore";

/** What the other machine may ask for, told from its SSH command line; everything else is refused. */
export const requestOf = (commandLine: string): Request => {
  if (commandLine === "prepare" || commandLine === "state" || commandLine === "restore") return commandLine;
  // rsync's own words when it only reads: rrsync below parses the rest.
  if (/^rsync --server --sender /.test(commandLine)) return "fetch";
  throw new Error("fleet-agent peer: refused. The other machine may say: prepare, state, restore, or read the prepared copies with rsync.");
};

/** rrsync, part of Debian's rsync, lets rsync read this one folder and nothing else. */
const fetch = (machine: Machine, commandLine: string): Promise<number> => new Promise((resolve, reject) => {
  const child = spawn("rrsync", ["-ro", machine.at(PLACES.export)], { stdio: "inherit", env: { ...process.env, SSH_ORIGINAL_COMMAND: commandLine } });
  child.once("error", reject);
  child.once("close", (code) => resolve(code ?? 1));
});

/** Takes a tar of a backup from standard input, checks every file of it, and keeps it for the first apply. Only while nothing has been applied. */
const receive = async (machine: Machine): Promise<void> => {
  if (existsSync(machine.at(PLACES.sealed))) throw new Error("fleet-agent peer: this machine is in service already: nothing is restored over what users have written.");
  const incoming = machine.at(PLACES.incoming);
  rmSync(incoming, { recursive: true, force: true });
  mkdirSync(incoming, { recursive: true, mode: 0o700 });
  const code = await new Promise<number>((resolve, reject) => {
    const child = spawn("tar", ["-xf", "-", "-C", incoming, "--no-same-owner", "--delay-directory-restore"], { stdio: ["inherit", "inherit", "inherit"] });
    child.once("error", reject);
    child.once("close", (status) => resolve(status ?? 1));
  });
  if (code !== 0) throw new Error(`fleet-agent peer: the restore did not arrive whole (tar: ${code}).`);
  const faults = faultsOf(incoming);
  if (faults.length > 0) throw new Error(`fleet-agent peer: what arrived is not the backup: ${faults.slice(0, 5).join("; ")}`);
  rmSync(machine.at(PLACES.restore), { recursive: true, force: true });
  renameSync(incoming, machine.at(PLACES.restore));
  await must(machine, ["sync"]);
  note(machine, "a backup has arrived and is put in place by the first apply");
  machine.log("received and verified");
};

/** Serves the other machine, as root, behind a forced command. Resolves with the exit code. */
export const servePeer = async (machine: Machine, commandLine: string): Promise<number> => {
  const request = requestOf(commandLine);
  switch (request) {
    case "prepare": await withLock(machine, "peer prepare", 120, () => prepare(machine)); return 0;
    case "fetch": return await fetch(machine, commandLine);
    case "state": machine.log(existsSync(machine.at(PLACES.sealed)) ? "sealed" : "fresh"); return 0;
    case "restore": await withLock(machine, "peer restore", 120, () => receive(machine)); return 0;
    default: return request satisfies never;
  }
};
