import type { Collection, Store } from "../../record-store";
import type { ActionRecord, DropletRecord } from "../../records/machines";
import { actionsUnderWay, beginAction, carryOut } from "../actions";
import type { Cloud } from "../cloud";
import { unprocessable } from "../errors";

/** A reserved address: of either family, held by one droplet or by none. */
export interface Reserved {
  readonly ip: string;
  readonly region: string;
  readonly droplet_id: number | null;
  readonly locked: boolean;
}

/** One family's addresses, and how their actions name them. */
export interface Family {
  readonly type: "reserved_ip" | "reserved_ipv6";
  readonly collection: (store: Store) => Collection<Reserved>;
}

/**
 * The droplet that is to hold an address; 422 when it can't. `others`: the addresses of the same
 * family.
 */
export const holderFor = (
  cloud: Cloud,
  others: readonly Reserved[],
  id: number,
  region: string | null,
  moving?: Reserved,
): DropletRecord => {
  const droplet = cloud.store.droplets.get(id);
  if (!droplet) throw unprocessable("The droplet was not found.");
  if (region !== null && droplet.region !== region)
    throw unprocessable("The droplet and the reserved IP must be in the same region.");
  if (droplet.public_networking === false)
    throw unprocessable("The droplet has no public networking.");
  if (others.some((other) => other !== moving && other.droplet_id === id))
    throw unprocessable("The droplet already has a reserved IP.");
  return droplet;
};

/**
 * The records change at once, and with them what every later call sees; the action ends when the
 * network has followed.
 */
export const startAssignment = (
  cloud: Cloud,
  { type, collection }: Family,
  reserved: Reserved,
  droplet: DropletRecord | null,
): ActionRecord => {
  const addresses = collection(cloud.store);
  const previous = reserved.droplet_id;
  const action = beginAction(cloud, {
    type: droplet ? "assign_ip" : "unassign_ip",
    resource_id: droplet?.id ?? previous ?? 0,
    resource_type: type,
    region_slug: reserved.region,
    request: { ip: reserved.ip },
  });
  addresses.update(reserved, { locked: true, droplet_id: droplet?.id ?? null });
  void cloud.jobs.run(`reserved-ip-${reserved.ip}`, async () => {
    const done = await carryOut(cloud, action, () => cloud.network.apply());
    addresses.update(reserved, {
      locked: false,
      droplet_id: done ? reserved.droplet_id : previous,
    });
  });
  return action;
};

/**
 * After a daemon's death the network is made anew from the records, so what was under way has
 * ended.
 */
export const resumeAssignments = (cloud: Cloud, { type, collection }: Family): void => {
  const { store } = cloud;
  for (const action of actionsUnderWay(cloud, type))
    store.actions.update(action, { status: "completed", completed_at: action.started_at });
  const addresses = collection(store);
  for (const reserved of addresses.filter((one) => one.locked))
    addresses.update(reserved, { locked: false });
};

/** An address whose droplet is deleted is nobody's. */
export const releaseFrom = (addresses: Collection<Reserved>, dropletId: number): void => {
  for (const reserved of addresses.filter((one) => one.droplet_id === dropletId))
    addresses.update(reserved, { droplet_id: null });
};
