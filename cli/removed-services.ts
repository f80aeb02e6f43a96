import { serviceDataFolder } from "@second-server/contract/paths";

import type { FleetFacts } from "../config/fleet";
import type { Context } from "./context";
import { readOutputs } from "./engine/outputs";

/** What becomes of the data of services that the stack serves and the manifest has no more. */
export const removedText = (
  served: readonly string[],
  { services }: Pick<FleetFacts, "services">,
): string | undefined => {
  const removed = served.filter((name) => !services.some((service) => service.name === name));
  if (removed.length === 0) return undefined;
  const folders = removed.map(serviceDataFolder).join(" ");
  const [is, it] = removed.length === 1 ? ["is", "it"] : ["are", "they"];
  return [
    `${removed.join(", ")} ${is} no longer in fleet.yaml. What ${it} kept stays on the primary (${folders}), and nothing but you deletes it.`,
    "  From now on it is in no new backup, and a primary that is made anew does not get it. The backups of before have it, for as long as backups.keep says:",
    ...removed.map((name) => `  ./fleet restore ${name} --to FOLDER`),
    "  ./fleet status says until when. When it may go, on the primary and in all backups:",
    ...removed.map((name) => `  ./fleet forget ${name}`),
  ].join("\n");
};

/** From the state, so that it is said before anything is touched. */
export const removedServices = async (
  context: Context,
  fleet: FleetFacts,
): Promise<string | undefined> =>
  removedText(Object.keys((await readOutputs(context))?.urls ?? {}), fleet);
