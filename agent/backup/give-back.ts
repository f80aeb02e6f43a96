import { spawn } from "node:child_process";
import { rmSync } from "node:fs";

import type { RestoreAgreement } from "@second-server/contract/backups";
import { PATHS } from "@second-server/contract/paths";

import type { Machine } from "../machine";
import { bounded, ended, runOnOwnStreams } from "../process";
import { history } from "../repository/history";
import type { Shelf } from "../repository/shelf";
import { ANSWER_LIMIT, peer } from "./peer-link";
import { agreement, compose, forgetAgreement, planRestore, planText } from "./plan-restore";
import { backupIds, recordStatus } from "./store";

/**
 * A primary made a moment ago may not have its accounts yet: sshd refuses, and a little later does
 * not.
 */
const REACH_SECONDS = 60;

const stateOfPeer = async (machine: Machine): Promise<string> => {
  const deadline = machine.now().getTime() + REACH_SECONDS * 1000;
  for (;;) {
    const { code, stdout, stderr } = await machine.run(peer("state"), {
      seconds: 30,
      limit: ANSWER_LIMIT,
    });
    if (code === 0) return stdout.trim();
    if (machine.now().getTime() >= deadline)
      throw new Error(
        `fleet-agent backup restore-to-peer: the primary can't be asked: ${stderr.trim()}`,
      );
    await machine.sleep(1000);
  }
};

/** Extended attributes of users (`user.*`), holes and hard links go with the files. */
const pack = (folder: string): readonly string[] => [
  "tar",
  "-cf",
  "-",
  "--sparse",
  "--xattrs",
  "--xattrs-include=user.*",
  "-C",
  folder,
  ".",
];
/** For a primary that takes nothing and doesn't refuse either. */
const SEND_SECONDS = 2 * 3600;

/** tar on this side, `command` taking it on the other, with nothing kept in between. */
export const send = async (folder: string, argv: readonly string[]): Promise<void> => {
  const [program = "", ...args] = bounded(argv, SEND_SECONDS);
  const [tar = "", ...how] = pack(folder);
  const packing = spawn(tar, how, { stdio: ["ignore", "pipe", "inherit"] });
  const remote = spawn(program, args, { stdio: ["pipe", "inherit", "inherit"] });
  // When the other side refuses, its exit code tells; the broken pipe is only the echo of that. tar
  // would wait for ever for somebody to read on.
  remote.stdin.on("error", () => {
    packing.kill();
  });
  remote.once("close", () => {
    packing.kill();
  });
  packing.stdout.pipe(remote.stdin);
  const [packed, taken] = await Promise.all([ended(packing), ended(remote)]);
  if (taken !== 0)
    throw new Error(
      `fleet-agent backup restore-to-peer: the primary did not take it (exit ${taken}).`,
    );
  if (packed !== 0)
    throw new Error(
      `fleet-agent backup restore-to-peer: the backup could not be read (tar: ${packed}).`,
    );
};

/** A folder as a tar on standard output. */
export const sendOnOutput = async (folder: string): Promise<void> => {
  const code = await runOnOwnStreams(pack(folder));
  if (code !== 0) throw new Error(`fleet-agent backup export: tar ended with exit ${code}.`);
};

/**
 * Gives a fresh primary, of each item, the newest copy that is whole. A primary in service, or no
 * backup yet, is no failure: there is nothing to give back. Backups of which none can be given are
 * one.
 */
export const restoreToPeer = async (
  machine: Machine,
  words: RestoreAgreement,
  shelf: Shelf,
): Promise<void> => {
  if (backupIds(machine).length === 0 && (await history(machine, shelf)).length === 0) {
    machine.log("no backup yet: a fresh start");
    return;
  }
  if ((await stateOfPeer(machine)) === "sealed") {
    machine.log("the primary is in service already: nothing is restored");
    return;
  }
  const plan = await planRestore(machine, { ...agreement(machine), ...words }, shelf);
  if (plan.refused !== undefined)
    throw new Error(`fleet-agent backup restore-to-peer: ${plan.refused}`);
  machine.log(`giving back\n${planText(plan)}`);
  const folder = plan.whole ?? (await compose(machine, plan));
  await send(folder, peer("restore"));
  rmSync(machine.at(`${PATHS.backups}/.restore`), { recursive: true, force: true });
  forgetAgreement(machine);
  recordStatus(machine, { lastRestoreAt: machine.now().toISOString() });
};
