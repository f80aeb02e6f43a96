import { randomBytes } from "node:crypto";

import { isProps, type Props, UNKNOWN, type Value } from "../../values/value";
import { stateDiff } from "../diff";
import { flag, type Kind, text, type Work } from "../provider";

export interface Ran {
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs one command; `previous` is what the last one said. */
export type Runner = (command: string, inputs: Props, previous: Ran, work: Work) => Promise<Ran>;

/** `name` and 8 hex digits, as the provider's ids are. */
export const uniqueId = (name: string): string => `${name}${randomBytes(4).toString("hex")}`;

const saidBefore = (outputs: Props): Ran => ({
  stdout: text(outputs["stdout"]) ?? "",
  stderr: text(outputs["stderr"]) ?? "",
});

/**
 * Create, update and delete of both local.Command and remote.Command: a change of `triggers`
 * replaces, anything else runs `update` (or `create` again).
 */
export const commandKind = (run: Runner, check?: Kind["check"]): Kind => ({
  ...(check ? { check } : {}),
  diff: (old, now) => stateDiff(old.inputs, now, ["triggers"]),
  create: async (inputs, work) => {
    const command = text(inputs["create"]);
    const said =
      command === undefined
        ? { stdout: "", stderr: "" }
        : await run(command, inputs, { stdout: "", stderr: "" }, work);
    return { id: uniqueId(work.name), outputs: { ...inputs, ...said } };
  },
  update: async (old, inputs, work) => {
    const command = text(inputs["update"]) ?? text(inputs["create"]);
    const before = saidBefore(old.outputs);
    return {
      ...inputs,
      ...(command === undefined ? before : await run(command, inputs, before, work)),
    };
  },
  delete: async (old, work) => {
    const command = text(old.outputs["delete"]);
    if (command !== undefined) await run(command, old.outputs, saidBefore(old.outputs), work);
  },
  read: (old) => Promise.resolve(old),
  preview: (inputs, old) => (old ? { ...inputs, stdout: UNKNOWN, stderr: UNKNOWN } : inputs),
});

export const previousOutput = (inputs: Props, previous: Ran): Readonly<Record<string, string>> =>
  flag(inputs["addPreviousOutputInEnv"]) === false
    ? {}
    : {
        ...(previous.stdout === "" ? {} : { PULUMI_COMMAND_STDOUT: previous.stdout }),
        ...(previous.stderr === "" ? {} : { PULUMI_COMMAND_STDERR: previous.stderr }),
      };

export const strings = (value: Value | undefined): Readonly<Record<string, string>> =>
  isProps(value)
    ? Object.fromEntries(
        Object.entries(value).map(([name, item]) => [
          name,
          typeof item === "object" ? JSON.stringify(item) : String(item),
        ]),
      )
    : {};

/** How to reach the machine. */
export const connectionOf = ({ connection }: Props): Props =>
  isProps(connection) ? connection : {};

/** Collects both streams and tells each line as it comes, as far as `logging` wants. */
export const collector = (inputs: Props, work: Work) => {
  const logging = text(inputs["logging"]) ?? "stdoutAndStderr";
  const both: string[] = [];
  const gather = (name: "stdout" | "stderr") => {
    const chunks: Buffer[] = [];
    const told = logging === "stdoutAndStderr" || logging === name;
    let rest = "";
    return {
      push: (chunk: Buffer): void => {
        chunks.push(chunk);
        both.push(chunk.toString("utf8"));
        const lines = (rest + chunk.toString("utf8")).split("\n");
        rest = lines.pop() ?? "";
        if (told) lines.filter((line) => line.trim() !== "").forEach((line) => work.status(line));
      },
      end: (): string => {
        if (told && rest.trim() !== "") work.status(rest);
        return Buffer.concat(chunks).toString("utf8").replace(/\n$/, "");
      },
    };
  };
  return { stdout: gather("stdout"), stderr: gather("stderr"), all: () => both.join("") };
};
