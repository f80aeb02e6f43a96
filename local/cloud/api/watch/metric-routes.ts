import { Hono, type Context } from "hono";

import type { Api, ApiEnv, Cloud, Resource } from "../cloud";
import { unprocessable } from "../errors";
import { bandwidth, type Sample } from "./metrics";

type Value = readonly [number, string];
interface Series {
  readonly metric: Readonly<Record<string, string>>;
  readonly values: readonly Value[];
}

const time = (c: Context<ApiEnv>, name: "start" | "end"): number => {
  const text = c.req.query(name) ?? "";
  if (!/^\d{1,12}(\.\d+)?$/.test(text)) throw unprocessable(`${name}: must be a UNIX timestamp`);
  return Number(text);
};
const oneOf = <const T extends string>(
  c: Context<ApiEnv>,
  name: string,
  values: readonly T[],
): T => {
  const text = values.find((value) => value === c.req.query(name));
  if (text === undefined) throw unprocessable(`${name}: must be one of ${values.join(", ")}`);
  return text;
};

const gauge = (samples: readonly Sample[], value: (one: Sample) => number): Value[] =>
  samples.map((one) => [one.at, String(value(one))]);
const single =
  (labels: Readonly<Record<string, string>>, value: (one: Sample) => number) =>
  (host_id: string, samples: readonly Sample[]): Series[] => [
    { metric: { ...labels, host_id }, values: gauge(samples, value) },
  ];

/**
 * Seconds by mode since the first sample's boot; what a control group does not tell apart is
 * nought.
 */
const cpu = (host_id: string, samples: readonly Sample[]): Series[] => {
  const [first] = samples;
  if (!first) return [];
  const modes: Readonly<Record<string, (one: Sample) => number>> = {
    idle: (one) =>
      Math.max(
        0,
        (one.at - first.at) * one.vcpus -
          (one.cpuUserSeconds +
            one.cpuSystemSeconds -
            first.cpuUserSeconds -
            first.cpuSystemSeconds),
      ),
    iowait: () => 0,
    irq: () => 0,
    nice: () => 0,
    softirq: () => 0,
    steal: () => 0,
    system: (one) => one.cpuSystemSeconds,
    user: (one) => one.cpuUserSeconds,
  };
  return Object.entries(modes).map(([mode, value]) => ({
    metric: { host_id, mode },
    values: gauge(samples, value),
  }));
};

const free = (one: Sample): number => Math.max(0, one.memoryTotal - one.memoryUsed);
const disk = { device: "/dev/vda1", fstype: "ext4", mountpoint: "/" };
const round = (value: number): number => Math.round(value * 100) / 100;

/** By the agent in the droplet: only where `monitoring` is on. */
const byAgent: Readonly<Record<string, (host_id: string, samples: readonly Sample[]) => Series[]>> =
  {
    cpu,
    filesystem_free: single(disk, (one) => one.diskFree),
    filesystem_size: single(disk, (one) => one.diskSize),
    load_1: single({}, (one) => round(one.load1)),
    load_5: single({}, (one) => round(one.load5)),
    load_15: single({}, (one) => round(one.load15)),
    memory_cached: single({}, (one) => one.memoryCached),
    memory_free: single({}, free),
    memory_total: single({}, (one) => one.memoryTotal),
    memory_available: single({}, (one) => Math.min(one.memoryTotal, free(one) + one.memoryCached)),
  };

const routes = (cloud: Cloud): Api => {
  const api: Api = new Hono();
  const asked = (
    c: Context<ApiEnv>,
  ): { host: string; samples: readonly Sample[]; monitored: boolean } => {
    const host = c.req.query("host_id") ?? "";
    if (!host) throw unprocessable("host_id: is required");
    const [start, end] = [time(c, "start"), time(c, "end")];
    const droplet = cloud.store.droplets.find((one) => String(one.id) === host);
    return {
      host,
      monitored: droplet?.features.includes("monitoring") ?? false,
      samples: droplet
        ? cloud.metrics.of(droplet.id).filter((one) => one.at >= start && one.at <= end)
        : [],
    };
  };
  const answer = (c: Context<ApiEnv>, result: Series[]): Response =>
    c.json({ status: "success", data: { resultType: "matrix", result } });
  for (const [name, series] of Object.entries(byAgent)) {
    api.get(`/monitoring/metrics/droplet/${name}`, (c) => {
      const { host, samples, monitored } = asked(c);
      return answer(c, monitored && samples.length ? series(host, samples) : []);
    });
  }
  api.get("/monitoring/metrics/droplet/bandwidth", (c) => {
    const { host, samples } = asked(c);
    const side = oneOf(c, "interface", ["public", "private"]),
      direction = oneOf(c, "direction", ["inbound", "outbound"]);
    const counter = `${side}${direction === "inbound" ? "In" : "Out"}` as const;
    const values = bandwidth(samples, counter).map(({ at, value }): Value => [at, String(value)]);
    return answer(
      c,
      values.length ? [{ metric: { direction, host_id: host, interface: side }, values }] : [],
    );
  });
  return api;
};

/**
 * What machines have used, as the query of a time series: a droplet that nothing is known of has an
 * empty answer.
 */
export const metrics: Resource = { routes };
