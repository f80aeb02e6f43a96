import type { CloudState } from "../../records";
import type { BackupPolicy, DropletRecord } from "../../records/machines";
import type { Cloud } from "../cloud";
import { removeSnapshots, takeSnapshot } from "../images/keep";
import { weekdays, WINDOW_HOURS } from "./backup-policy";
import { beginDropletAction, queueAction } from "./machine";

const HOUR = 3_600_000;
/** How many backups of a droplet DigitalOcean keeps. */
const kept: Readonly<Record<BackupPolicy["plan"], number>> = { daily: 7, weekly: 4 };

/** The start of the window that `now` lies in; null outside of one. */
const openWindow = (policy: BackupPolicy, now: Date): Date | null => {
  const start = new Date(now);
  start.setUTCHours(policy.hour, 0, 0, 0);
  // A window that begins at 20:00 ends at midnight, so it never reaches into the next day.
  if (now.getTime() < start.getTime() || now.getTime() >= start.getTime() + WINDOW_HOURS * HOUR)
    return null;
  return policy.plan === "daily" || weekdays[start.getUTCDay()] === policy.weekday ? start : null;
};

/** The droplets whose window is open and that have no backup of it yet. */
export const dueForBackup = (state: CloudState, now: Date): DropletRecord[] =>
  state.droplets.filter((droplet) => {
    const start = droplet.backup_policy && openWindow(droplet.backup_policy, now);
    if (!start || droplet.locked) return false;
    return !state.snapshots.some(
      (one) =>
        one.kind === "backup" &&
        one.droplet_id === droplet.id &&
        Date.parse(one.created_at) >= start.getTime(),
    );
  });

const prune = async (cloud: Cloud, droplet: DropletRecord): Promise<void> => {
  if (!droplet.backup_policy) return;
  const own = cloud.store.snapshots.filter(
    (one) => one.kind === "backup" && one.droplet_id === droplet.id,
  );
  const old = own.slice(0, Math.max(0, own.length - kept[droplet.backup_policy.plan]));
  await removeSnapshots(cloud, (one) => old.includes(one));
};

/** Called every minute or so: starts what is due. */
export const startDueBackups = (cloud: Cloud): void => {
  const now = cloud.clock.now();
  for (const droplet of dueForBackup(cloud.store.state, now)) {
    const action = beginDropletAction(cloud, droplet, "backup", {});
    queueAction(cloud, droplet, action, async () => {
      const name = `${droplet.name} ${now.toISOString().slice(0, 10)}`;
      await takeSnapshot(cloud, droplet, "backup", name);
      await prune(cloud, droplet);
    });
  }
};
