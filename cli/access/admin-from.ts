import { BlockList, isIPv6 } from "node:net";

import type { FleetFacts } from "../../config/fleet";
import type { Context } from "../context";
import { cannotRun } from "../errors";

/** From where `up` logs in on the local cloud: its operators' network. */
const LOCAL_OPERATOR = "198.51.100.2";

/** Whether one of those addresses and ranges has it. */
export const covers = (ranges: readonly string[], address: string): boolean => {
  const list = new BlockList();
  for (const range of ranges) {
    const [network = "", bits] = range.split("/");
    const family = isIPv6(network) ? "ipv6" : "ipv4";
    if (bits === undefined) list.addAddress(network, family);
    else list.addSubnet(network, Number(bits), family);
  }
  return list.check(address, isIPv6(address) ? "ipv6" : "ipv4");
};

/** What is wrong with `admin-from`, if it shuts out whoever applies it; where that can be known. */
export const shutOut = (
  { admin: { allowFrom } }: Pick<FleetFacts, "admin">,
  { local, stack }: Pick<Context, "local" | "stack">,
): string | undefined =>
  local && !covers(allowFrom, LOCAL_OPERATOR)
    ? `Pulumi.${stack}.yaml: admin-from: ${allowFrom.join(", ")} leaves out ${LOCAL_OPERATOR}, from which this command logs in on the local DigitalOcean: it could never set up the machines. Add 198.51.100.0/24, or leave admin-from out.`
    : undefined;

/** Before the firewall stands: then nobody could get in to mend it. */
export const refuseShutOut = (fleet: FleetFacts, context: Context): void => {
  const words = shutOut(fleet, context);
  if (words !== undefined) throw cannotRun(words);
};
