import { PATHS } from "@second-server/contract/paths";

import type { FleetFacts } from "../config/fleet";
import { sshCapture } from "./access/ssh";
import type { Context } from "./context";

/** A release as the agent lists it, as far as it is looked at here; the newest is the first. */
type Listed = Readonly<
  Record<string, readonly { readonly commit?: string; readonly branch?: string }[]>
>;

/** What serves by a push of git's, in words. */
export const wordsOfPushed = (listed: Listed): string | undefined => {
  const pushed = Object.entries(listed).flatMap(([service, [newest]]) =>
    newest?.commit === undefined
      ? []
      : [{ service, from: `${newest.commit.slice(0, 12)} (${newest.branch ?? ""})` }],
  );
  return pushed.length === 0
    ? undefined
    : [
        "Pushed from git, and left as it was pushed; a primary that is made anew gets this tree's:",
        ...pushed.map(
          ({ service, from }) =>
            `  ${service}: ${from}. To bring this tree's: ./fleet deploy ${service}`,
        ),
      ].join("\n");
};

/**
 * Where a service takes pushes the primary is asked; one that does not answer has its own way of
 * being told of.
 */
export const pushedText = async (
  context: Context,
  { services }: Pick<FleetFacts, "services">,
): Promise<string | undefined> => {
  if (!services.some(({ push }) => push !== undefined)) return undefined;
  try {
    const said = await sshCapture(context, "primary", ["sudo", PATHS.agent, "releases", "--json"]);
    return wordsOfPushed(JSON.parse(said) as Listed);
  } catch {
    return undefined;
  }
};
