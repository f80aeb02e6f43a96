import { type ChildProcess, spawn } from "node:child_process";

import { AGENT } from "@second-server/contract/names";

import { type SshHost, shellWord, sshArgv } from "../access/ssh";
import type { Context } from "../context";
import { failed } from "../errors";

/** What of which backup. */
export interface Selection {
  readonly at?: string;
  /** Paths in a backup, such as "data/chat". */
  readonly paths: readonly string[];
  readonly doubtful: boolean;
  /** Nothing but databases is wanted of it. */
  readonly databases?: boolean;
}

export const agentWords = (words: readonly string[]): readonly string[] =>
  ["sudo", AGENT, ...words].map(shellWord);

export const exportWords = ({ at, paths, doubtful, databases }: Selection): readonly string[] =>
  agentWords([
    "backup",
    "export",
    ...(at === undefined ? [] : ["--at", at]),
    ...paths.flatMap((path) => ["--path", path]),
    ...(doubtful ? ["--doubtful"] : []),
    ...(databases ? ["--databases"] : []),
  ]);

interface Ended {
  readonly code: number;
  readonly said: string;
}
const ended = (child: ChildProcess): Promise<Ended> =>
  new Promise((resolve, reject) => {
    let said = "";
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      said += text;
    });
    child.once("error", reject);
    child.once("close", (code) =>
      resolve({
        code: code ?? 1,
        said: said.trim() || (code === 0 ? "" : `its connection ended (exit ${code ?? 1})`),
      }),
    );
  });

/** Where what is exported goes: a program that reads a tar on its standard input. */
export interface Sink {
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Who it is, in an error. */
  readonly name: string;
}

export const onMachine = async (
  context: Context,
  machine: SshHost,
  words: readonly string[],
): Promise<Sink> => ({ ...(await sshArgv(context, machine, words)), name: `the ${machine}` });

/** What both ends have said. */
interface Sent {
  readonly from: string;
  readonly taken: string;
}

const start = ({ command, args, env = {} }: Sink, input: "pipe" | "ignore"): ChildProcess =>
  spawn(command, [...args], { env: { ...process.env, ...env }, stdio: [input, "pipe", "pipe"] });

/**
 * Sends a backup from the watcher into a sink, with nothing kept in between; resolves with what
 * both said. Whoever ended first with a failure is why the other failed too.
 */
export const sendBackup = async (
  context: Context,
  selection: Selection,
  sink: Sink,
): Promise<Sent> => {
  const source = await onMachine(context, "watcher", exportWords(selection));
  const giving = start(source, "ignore");
  const taking = start(sink, "pipe");
  let taken = "";
  taking.stdout?.setEncoding("utf8").on("data", (text: string) => {
    taken += text;
  });
  // Its exit code tells; the broken pipe is only the echo of that.
  taking.stdin?.on("error", () => undefined);
  if (giving.stdout && taking.stdin) giving.stdout.pipe(taking.stdin);
  let [hasEnded, hasRefused] = [false, false];
  giving.once("exit", () => {
    hasEnded = true;
  });
  taking.once("close", () => {
    hasRefused = !hasEnded;
    // Nobody reads any more: what it has sent would hold it open for ever.
    giving.stdout?.destroy();
    giving.kill();
  });
  const [given, took] = await Promise.all([ended(giving), ended(taking)]);
  if (given.code !== 0 && !hasRefused) throw failed(`the watcher: ${given.said}`);
  if (took.code !== 0) throw failed(`${sink.name}: ${took.said}`);
  return { from: given.said, taken: taken.trim() };
};
