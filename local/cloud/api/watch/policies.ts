import type { DropletRecord } from "../../records/machines";
import type { AlertPolicyRecord } from "../../records/monitoring";
import type { Cloud } from "../cloud";
import { bandwidth, sincePowerOn, type Sample } from "./metrics";

const seconds: Readonly<Record<AlertPolicyRecord["window"], number>> = {
  "5m": 300,
  "10m": 600,
  "30m": 1800,
  "1h": 3600,
};
const mean = (values: readonly number[]): number =>
  values.reduce((sum, one) => sum + one, 0) / values.length;

const cpuPercent = (samples: readonly Sample[]): number => {
  const [first, last] = [samples[0], samples.at(-1)];
  if (!first || !last) return 0;
  const busy = (one: Sample): number => one.cpuUserSeconds + one.cpuSystemSeconds;
  return (100 * (busy(last) - busy(first))) / ((last.at - first.at) * last.vcpus);
};

/**
 * What a policy's metric was on average; null for those that no figures are kept of (disk_read,
 * disk_write).
 */
const measure = (type: string, samples: readonly Sample[]): number | null => {
  const rate = (counter: Parameters<typeof bandwidth>[1]): number =>
    mean(bandwidth(samples, counter).map((one) => one.value));
  switch (type.replace("v1/insights/droplet/", "")) {
    case "cpu":
      return cpuPercent(samples);
    case "memory_utilization_percent":
      return mean(
        samples.map((one) => (100 * (one.memoryUsed - one.memoryCached)) / one.memoryTotal),
      );
    case "disk_utilization_percent":
      return mean(samples.map((one) => 100 * (1 - one.diskFree / one.diskSize)));
    case "load_1":
      return mean(samples.map((one) => one.load1));
    case "load_5":
      return mean(samples.map((one) => one.load5));
    case "load_15":
      return mean(samples.map((one) => one.load15));
    case "public_inbound_bandwidth":
      return rate("publicIn");
    case "public_outbound_bandwidth":
      return rate("publicOut");
    case "private_inbound_bandwidth":
      return rate("privateIn");
    case "private_outbound_bandwidth":
      return rate("privateOut");
    default:
      return null;
  }
};

/**
 * The whole window has to have been seen: a machine that has just been switched on is not judged.
 */
const ofWindow = (
  samples: readonly Sample[],
  now: number,
  length: number,
): readonly Sample[] | null => {
  const before = samples.findLastIndex((one) => one.at <= now - length);
  const window = samples.slice(Math.max(0, before));
  return before >= 0 && window.length > 1 ? window : null;
};

/** Without entities and tags a policy is about every droplet. */
const concerns = ({ entities, tags }: AlertPolicyRecord, droplet: DropletRecord): boolean =>
  (entities.length === 0 && tags.length === 0) ||
  entities.includes(String(droplet.id)) ||
  droplet.tags.some((tag) => tags.includes(tag));

const tell = (
  cloud: Cloud,
  policy: AlertPolicyRecord,
  droplet: DropletRecord,
  value: number,
  turn: "triggered" | "resolved",
): void => {
  const metric = policy.type.replace(/.*\//, "");
  const words = turn === "triggered" ? "Triggered" : "Resolved";
  cloud.notify(
    policy.alerts,
    `${words}: ${policy.description || metric} (${droplet.name})`,
    `${words} at ${cloud.clock.now().toISOString()}: ${metric} of ${droplet.name} ` +
      `(droplet ${droplet.id}) was ${value.toFixed(2)} over the last ${policy.window}; ` +
      `the alert is for ${policy.compare === "GreaterThan" ? "more" : "less"} than ` +
      `${policy.value}.\n`,
  );
};

const judge = (
  cloud: Cloud,
  policy: AlertPolicyRecord,
  droplet: DropletRecord,
  value: number,
): void => {
  const firing = policy.firing ?? [];
  const was = firing.includes(droplet.id);
  const is = policy.compare === "GreaterThan" ? value > policy.value : value < policy.value;
  if (was === is) return;
  cloud.store.alertPolicies.update(policy, {
    firing: is ? [...firing, droplet.id] : firing.filter((id) => id !== droplet.id),
  });
  tell(cloud, policy, droplet, value, is ? "triggered" : "resolved");
};

const forgetDeleted = ({ store }: Cloud, policy: AlertPolicyRecord): void => {
  const { firing } = policy;
  const left = firing?.filter((id) => store.droplets.get(id));
  if (left?.length !== firing?.length) store.alertPolicies.update(policy, { firing: left });
};

/** Holds every enabled policy against what its droplets have used. */
export const judgePolicies = async (cloud: Cloud): Promise<void> => {
  const { store, metrics } = cloud;
  const now = Math.floor(cloud.clock.now().getTime() / 1000);
  for (const policy of store.alertPolicies.filter((one) => one.enabled)) {
    forgetDeleted(cloud, policy);
    for (const droplet of store.droplets.filter((one) => concerns(policy, one))) {
      const samples = sincePowerOn(metrics.of(droplet.id));
      const window = ofWindow(samples, now, seconds[policy.window]);
      const value = window && measure(policy.type, window);
      if (value !== null) judge(cloud, policy, droplet, value);
    }
  }
  await store.save();
};
