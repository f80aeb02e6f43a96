import { existsSync, rmSync } from "node:fs";

import { USERS } from "@second-server/contract/names";
import { PATHS } from "@second-server/contract/paths";
import type { Identity } from "@second-server/contract/release";

import { writeWhole, makeFolder } from "./files";
import { type Machine, must } from "./machine";

const SUDOERS = "/etc/sudoers.d/fleet-peer";
/**
 * The watcher's connections, each of which needs a free slot: one that is at work and one that asks
 * meanwhile; and beside them, in a slot of its own, the one that waits for databases to change.
 */
const SLOTS = { work: "1 2", waiting: "live" } as const;

/**
 * What the watcher's key starts: a shell of a megabyte, which lets so many through at once and
 * those words only. What they then start needs root, and checks them again (`backup/peer.ts`). The
 * lock is this shell's: it goes when the work has ended.
 */
const COMMAND = `#!/bin/sh
refuse() { echo "refused: this key is for backups" >&2; exit 1; }
case "$SSH_ORIGINAL_COMMAND" in
"live "*[!0-9]*) refuse ;;
"live "[0-9]* | "rsync-live --server --sender "*) slots="${SLOTS.waiting}" ;;
prepare | state | restore | keep-history | "history "[0-9] | "rsync --server --sender "*) slots="${SLOTS.work}" ;;
*) refuse ;;
esac
for slot in $slots; do
    exec 9>"${PATHS.peerHome}/slot-$slot"
    if flock --nonblock 9; then
        sudo -n ${PATHS.agent} peer "$SSH_ORIGINAL_COMMAND"
        exit
    fi
done
echo "as many connections as there may be are at work already: come again" >&2
exit 75
`;

/**
 * The peer's key may start one program, from one address, without terminal, forwarding or agent.
 */
export const authorizedKeyOf = ({ peer, incomingPublicKey }: Identity): string =>
  `restrict,from="${peer.address}",command="exec ${PATHS.peerCommand}" ${incomingPublicKey.trim()}\n`;

const isThere = async (machine: Machine): Promise<boolean> =>
  (await machine.run(["id", "-u", USERS.peer])).code === 0;

const admit = async (machine: Machine, identity: Identity): Promise<void> => {
  if (!(await isThere(machine)))
    await must(machine, [
      "useradd",
      "--system",
      "--home-dir",
      PATHS.peerHome,
      "--create-home",
      "--shell",
      "/bin/sh",
      USERS.peer,
    ]);
  // "*" is no password; "!" would be a locked account, which sshd refuses even with a key where PAM
  // is off.
  await must(machine, ["usermod", "--password", "*", USERS.peer]);
  writeWhole(
    machine.at(SUDOERS),
    `${USERS.peer} ALL=(root) NOPASSWD: ${PATHS.agent} peer *\n`,
    0o440,
  );
  writeWhole(machine.at(PATHS.peerCommand), COMMAND, 0o755);
  makeFolder(machine.at(`${PATHS.peerHome}/.ssh`));
  // Owned by root and readable by sshd as the user: the peer's own processes can't widen it.
  writeWhole(
    machine.at(`${PATHS.peerHome}/.ssh/authorized_keys`),
    authorizedKeyOf(identity),
    0o644,
  );
};

/** Takes the account away, first what lets anybody in by it. */
const dismiss = async (machine: Machine): Promise<void> => {
  for (const path of [SUDOERS, `${PATHS.peerHome}/.ssh/authorized_keys`, PATHS.peerCommand])
    if (existsSync(machine.at(path))) rmSync(machine.at(path));
  if (await isThere(machine)) await machine.run(["userdel", "--force", "--remove", USERS.peer]);
};

/**
 * Who may come from the other machine: on the primary the watcher, for backups; on the watcher
 * nobody.
 */
export const settlePeer = async (machine: Machine, identity: Identity): Promise<void> =>
  await (identity.role === "primary" ? admit(machine, identity) : dismiss(machine));
