import { execFile } from "node:child_process";

import type { FleetOutputs } from "@second-server/contract/outputs";

import type { Context } from "../context";
import { failed } from "../errors";
import { chooseEngine, engineCommand } from "./spawn";
import { readResources } from "./state";

/**
 * The public outputs straight from the state (no engine started); undefined where nothing has been
 * made yet.
 */
export const readOutputs = async (context: Context): Promise<Partial<FleetOutputs> | undefined> =>
  (await readResources(context))?.find(({ type }) => type === "pulumi:pulumi:Stack")?.outputs;

/** All outputs, the secret ones too, decrypted by asking the engine. */
export const readSecretOutputs = async (context: Context): Promise<Partial<FleetOutputs>> => {
  const engine = chooseEngine(undefined);
  const prefix = engine === "pulumi" ? ["stack"] : [];
  const { command, args, env } = await engineCommand(context, engine, [
    ...prefix,
    "output",
    "--json",
    "--show-secrets",
  ]);
  return await new Promise((resolve, reject) => {
    execFile(command, [...args], { env, maxBuffer: 16 << 20 }, (error, stdout, stderr) => {
      if (error)
        reject(
          failed(`fleet: the stack's outputs can't be read: ${stderr.trim() || error.message}`),
        );
      else resolve(JSON.parse(stdout) as Partial<FleetOutputs>);
    });
  });
};
