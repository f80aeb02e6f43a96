import { messageOf } from "@second-server/contract/caught";

import type { FleetFacts } from "../config/fleet";
import type { Context } from "./context";
import { cannotRun } from "./errors";

/**
 * The checked facts of this stack; every mistake of the manifest at once, exit 2, before anything
 * is touched.
 */
export const loadManifest = async (context: Context): Promise<FleetFacts> => {
  const { loadFleet } = await import("../config/load");
  try {
    return loadFleet(context.project, context.stack);
  } catch (error) {
    if ((error as Error).name === "ManifestError") throw cannotRun(messageOf(error));
    throw error;
  }
};
