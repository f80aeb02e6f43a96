import { Command, CommanderError } from "commander";

import { Stop, cannotRun, explain } from "./errors";
import { NODE_REMEDY, isOldNode } from "./node-version";

type Define = (command: Command) => void;

/**
 * Every subcommand: what `--help` says of it, and its file, loaded only when it is the one asked
 * for.
 */
const COMMANDS: readonly (readonly [
  name: string,
  summary: string,
  load: () => Promise<{ define: Define }>,
])[] = [
  [
    "up",
    "bring the fleet to what fleet.yaml says, and prove that it serves",
    () => import("./commands/up"),
  ],
  [
    "deploy",
    "bring one service's new version, without a request lost",
    () => import("./commands/deploy"),
  ],
  [
    "rollback",
    "one service back to the release before, or to one of `releases`",
    () => import("./commands/rollback"),
  ],
  [
    "releases",
    "the releases of each service that can be gone back to",
    () => import("./commands/releases"),
  ],
  [
    "push-url",
    "where git push brings a service's new version",
    () => import("./commands/push-url"),
  ],
  [
    "restart",
    "one service's process anew, without a request lost",
    () => import("./commands/restart"),
  ],
  [
    "exec",
    "a command as a service: its user, its limits, its environment",
    () => import("./commands/exec"),
  ],
  ["history", "what was released, and by whom", () => import("./commands/history")],
  [
    "preview",
    "show what `up` would change; nothing is changed",
    () => import("./commands/preview"),
  ],
  [
    "status",
    "machines, addresses, services: what runs and what is wrong",
    () => import("./commands/status"),
  ],
  [
    "watch",
    "look at everything from here, live; the Observatory is not asked",
    () => import("./commands/watch"),
  ],
  ["report", "have the Observatory mail its report now", () => import("./commands/report")],
  ["ack", "acknowledge or snooze an incident: no more reminders", () => import("./commands/ack")],
  [
    "maintenance",
    "announce work, so that nobody is alerted; or close a service to visitors",
    () => import("./commands/maintenance"),
  ],
  [
    "failover",
    "who serves while the primary is down: on, off, auto, manual, status",
    () => import("./commands/failover"),
  ],
  [
    "recover",
    "make a lost or broken machine anew; the primary with its data",
    () => import("./commands/recover"),
  ],
  [
    "rebuild",
    "a second primary beside the first, which then takes over without an outage",
    () => import("./commands/rebuild"),
  ],
  ["backup", "take, list, compare, verify and download backups", () => import("./commands/backup")],
  [
    "restore",
    "put back a service's data, or an item of it, as of any backup",
    () => import("./commands/restore"),
  ],
  [
    "forget",
    "let the data of a service that is no longer in fleet.yaml go, for good",
    () => import("./commands/forget"),
  ],
  [
    "drill",
    "break something on purpose and time how it comes back",
    () => import("./commands/drill"),
  ],
  [
    "fault",
    "inject, list or clear faults of the local DigitalOcean",
    () => import("./commands/fault"),
  ],
  ["ssh", "a shell, or one command, on the primary or the watcher", () => import("./commands/ssh")],
  ["logs", "the journal of a machine or of one unit", () => import("./commands/logs")],
  ["mail", "the mails that the local relay took", () => import("./commands/mail")],
  [
    "net",
    "run a command inside the local network, with its DNS and CA",
    () => import("./commands/net"),
  ],
  [
    "console",
    "serve the local DigitalOcean's page on this machine",
    () => import("./commands/console"),
  ],
  ["doctor", "check this host, the token and DNS before `up`", () => import("./commands/doctor")],
  [
    "recovery-kit",
    "what has to be on paper for the day when both machines are lost",
    () => import("./commands/recovery-kit"),
  ],
  ["secret", "set, list or remove the stack's secrets", () => import("./commands/secret")],
  ["output", "the stack's outputs", () => import("./commands/output")],
  [
    "refresh",
    "take what is really there into the stack's state",
    () => import("./commands/refresh"),
  ],
  ["cancel", "lift the lock of an operation that died", () => import("./commands/cancel")],
  [
    "down",
    "stop the machines, keep their state; `up` brings them back",
    () => import("./commands/down"),
  ],
  [
    "destroy",
    "remove the fleet; locally nothing stays but the image cache",
    () => import("./commands/destroy"),
  ],
];

const build = async (asked: string | undefined): Promise<Command> => {
  const program = new Command("fleet")
    .description(
      "Two servers from one manifest: one serves, the other watches it, backs it up and can lose it.",
    )
    .usage("COMMAND [options]")
    .enablePositionalOptions()
    .exitOverride()
    .addHelpText(
      "after",
      "\nExit codes: 0 all is well; 1 something failed or differs; 2 it can't run here or the input is bad.\nFirst time: ./fleet up      More on one command: ./fleet COMMAND --help",
    );
  for (const [name, summary, load] of COMMANDS) {
    const command = program.command(name).description(summary).exitOverride();
    if (name === asked) (await load()).define(command);
  }
  return program;
};

const main = async (argv: readonly string[]): Promise<void> => {
  const asked = argv.find((word) => !word.startsWith("-"));
  // `fleet help up` asks for up's own options.
  const program = await build(asked === "help" ? argv[argv.indexOf("help") + 1] : asked);
  if (argv.length === 0) {
    program.outputHelp();
    return;
  }
  // It would come far, and fail in the middle of a work. The doctor says so among all else.
  if (isOldNode() && asked !== "doctor")
    throw cannotRun(`fleet: this is Node ${process.version}, which is too old. ${NODE_REMEDY}`);
  await program.parseAsync([...argv], { from: "user" });
};

// `fleet up | head` must not die when head has read enough, nor with its terminal (EIO): the work
// goes on, unseen.
for (const stream of [process.stdout, process.stderr])
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE" && error.code !== "EIO") throw error;
  });

main(process.argv.slice(2)).catch((error: unknown) => {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? 0 : 2;
    return;
  }
  console.error(explain(error));
  process.exitCode = error instanceof Stop ? error.exitCode : 1;
});
