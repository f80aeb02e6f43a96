import type { Hypervisor } from "../../machines/hypervisor";
import type { ActionRecord, DropletRecord } from "../../records/machines";
import { actionsUnderWay } from "../actions";
import type { Cloud } from "../cloud";
import { takeSnapshot } from "../images/keep";
import { checkDropletAction, dropletAction, type DropletAction } from "./action-request";
import { beginDropletAction, boot, queueAction } from "./machine";
import { perform } from "./perform";

export const startDropletAction = (
  cloud: Cloud,
  droplet: DropletRecord,
  wanted: DropletAction,
): ActionRecord => {
  checkDropletAction(cloud, droplet, wanted);
  const action = beginDropletAction(cloud, droplet, wanted.type, wanted);
  queueAction(cloud, droplet, action, () => perform(cloud, droplet, wanted));
  return action;
};

const resumeAction = (cloud: Cloud, action: ActionRecord): void => {
  const droplet = cloud.store.droplets.get(action.resource_id);
  if (!droplet) {
    // Its machine has no record any more and is destroyed as the daemon starts.
    cloud.store.actions.update(action, {
      status: action.type === "destroy" ? "completed" : "errored",
      completed_at: action.started_at,
    });
    return;
  }
  if (action.type === "create")
    return queueAction(cloud, droplet, action, () => boot(cloud, droplet));
  if (action.type === "backup") {
    const name = `${droplet.name} ${action.started_at.slice(0, 10)}`;
    return queueAction(cloud, droplet, action, () => takeSnapshot(cloud, droplet, "backup", name));
  }
  queueAction(cloud, droplet, action, () =>
    perform(cloud, droplet, dropletAction.parse(action.request)),
  );
};

/**
 * Frees droplets that wait for an action which nobody carries out any more: the daemon died between
 * the action's end and the lock's.
 */
const liftLocks = ({ store, hypervisor }: Cloud, underWay: readonly ActionRecord[]): void => {
  const busy = new Set(underWay.map(({ resource_id }) => resource_id));
  const left = store.droplets.filter(
    ({ id, locked, status }) => (locked || status === "new") && !busy.has(id),
  );
  for (const droplet of left) {
    const status = droplet.status === "new" ? statusOf(hypervisor, droplet.id) : droplet.status;
    store.droplets.update(droplet, { locked: false, status });
  }
};

/** There may be no machine: its making was cut short. */
const statusOf = (hypervisor: Hypervisor, dropletId: number): "active" | "off" => {
  try {
    return hypervisor.power(dropletId) === "on" ? "active" : "off";
  } catch {
    return "off";
  }
};

/**
 * After a daemon's death: what was under way is done again (the hypervisor's methods are
 * idempotent).
 */
export const resumeDropletActions = (cloud: Cloud): void => {
  const underWay = actionsUnderWay(cloud, "droplet");
  liftLocks(cloud, underWay);
  for (const action of underWay) resumeAction(cloud, action);
};
