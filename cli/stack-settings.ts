import { messageOf } from "@second-server/contract/caught";
import { type StackSettings, openStackSettings } from "@second-server/engine/settings";

import type { Context } from "./context";
import { cannotRun } from "./errors";

/**
 * The engine's errors are about the stack's files or its passphrase: words for people, no defect of
 * ours.
 */
export const orRefuse = async <T>(word: string, work: () => Promise<T>): Promise<T> => {
  try {
    return await work();
  } catch (error) {
    if ((error as Error).name === "EngineError")
      throw cannotRun(`fleet ${word}: ${messageOf(error)}`);
    throw error;
  }
};

/** The stack's settings and secrets, in the CLI's own file. */
export const openSettings = (word: string, context: Context): Promise<StackSettings> =>
  orRefuse(word, () =>
    openStackSettings({
      folder: context.project,
      stack: context.stack,
      backendUrl:
        (!context.local && process.env["PULUMI_BACKEND_URL"]) || `file://${context.paths.state}`,
      ...(context.local ? { passphrase: "local" } : {}),
    }),
  );
