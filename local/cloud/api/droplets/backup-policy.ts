import { z } from "zod";

import type { BackupPolicy } from "../../records/machines";
import { optionalText } from "../request";

export const WINDOW_HOURS = 4;
export const weekdays = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"] as const;
export const windowStarts = [0, 4, 8, 12, 16, 20] as const;

export const policySchema = z.object({
  plan: z.enum(["daily", "weekly"]),
  weekday: optionalText(weekdays),
  hour: z.union(windowStarts.map((hour) => z.literal(hour))).optional(),
});
/** What a policy leaves open is chosen, as DigitalOcean does. */
export const backupPolicy = (
  policy: z.infer<typeof policySchema> | null | undefined,
): BackupPolicy =>
  policy?.plan === "daily"
    ? { plan: "daily", hour: policy.hour ?? 20 }
    : { plan: "weekly", weekday: policy?.weekday ?? "SUN", hour: policy?.hour ?? 20 };
