import type { AlertFacts } from "./fleet";
import type { Manifest } from "./schema";
import type { Settings } from "./settings";
import { addressOf } from "./values";

/**
 * Alerts as the manifest and the stack's settings have them; `secrets` are the names of those that
 * are set.
 */
export const alertFacts = (
  { alerts }: Manifest,
  settings: Settings,
  secrets: readonly string[],
): AlertFacts => ({
  to: settings["alert-to"] ?? [settings.email],
  from: settings["alert-from"] ?? `observatory@${settings.domain}`,
  relay: { ...addressOf(settings.relay), user: settings["relay-user"] },
  remindMinutes: alerts.remind === "never" ? 0 : alerts.remind / 60,
  flapsPerHour: alerts["flaps-per-hour"],
  deadMan: alerts["dead-man"],
  channels: alerts.channels.map((resolve) => resolve(secrets)),
  maintenance: alerts.maintenance,
});
