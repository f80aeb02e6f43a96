import type { Role } from "@second-server/contract/roles";

import { sshCapture } from "../cli/access/ssh";
import { askLab, type Droplet, findDroplet } from "../cli/droplets";
import { call, FAULTS_ROUTE } from "../cli/lab";
import type { MendTools } from "./drill";

/** A line of shell on a machine, as root; resolves with what it printed. */
export const onMachine = async (
  { context }: Pick<MendTools, "context">,
  role: Role,
  line: string,
): Promise<string> =>
  (await sshCapture(context, role, ["sudo", "sh", "-ec", shellWord(line)])).trim();

const shellWord = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

export const dropletOf = async (
  { lab, context, fleet }: MendTools,
  role: Role,
): Promise<Droplet> => {
  const droplet = await findDroplet(askLab(lab, context), fleet[role].droplet);
  if (!droplet) throw new Error(`there is no droplet "${fleet[role].droplet}"`);
  return droplet;
};

interface Fault {
  readonly kind: string;
  readonly [field: string]: unknown;
}

/** A fault of the local DigitalOcean; with `role`, one of that machine. */
export const inject = async (tools: MendTools, fault: Fault, role?: Role): Promise<void> => {
  const { id } = role === undefined ? { id: undefined } : await dropletOf(tools, role);
  await call(tools.lab, tools.context, "POST", FAULTS_ROUTE, {
    ...fault,
    ...(id === undefined ? {} : { dropletId: id }),
  });
};

/** Ends the faults of these kinds, whoever began them: a drill runs alone. */
export const clearFaults = async (
  { lab, context }: MendTools,
  ...kinds: readonly string[]
): Promise<void> => {
  const { faults } = (await call(lab, context, "GET", FAULTS_ROUTE)) as {
    readonly faults: readonly { readonly id: string; readonly kind: string }[];
  };
  for (const { id, kind } of faults)
    if (kinds.includes(kind)) await call(lab, context, "DELETE", `${FAULTS_ROUTE}/${id}`);
};
