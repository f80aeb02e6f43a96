import type { Answer, BackupPolicy, Sparse } from "@second-server/digitalocean-api/types";
import type { Context } from "hono";

import type { DropletRecord } from "../../records/machines";
import type { Api, ApiEnv, Cloud } from "../cloud";
import { pageOf } from "../paging";
import { weekdays, WINDOW_HOURS, windowStarts } from "./backup-policy";
import { nextBackupWindow } from "./view";

const KEPT_DAYS = { daily: 7, weekly: 28 } as const;

/** One that is not weekly has no day. */
type PolicyAnswer = Answer<BackupPolicy, "backup_policy"> & {
  readonly backup_policy: Sparse<BackupPolicy["backup_policy"]> | null;
};

const view = (cloud: Cloud, droplet: DropletRecord): PolicyAnswer => {
  const policy = droplet.backup_policy;
  return {
    droplet_id: droplet.id,
    backup_enabled: policy !== null,
    next_backup_window: nextBackupWindow(droplet, cloud.clock.now()),
    backup_policy: policy && {
      plan: policy.plan,
      ...(policy.weekday ? { weekday: policy.weekday } : {}),
      hour: policy.hour,
      window_length_hours: WINDOW_HOURS,
      retention_period_days: KEPT_DAYS[policy.plan],
    },
  };
};

const supported = (plan: keyof typeof KEPT_DAYS, days: readonly string[]) => ({
  name: plan,
  possible_window_starts: windowStarts,
  window_length_hours: WINDOW_HOURS,
  retention_period_days: KEPT_DAYS[plan],
  possible_days: days,
});

export const backupPolicyRoutes = (
  cloud: Cloud,
  api: Api,
  asked: (c: Context<ApiEnv>) => DropletRecord,
): void => {
  api.get("/droplets/backups/policies", (c) => {
    const views = cloud.store.droplets
      .filter((droplet) => droplet.backup_policy !== null)
      .map((droplet) => view(cloud, droplet));
    const { items, ...rest } = pageOf(c, views);
    const policies = Object.fromEntries(items.map((one) => [one.droplet_id, one]));
    return c.json({ policies, ...rest });
  });
  api.get("/droplets/backups/supported_policies", (c) =>
    c.json({ supported_policies: [supported("weekly", weekdays), supported("daily", [])] }),
  );
  api.get("/droplets/:droplet{[0-9]+}/backups/policy", (c) =>
    c.json({ policy: view(cloud, asked(c)) }),
  );
};
