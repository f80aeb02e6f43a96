import type { ActionRecord, DropletRecord } from "../records";
import { beginAction, carryOut } from "./actions";
import type { Cloud } from "./cloud";
import { unprocessable } from "./errors";

/** A reserved address: of either family, held by one droplet or by none. */
export interface Movable {
  readonly ip: string;
  readonly region: string;
  droplet_id: number | null;
  locked: boolean;
}

export const movableType = (reserved: Movable): "reserved_ip" | "reserved_ipv6" =>
  reserved.ip.includes(":") ? "reserved_ipv6" : "reserved_ip";

/** The droplet that is to hold an address; 422 when it can't. `others`: the addresses of the same family. */
export const holderFor = (
  cloud: Cloud,
  others: readonly Movable[],
  id: number,
  region: string | null,
  moving?: Movable,
): DropletRecord => {
  const droplet = cloud.state.droplets.find((one) => one.id === id);
  if (!droplet) throw unprocessable("The droplet was not found.");
  if (region !== null && droplet.region !== region)
    throw unprocessable("The droplet and the reserved IP must be in the same region.");
  if (droplet.public_networking === false)
    throw unprocessable("The droplet has no public networking.");
  if (others.some((other) => other !== moving && other.droplet_id === id))
    throw unprocessable("The droplet already has a reserved IP.");
  return droplet;
};

/** The records change at once, and with them what every later call sees; the action ends when the network has followed. */
export const startMove = (
  cloud: Cloud,
  reserved: Movable,
  droplet: DropletRecord | null,
): ActionRecord => {
  const previous = reserved.droplet_id;
  const type = droplet ? "assign_ip" : "unassign_ip";
  const action = beginAction(cloud, {
    type,
    resource_id: droplet?.id ?? previous ?? 0,
    resource_type: movableType(reserved),
    region_slug: reserved.region,
    request: { ip: reserved.ip },
  });
  reserved.locked = true;
  reserved.droplet_id = droplet?.id ?? null;
  void cloud.jobs.run(`reserved-ip-${reserved.ip}`, async () => {
    const done = await carryOut(cloud, action, () => cloud.network.apply());
    if (!done) reserved.droplet_id = previous;
    reserved.locked = false;
    await cloud.store.save();
  });
  return action;
};

/** After a daemon's death the network is made anew from the records, so these have ended. */
export const resumeMoves = (cloud: Cloud): void => {
  for (const action of cloud.state.actions) {
    if (
      action.status !== "in-progress" ||
      !["reserved_ip", "reserved_ipv6"].includes(action.resource_type)
    )
      continue;
    Object.assign(action, { status: "completed", completed_at: action.started_at });
  }
  for (const reserved of [...cloud.state.reservedIps, ...cloud.state.reservedIpv6])
    reserved.locked = false;
};
