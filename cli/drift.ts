import { AGENT } from "@second-server/contract/names";
import { type Role, ROLES } from "@second-server/contract/roles";

import { sshCapture } from "./access/ssh";
import type { Context } from "./context";
import type { Reporter } from "./progress/reporter";

/** What somebody has changed on a machine since its release was placed, as its agent tells. */
export interface MachineDrift {
  readonly role: Role;
  /** The release in force. */
  readonly sha?: string | undefined;
  readonly changed: readonly string[];
  /** What no release has brought, and takes part all the same. */
  readonly strange: readonly string[];
}

const agent = (context: Context, role: Role, ...words: readonly string[]): Promise<string> =>
  sshCapture(context, role, ["sudo", AGENT, ...words]);

const askOne = async (context: Context, role: Role): Promise<readonly MachineDrift[]> => {
  try {
    const said = JSON.parse(await agent(context, role, "drift", "--json")) as Omit<
      MachineDrift,
      "role"
    >;
    return [{ ...said, role }];
  } catch {
    // An agent of before knows no such question, and a machine that does not answer is told of
    // elsewhere.
    return [];
  }
};

/** Of the machines that differ from their releases. */
export const askDrift = async (context: Context): Promise<readonly MachineDrift[]> =>
  (await Promise.all(ROLES.map((role) => askOne(context, role))))
    .flat()
    .filter(({ changed, strange }) => changed.length + strange.length > 0);

export const driftLines = ({ role, changed, strange }: MachineDrift): readonly string[] => [
  ...changed.map((what) => `  ${role}: ${what}`),
  ...strange.map((path) => `  ${role}: ${path}: no release has brought it`),
];

/** For `status`: empty where nothing differs. */
export const driftText = (found: readonly MachineDrift[]): string =>
  found.length === 0
    ? ""
    : [
        "Changed by hand on the machines, and not as fleet.yaml says:",
        ...found.flatMap(driftLines),
        ...(found.some(({ changed }) => changed.length > 0)
          ? ["./fleet up puts right what a release has brought."]
          : []),
      ].join("\n");

const repair = async (
  context: Context,
  { role, sha, changed }: MachineDrift,
  reporter: Reporter,
): Promise<boolean> => {
  if (sha === undefined || changed.length === 0) return false;
  const [key, label] = [`drift:${role}`, `the ${role} as its release brought it`];
  const began = Date.now();
  reporter.running(key, label);
  try {
    await agent(context, role, "apply", sha, "--repair");
  } catch (error) {
    reporter.clear(key);
    throw error;
  }
  reporter.done(key, label, (Date.now() - began) / 1000, { failed: false });
  return true;
};

/**
 * Puts right what was changed by hand, and says so; resolves with whether anything was. What no
 * release has brought is named and left: it may be meant.
 */
export const putRight = async (context: Context, reporter: Reporter): Promise<boolean> => {
  const found = await askDrift(context);
  if (found.length === 0) return false;
  reporter.say(
    ["Changed by hand since the last release:", ...found.flatMap(driftLines)].join("\n"),
  );
  const repaired = await Promise.all(found.map((one) => repair(context, one, reporter)));
  const strange = found.flatMap((one) => one.strange.map((path) => `${path} on the ${one.role}`));
  if (strange.length > 0)
    reporter.say(
      `Left as it is, since no release has brought it: ${strange.join(", ")}. If it is not meant, remove it there: ./fleet ssh ${found[0]?.role ?? "primary"} -- sudo rm PATH`,
    );
  return repaired.includes(true);
};
