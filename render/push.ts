import { USERS } from "@second-server/contract/names";
import { PATHS } from "@second-server/contract/paths";
import type { MachineFile } from "@second-server/contract/release";

import type { FleetFacts } from "../config/fleet";
import { fill } from "./fill";
import { jsonFile } from "./json-file";

/** Which push brings which service. */
export const branchesOf = ({ services }: FleetFacts): Readonly<Record<string, string>> =>
  Object.fromEntries(
    services.flatMap(({ name, push }) => (push === undefined ? [] : [[name, push]])),
  );

export const takesPushes = ({ services }: FleetFacts): boolean =>
  services.some(({ push }) => push !== undefined);

/** What one push may bring, in KiB: as git sends it, as a tree, and all that is kept of a service's. */
const LIMITS = { sent: 64 * 1024, tree: 128 * 1024, kept: 256 * 1024 };
/** So much of the disk has to be free before one is taken. */
const LEAST_FREE = 512 * 1024;

/** What stands between a key that may push and the agent: only where a service takes pushes. */
export const pushFiles = (fleet: FleetFacts): readonly MachineFile[] => {
  if (!takesPushes(fleet)) return [];
  const branches = Object.entries(branchesOf(fleet));
  // Which primary serves changes with each takeover, and nothing of a service does.
  const settings = Object.fromEntries(
    Object.entries(fleet.stack.settings).filter(([name]) => name !== "primaries"),
  );
  return [
    {
      path: PATHS.pushCommand,
      mode: 0o755,
      text: fill("push/command", {
        branches: branches.map(([name, branch]) => `${name}) branch=${branch} ;;`).join("\n"),
        names: branches.map(([name]) => name).join(", "),
        sent: LIMITS.sent,
        kept: LIMITS.kept,
        free: LEAST_FREE,
      }),
    },
    {
      path: `${PATHS.pushHooks}/pre-receive`,
      mode: 0o755,
      text: fill("push/pre-receive", { tree: LIMITS.tree }),
    },
    {
      path: PATHS.pushSudoers,
      mode: 0o440,
      text: `${USERS.push} ALL=(root) NOPASSWD: ${PATHS.agent} push *\n`,
    },
    { ...jsonFile(PATHS.pushStack, { settings, secrets: fleet.stack.secrets }), mode: 0o600 },
  ];
};
