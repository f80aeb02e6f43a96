import type { Check, Maintenance } from "@second-server/contract/observatory";

import { DAYS } from "./alerting";
import type { AlertFacts, ChannelFacts } from "./fleet";
import type { Manifest } from "./schema";
import type { Settings } from "./settings";

type Further = Manifest["checks"]["also"][number];
type Window = Manifest["alerts"]["maintenance"][number];
type Channel = Manifest["alerts"]["channels"][number];

const address = (place: string): { host: string; port: number } => {
  const [host = "", port] = place.split(":");
  return { host, port: Number(port) };
};

/** What it looks at is not one of the machines, so that no broken layer of theirs holds its alert back. */
export const checkFacts = (check: Further): Check => {
  const base = { id: check.name, machine: "watcher", layer: "service" } as const;
  if ("http" in check) {
    const { http, status, contains, matches, json, method, headers, redirects } = check;
    return {
      ...base,
      kind: "http",
      url: http,
      status,
      contains,
      matches,
      json,
      maxLatencyMs: check["max-latency-ms"],
      method,
      headers,
      redirects,
    };
  }
  if ("tcp" in check) return { ...base, kind: "tcp", ...address(check.tcp) };
  if ("certificate" in check) return { ...base, kind: "certificate", host: check.certificate };
  if ("dns" in check)
    return {
      ...base,
      kind: "dns",
      name: check.dns,
      type: check.type,
      equals: check.equals,
    };
  if ("icmp" in check) return { ...base, kind: "icmp", host: check.icmp };
  if ("heartbeat" in check)
    return {
      ...base,
      kind: "heartbeat",
      token: check.heartbeat,
      graceSeconds: check.grace,
      ...("every" in check ? { periodSeconds: check.every } : { schedule: check.schedule }),
    };
  return { ...base, kind: "ssh", ...address(check.ssh) };
};

const maintenanceFacts = (window: Window): Maintenance => {
  const { title, services } = window;
  if ("from" in window) return { title, services, from: window.from, to: window.to };
  return {
    title,
    services,
    weekly: {
      days: window.days.map((day) => DAYS.indexOf(day)),
      at: window.at,
      minutes: window.lasts / 60,
    },
  };
};

const channelFacts = (channel: Channel, secrets: readonly string[]): ChannelFacts => {
  if (typeof channel === "string") return { kind: channel, secret: `${channel}-url` };
  if ("telegram" in channel)
    return { kind: "telegram", chat: channel.telegram, secret: "telegram-token" };
  // A topic of one's own server may want a token; a public one has none.
  if ("ntfy" in channel)
    return {
      kind: "ntfy",
      url: channel.ntfy,
      ...(secrets.includes("ntfy-token") ? { secret: "ntfy-token" } : {}),
    };
  return { kind: "webhook", url: channel.webhook };
};

export const alertFacts = (
  { alerts }: Manifest,
  settings: Settings,
  secrets: readonly string[],
): AlertFacts => ({
  to: settings["alert-to"] ?? [settings.email],
  from: settings["alert-from"] ?? `observatory@${settings.domain}`,
  relay: { ...address(settings.relay), user: settings["relay-user"] },
  remindMinutes: alerts.remind === "never" ? 0 : alerts.remind / 60,
  flapsPerHour: alerts["flaps-per-hour"],
  deadMan: alerts["dead-man"],
  channels: alerts.channels.map((channel) => channelFacts(channel, secrets)),
  maintenance: alerts.maintenance.map(maintenanceFacts),
});
