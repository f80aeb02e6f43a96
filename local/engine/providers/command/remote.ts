import type { Client, ClientChannel } from "ssh2";

import type { Props } from "../../values/value";
import { text, type Work } from "../provider";
import { checkConnection } from "./connection";
import { connect } from "./dial";
import {
  collector,
  commandKind,
  connectionOf,
  previousOutput,
  type Ran,
  type Runner,
  strings,
} from "./shared";

const open = async (
  client: Client,
  command: string,
  env: Readonly<Record<string, string>>,
): Promise<ClientChannel> =>
  await new Promise((resolve, reject) =>
    client.exec(command, { env: { ...env } }, (error, channel) =>
      error ? reject(error) : resolve(channel),
    ),
  );

const failureOf = (code: number | null, signal: string): string | undefined => {
  if (code === 0) return undefined;
  return code === null
    ? `Process exited from signal ${signal}`
    : `Process exited with status ${code}`;
};

const ended = async (channel: ClientChannel, signal: AbortSignal): Promise<string | undefined> =>
  await new Promise((resolve, reject) => {
    let end: string | undefined = "the connection was lost before the command ended";
    const stop = (): void => {
      channel.destroy();
      reject(new Error("interrupted"));
    };
    signal.addEventListener("abort", stop, { once: true });
    channel.on("exit", (code: number | null, name?: string) => {
      end = failureOf(code, name ?? "?");
    });
    channel.on("error", reject);
    channel.on("close", () => {
      signal.removeEventListener("abort", stop);
      resolve(end);
    });
  });

/**
 * An SSH server takes only the variables that its AcceptEnv names, and does not say which it
 * dropped: asked before, as a command that misses one may do harm.
 */
const refusedVariables = async (
  client: Client,
  env: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<readonly string[]> => {
  if (Object.keys(env).length === 0) return [];
  const channel = await open(client, "env", env);
  let listed = "";
  channel.on("data", (chunk: Buffer) => {
    listed += chunk.toString("utf8");
  });
  await ended(channel, signal);
  return Object.keys(env).filter((name) => !`\n${listed}`.includes(`\n${name}=`));
};

const REFUSED =
  "This only works if your SSH server is configured to accept these variables via " +
  "AcceptEnv. Alternatively, prefix the command itself with the variables in the " +
  "form 'VAR=value command'";

const run: Runner = async (command, inputs, previous, work) => {
  const client = await connect(connectionOf(inputs), work);
  // Errors after the connection stands end the channel; without a listener they would end the
  // process.
  client.on("error", (error) => work.log("debug", error.message));
  try {
    const [asked, said] = [strings(inputs["environment"]), previousOutput(inputs, previous)];
    const refused = await refusedVariables(client, { ...asked, ...said }, work.signal);
    for (const name of refused) {
      if (name in asked)
        throw new Error(
          `could not set environment variable "${name}": Unable to set '${name}'. ${REFUSED}`,
        );
      work.log("warning", `Unable to set '${name}'. ${REFUSED}`);
    }
    return await execute(client, command, inputs, { ...asked, ...said }, work);
  } finally {
    client.end();
  }
};

const execute = async (
  client: Client,
  command: string,
  inputs: Props,
  env: Readonly<Record<string, string>>,
  work: Work,
): Promise<Ran> => {
  const output = collector(inputs, work);
  const channel = await open(client, command, env);
  channel.on("data", output.stdout.push);
  channel.stderr.on("data", output.stderr.push);
  channel.end(text(inputs["stdin"]) ?? "");
  const failure = await ended(channel, work.signal);
  const said: Ran = { stdout: output.stdout.end(), stderr: output.stderr.end() };
  if (failure !== undefined)
    throw new Error(`${failure}: running ${JSON.stringify(command)}:\n${output.all()}`);
  return said;
};

export const remoteCommand = commandKind(run, (given) => {
  const { connection, failures } = checkConnection(given["connection"] ?? {});
  return { inputs: { ...given, connection }, failures };
});
