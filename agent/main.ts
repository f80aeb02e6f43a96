/** fleet-agent: what `up` and the other machine ask of this one. Runs as root on Debian 13 with its own Node; started by /usr/local/bin/fleet-agent. */
import { readFileSync } from "node:fs";
import { apply, rollback } from "./apply/apply";
import { readApplied, readPrevious } from "./apply/record";
import { restoreToPeer } from "./backup/give-back";
import { servePeer } from "./backup/peer";
import { pull } from "./backup/pull";
import { list, verify } from "./backup/store";
import { parseIdentity, takeIdentity } from "./identity";
import { withLock } from "./lock";
import { type Machine, thisMachine } from "./machine";
import { readJson } from "./files";
import { PLACES } from "./places";

const USAGE = `usage: fleet-agent COMMAND
  identity SHA < JSON        take this machine's name, keys and secrets (by \`up\`)
  apply SHA                  make a copied release the one in force, or roll back and say why
  rollback                   go back to the release before
  status                     what is in force, as JSON
  backup pull                on the watcher: fetch, verify and keep one backup of the primary
  backup list | verify [ID]  on the watcher: what there is; check every file
  backup restore-to-peer     on the watcher: give the newest verified backup to a fresh primary
  peer COMMAND               for the other machine's key only`;

const status = (machine: Machine): void => {
  const brief = (applied: ReturnType<typeof readApplied>) => applied && { sha: applied.sha, at: applied.at };
  console.log(JSON.stringify({
    role: readApplied(machine)?.release.role ?? null, applied: brief(readApplied(machine)), previous: brief(readPrevious(machine)), backup: readJson(machine.at(PLACES.backupStatus)),
  }, null, 2));
};

const backup = async (machine: Machine, words: readonly string[]): Promise<number> => {
  switch (words[0]) {
    case "pull": await withLock(machine, "backup pull", 300, () => pull(machine)); return 0;
    case "list": console.log(JSON.stringify(list(machine), null, 2)); return 0;
    case "verify": verify(machine, words[1]); return 0;
    case "restore-to-peer": await withLock(machine, "backup restore-to-peer", 300, () => restoreToPeer(machine)); return 0;
    default: console.error(USAGE); return 2;
  }
};

const dispatch = async (machine: Machine, [command, ...words]: readonly string[]): Promise<number> => {
  switch (command) {
    case "identity": { const identity = parseIdentity(readFileSync(0, "utf8")); await withLock(machine, "identity", 300, () => takeIdentity(machine, identity)); return 0; }
    case "apply": await withLock(machine, "apply", 600, () => apply(machine, words[0] ?? "")); return 0;
    case "rollback": await withLock(machine, "rollback", 60, () => rollback(machine)); return 0;
    case "status": status(machine); return 0;
    case "backup": return await backup(machine, words);
    case "peer": return await servePeer(machine, words.join(" "));
    default: console.error(USAGE); return 2;
  }
};

dispatch(thisMachine, process.argv.slice(2)).then((code) => { process.exitCode = code; }, (error: unknown) => {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
});
