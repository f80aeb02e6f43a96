import { spawn } from "node:child_process";

import type { Machine } from "../machine";
import { ended, runOnOwnStreams } from "../process";
import { peer } from "./pull";
import { chosen, folderOf, recordStatus } from "./store";

/** A primary made a moment ago may not have its accounts yet: sshd refuses, and a little later does not. */
const REACH_SECONDS = 60;

const stateOfPeer = async (machine: Machine): Promise<string> => {
  const deadline = machine.now().getTime() + REACH_SECONDS * 1000;
  for (;;) {
    const { code, stdout, stderr } = await machine.run(peer("state"));
    if (code === 0) return stdout.trim();
    if (machine.now().getTime() >= deadline)
      throw new Error(
        `fleet-agent backup restore-to-peer: the primary can't be asked: ${stderr.trim()}`,
      );
    await machine.sleep(1000);
  }
};

/** tar on this side, `command` taking it on the other, with nothing kept in between. */
export const send = async (
  folder: string,
  [program = "", ...args]: readonly string[],
): Promise<void> => {
  const pack = spawn("tar", ["-cf", "-", "-C", folder, "."], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const remote = spawn(program, args, { stdio: ["pipe", "inherit", "inherit"] });
  // When the other side refuses, its exit code tells; the broken pipe is only the echo of that. tar would wait for ever for somebody to read on.
  remote.stdin.on("error", () => {
    pack.kill();
  });
  remote.once("close", () => {
    pack.kill();
  });
  pack.stdout.pipe(remote.stdin);
  const [packed, taken] = await Promise.all([ended(pack), ended(remote)]);
  if (taken !== 0)
    throw new Error(
      `fleet-agent backup restore-to-peer: the primary did not take it (exit ${taken}).`,
    );
  if (packed !== 0)
    throw new Error(
      `fleet-agent backup restore-to-peer: the backup could not be read (tar: ${packed}).`,
    );
};

/** One backup as a tar on standard output, for `restore` on the primary or for an archive elsewhere. */
export const exportBackup = async (machine: Machine, asked: string | undefined): Promise<void> => {
  const id = chosen(machine, asked);
  if (id === undefined)
    throw new Error(
      "fleet-agent backup export: there is no whole backup yet. Make one: fleet-agent backup pull",
    );
  const code = await runOnOwnStreams(["tar", "-cf", "-", "-C", folderOf(machine, id), "."]);
  if (code !== 0) throw new Error(`fleet-agent backup export: tar ended with exit ${code}.`);
};

/** Gives a fresh primary the newest backup that verifies. A primary in service, or no backup yet, is no failure: there is nothing to give back. */
export const restoreToPeer = async (machine: Machine): Promise<void> => {
  const id = chosen(machine, undefined);
  if (id === undefined) {
    machine.log("no backup yet: a fresh start");
    return;
  }
  if ((await stateOfPeer(machine)) === "sealed") {
    machine.log("the primary is in service already: nothing is restored");
    return;
  }
  machine.log(`giving back ${id}`);
  await send(folderOf(machine, id), peer("restore"));
  recordStatus(machine, { lastRestoreAt: machine.now().toISOString() });
};
