/**
 * fleet-agent: what `up` and the other machine ask of this one. Runs as root on Debian 13 with its
 * own Node; started by /usr/local/bin/fleet-agent.
 */
import { readFileSync } from "node:fs";

import { PATHS } from "@second-server/contract/paths";

import { apply } from "./apply/apply";
import { servePeer } from "./backup/peer";
import { peer } from "./backup/peer-link";
import { prepare } from "./backup/prepare";
import { pull } from "./backup/pull";
import { receive } from "./backup/receive";
import { restore, undoRestore } from "./backup/restore";
import { accept, keepOf, letGo } from "./backup/store";
import { forgetInFolders } from "./backup/without-service";
import { driftOf, driftText, forgetChangedTrees } from "./drift";
import { parseIdentity, takeIdentity } from "./identity";
import { follow } from "./live/follow";
import { prepareLive } from "./live/prepare-live";
import { withLock } from "./lock";
import { type Machine, thisMachine } from "./machine";
import { bringHistoryBack } from "./observatory/bring-back";
import { takeCopy } from "./observatory/copies";
import { sendHistory } from "./observatory/send";
import { bringBack } from "./offsite/bring-back";
import { copyOut } from "./offsite/copy-out";
import { PART_COMMANDS } from "./parts/commands";
import { refuseWhileHandingOn } from "./primary/handed-on";
import { runOnOwnStreams } from "./process";
import { isReading } from "./repository/commands";
import { readHanded } from "./repository/reading";
import { isShutIn } from "./shut-in";
import { statusOf, statusText } from "./status";
import { USAGE } from "./usage";
import { backupShutIn, keep, keepUp } from "./watcher-work";
import { subjectOf, valueOf } from "./words";

/** What the watcher does as nobody, besides reading. */
const WORK = ["prepare", "pull", "accept", "forget", "let-go", "offsite"];

/** What starts services, or stops them. */
const STARTING = ["apply", "deploy", "push", "restart", "restore", "rollback"];

const usage = (): number => {
  console.error(USAGE);
  return 2;
};
const say = (text: string): number => {
  console.log(text);
  return 0;
};

/** One changing command at a time. */
const alone = async (
  machine: Machine,
  name: string,
  seconds: number,
  work: () => Promise<void>,
  lock?: string,
): Promise<number> => {
  await withLock(machine, name, seconds, work, lock);
  return 0;
};

/**
 * `--hourly 1 --daily 1 --weekly 1`: fewer than the policy keeps; what is not said is as the policy
 * has it.
 */
const letGoNow = (machine: Machine, words: readonly string[]): void => {
  const count = (name: string, otherwise: number): number => {
    const place = words.indexOf(name);
    const value = place < 0 ? otherwise : Number(words[place + 1]);
    if (!Number.isInteger(value) || value < 0)
      throw new Error(`fleet-agent backup let-go: ${name} needs a whole number`);
    return value;
  };
  const policy = keepOf(machine);
  const gone = letGo(machine, {
    keep: {
      hourly: count("--hourly", policy.hourly),
      daily: count("--daily", policy.daily),
      weekly: count("--weekly", policy.weekly),
    },
  });
  machine.log(gone.length === 0 ? "nothing to let go" : `let go: ${gone.join(", ")}`);
};

/** What is done to the backups that are folders. */
const ON_FOLDERS = {
  accept: (machine: Machine, [id]: readonly string[]) => accept(machine, id),
  forget: (machine: Machine, [service = ""]: readonly string[]) =>
    forgetInFolders(machine, service),
  "let-go": letGoNow,
} as const;

/** What reads backups; and in units of their own alone, which may do little, live copies. */
const further = async (
  machine: Machine,
  command: string,
  words: readonly string[],
): Promise<number> => {
  if (isReading(command)) return await readHanded(machine, [command, ...words]);
  if (isShutIn() && command === "follow") return await follow(machine);
  if (!isShutIn() || command !== "prepare-live") return usage();
  await prepareLive(machine, words);
  return 0;
};

const isRoot = (): boolean => process.getuid?.() === 0;

const backup = async (
  machine: Machine,
  [command, ...words]: readonly string[],
): Promise<number> => {
  const [word] = words;
  switch (command) {
    case "prepare":
      return await alone(machine, "backup prepare", 300, () => prepare(machine));
    case "pull":
      return await alone(machine, "backup pull", 300, () => pull(machine), PATHS.backupLock);
    case "take-in":
      return await keep(machine);
    case "upkeep":
      return await keepUp(machine);
    case "offsite":
      return await alone(
        machine,
        "backup offsite",
        3600,
        () => copyOut(machine),
        PATHS.offsiteLock,
      );
    case "bring-back":
      return await alone(
        machine,
        "backup bring-back",
        3600,
        () => bringBack({ ...machine, log: (line) => console.error(line) }),
        PATHS.offsiteLock,
      );
    case "send-history":
      return (await sendHistory(machine)) ? 0 : 1;
    case "bring-history":
      return await alone(machine, "backup bring-history", 300, () => bringHistoryBack(machine));
    case "history-out":
      return await runOnOwnStreams(peer("keep-history"));
    case "history-in":
      return await runOnOwnStreams(peer(`history ${word ?? ""}`));
    case "accept":
    case "forget":
    case "let-go":
      return await alone(
        machine,
        `backup ${command}`,
        300,
        () => Promise.resolve(ON_FOLDERS[command](machine, words)),
        PATHS.backupLock,
      );
    default:
      return await further(machine, command ?? "", words);
  }
};

const restoreBy = async (machine: Machine, words: readonly string[]): Promise<void> => {
  const service = subjectOf(words);
  if (words.includes("--undo")) return await undoRestore(machine, service);
  const [only, table] = [valueOf(words, "--only"), valueOf(words, "--table")];
  await restore(machine, {
    ...(service !== undefined && { service }),
    ...(only !== undefined && { only }),
    ...(table !== undefined && { table }),
    dry: words.includes("--dry-run"),
  });
};

const dispatch = async (
  machine: Machine,
  [command, ...words]: readonly string[],
): Promise<number> => {
  if (STARTING.includes(command ?? "")) refuseWhileHandingOn(machine, command ?? "");
  switch (command) {
    case "identity": {
      const identity = parseIdentity(readFileSync(0, "utf8"));
      return await alone(machine, "identity", 300, () => takeIdentity(machine, identity));
    }
    case "apply":
      return await alone(machine, "apply", 600, () => {
        if (words.includes("--repair")) forgetChangedTrees(machine);
        return apply(machine, words[0] ?? "", words.includes("--ready"));
      });
    case "status": {
      const status = await statusOf(machine);
      return say(words[0] === "--json" ? JSON.stringify(status, undefined, 2) : statusText(status));
    }
    case "drift": {
      const drift = await driftOf(machine);
      return say(words[0] === "--json" ? JSON.stringify(drift, undefined, 2) : driftText(drift));
    }
    case "backup":
      return isRoot() && !isShutIn() && (WORK.includes(words[0] ?? "") || isReading(words[0] ?? ""))
        ? await backupShutIn(machine, words)
        : await backup(machine, words);
    case "receive":
      await receive(machine);
      return 0;
    case "keep-history":
      await takeCopy(machine);
      return 0;
    case "restore":
      return await alone(machine, "restore", 60, () => restoreBy(machine, words));
    case "peer":
      return await servePeer(machine, words.join(" "));
    case "--help":
    case "-h":
    case "help":
      return say(USAGE);
    default: {
      const own = command === undefined ? undefined : PART_COMMANDS[command];
      return own ? await own(machine, words) : usage();
    }
  }
};

// The operator's connection may break in the middle of an apply; what was begun still comes to its
// end.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);
process.on("SIGHUP", () => undefined);

dispatch(thisMachine, process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  },
);
