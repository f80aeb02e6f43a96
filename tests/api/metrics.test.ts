import { expect, test } from "@jest/globals";

import { judgePolicies } from "../../local/cloud/api/watch/policies";
import { createRecordsOnlyHypervisor } from "../../local/cloud/machines/records-only";
import type { MachineUsage } from "../../local/cloud/machines/spec";
import { linkBytes } from "../../local/cloud/machines/usage";
import { newDroplet, testApi } from "./harness";

const MI_B = 1024 ** 2;
const idle: MachineUsage = {
  cpuUserSeconds: 10,
  cpuSystemSeconds: 5,
  busy: 0,
  memoryTotal: 1024 * MI_B,
  memoryUsed: 512 * MI_B,
  memoryCached: 256 * MI_B,
  publicIn: 0,
  publicOut: 0,
  privateIn: 0,
  privateOut: 0,
  diskSize: 25e9,
  diskFree: 20e9,
};

/** One droplet whose machine works as told; each tick is a sample, 15 s later. */
const working = async (more: Record<string, unknown> = {}) => {
  let usage: MachineUsage | null = idle;
  const api = await testApi({
    hypervisor: { ...createRecordsOnlyHypervisor(), usage: () => Promise.resolve(usage) },
  });
  const { id } = (await api.call("POST", "/v2/droplets", newDroplet(more))).body.droplet;
  await api.cloud.jobs.settled();
  const tick = async (times: number, use: Partial<MachineUsage> = {}, cpu = 0): Promise<void> => {
    for (let at = 0; at < times; at++) {
      usage = { ...usage!, ...use, cpuUserSeconds: usage!.cpuUserSeconds + cpu * 15 };
      await api.clock.advance(15_000);
      await api.cloud.metrics.sample();
      await judgePolicies(api.cloud);
    }
    await api.cloud.jobs.settled();
  };
  const ask = async (metric: string, host: number | string = id) =>
    (
      await api.call(
        "GET",
        `/v2/monitoring/metrics/droplet/${metric}${metric.includes("?") ? "&" : "?"}host_id=${host}&start=0&end=99999999999`,
      )
    ).body;
  return {
    api,
    id,
    tick,
    ask,
    stop: () => {
      usage = null;
    },
  };
};

test("what a machine used, as series of a query: CPU seconds by mode, memory, disk, load, bandwidth", async () => {
  const { id, tick, ask } = await working();
  await tick(1);
  await tick(4, { busy: 2, publicIn: 15e6, privateOut: 30e6 }, 0.5);
  const cpu = (await ask("cpu")).data.result;
  expect(cpu.map((one) => one.metric.mode)).toEqual([
    "idle",
    "iowait",
    "irq",
    "nice",
    "softirq",
    "steal",
    "system",
    "user",
  ]);
  expect(cpu.at(-1)).toMatchObject({
    metric: { host_id: String(id) },
    values: expect.arrayContaining([[expect.any(Number), "40"]]),
  });
  expect(cpu[0].values.at(-1)?.[1]).toBe("30");
  expect((await ask("memory_free")).data.result[0].values[0][1]).toBe(String(512 * MI_B));
  expect((await ask("memory_available")).data.result[0].values[0][1]).toBe(String(768 * MI_B));
  expect((await ask("filesystem_free")).data.result[0]).toMatchObject({
    metric: { device: "/dev/vda1", mountpoint: "/" },
    values: expect.arrayContaining([[expect.any(Number), "20000000000"]]),
  });
  expect(Number((await ask("load_1")).data.result[0].values.at(-1)?.[1])).toBeCloseTo(1.26, 1);
  expect((await ask("bandwidth?interface=public&direction=inbound")).data.result[0]).toMatchObject({
    metric: { direction: "inbound", interface: "public" },
    values: [
      [expect.any(Number), "8"],
      [expect.any(Number), "0"],
      expect.anything(),
      expect.anything(),
    ],
  });
  expect(
    (await ask("bandwidth?interface=private&direction=outbound")).data.result[0].values[0][1],
  ).toBe("16");
});

test("all eleven of a droplet's metrics answer as DigitalOcean's document has it; what is not known is an empty answer, what is wrong a 422", async () => {
  const { api, id, tick, ask } = await working();
  await tick(2);
  for (const metric of [
    "cpu",
    "filesystem_free",
    "filesystem_size",
    "load_1",
    "load_5",
    "load_15",
    "memory_cached",
    "memory_free",
    "memory_total",
    "memory_available",
    "bandwidth?interface=public&direction=outbound",
  ])
    expect(await ask(metric)).toMatchObject({
      status: "success",
      data: {
        resultType: "matrix",
        result: [
          expect.anything(),
          ...(metric === "cpu" ? Array.from({ length: 7 }, () => expect.anything()) : []),
        ],
      },
    });
  expect((await ask("cpu", 1)).data.result).toEqual([]);
  expect(
    (await api.call("GET", `/v2/monitoring/metrics/droplet/cpu?host_id=${id}&start=1&end=2`)).body
      .data.result,
  ).toEqual([]);
  for (const wrong of ["host_id=1&start=x&end=2", "start=1&end=2", "host_id=1"])
    expect((await api.call("GET", `/v2/monitoring/metrics/droplet/cpu?${wrong}`)).status).toBe(422);
  expect(
    (
      await api.call(
        "GET",
        `/v2/monitoring/metrics/droplet/bandwidth?host_id=${id}&start=1&end=2&interface=public&direction=up`,
      )
    ).status,
  ).toBe(422);
});

test("without the agent there is no more than what the host sees of the links", async () => {
  const { tick, ask } = await working({ monitoring: false });
  await tick(2);
  expect((await ask("memory_free")).data.result).toEqual([]);
  expect((await ask("bandwidth?interface=public&direction=inbound")).data.result).toHaveLength(1);
});

test("six hours are kept, a machine that is off is not looked at, and a deleted one leaves nothing", async () => {
  const { api, id, tick, stop } = await working();
  await tick(1_500);
  expect(api.cloud.metrics.of(id)).toHaveLength(1_440);
  stop();
  await api.cloud.metrics.sample();
  expect(api.cloud.metrics.of(id)).toHaveLength(1_440);
  await api.call("DELETE", `/v2/droplets/${id}`);
  await api.cloud.metrics.sample();
  expect(api.cloud.metrics.of(id)).toEqual([]);
});

const policy = (more: Record<string, unknown>) => ({
  type: "v1/insights/droplet/cpu",
  description: "busy",
  compare: "GreaterThan",
  value: 80,
  window: "5m",
  entities: [],
  tags: [],
  enabled: true,
  alerts: { email: ["a@example.test"], slack: [] },
  ...more,
});

test("busy for five minutes: one mail → still busy: no other → idle again: one all-clear; what is remembered is not shown", async () => {
  const { api, tick } = await working();
  const { uuid } = (await api.call("POST", "/v2/monitoring/alerts", policy({ tags: ["web"] }))).body
    .policy;
  const subjects = (): string[] => api.letters.map((letter) => letter.subject);
  await tick(21);
  await tick(15, {}, 1);
  expect(subjects()).toEqual([]);
  await tick(30, {}, 1);
  expect(subjects()).toEqual(["Triggered: busy (web)"]);
  expect(
    Object.keys((await api.call("GET", `/v2/monitoring/alerts/${uuid}`)).body.policy),
  ).not.toContain("firing");
  await tick(21);
  expect(subjects()).toEqual(["Triggered: busy (web)", "Resolved: busy (web)"]);
});

test("Slack's webhook is posted to where the lab reaches it; else the log says that and why, and keeps the URL to itself", async () => {
  const { api, tick } = await working();
  const slack = [
    { channel: "#near", url: "http://hooks.lab.test/T0/B0/secret" },
    { channel: "#far", url: "https://hooks.slack.com/T0/B0/secret" },
  ];
  await api.call("POST", "/v2/monitoring/alerts", policy({ alerts: { email: [], slack } }));
  await tick(45, {}, 1);
  await api.cloud.jobs.settled();
  expect(api.posts).toMatchObject([
    {
      url: slack[0]!.url,
      message: {
        channel: "#near",
        text: expect.stringMatching(/^\*Triggered: busy \(web\)\*\nTriggered at .*cpu of web/),
      },
    },
  ]);
  expect(api.log).toEqual([
    '"Triggered: busy (web)" did not reach Slack channel #far: Could not resolve host',
  ]);
});

test("a power cycle sets the counters back: what was before stays to be seen, and is not set against what comes after", async () => {
  const { api, id, tick } = await working();
  await api.call("POST", "/v2/monitoring/alerts", policy({ compare: "LessThan", value: 1 }));
  await tick(15, {}, 1);
  await tick(15, { cpuUserSeconds: 0, cpuSystemSeconds: 0 }, 0);
  expect(api.cloud.metrics.of(id)).toHaveLength(30);
  expect(api.letters).toEqual([]);
  await tick(10);
  expect(api.letters).toHaveLength(1);
});

test.each([
  ["memory_utilization_percent", "GreaterThan", 20, {}],
  ["disk_utilization_percent", "GreaterThan", 15, {}],
  ["load_1", "GreaterThan", 1, { busy: 4 }],
  ["public_inbound_bandwidth", "LessThan", 1, {}],
])(
  "%s is judged as well, for the droplets that the policy names",
  async (type, compare, value, use) => {
    const { api, id, tick } = await working();
    await api.call(
      "POST",
      "/v2/monitoring/alerts",
      policy({ type: `v1/insights/droplet/${type}`, compare, value, entities: [String(id)] }),
    );
    await api.call(
      "POST",
      "/v2/monitoring/alerts",
      policy({ type: `v1/insights/droplet/${type}`, compare, value, entities: ["1"] }),
    );
    await api.call(
      "POST",
      "/v2/monitoring/alerts",
      policy({ type: `v1/insights/droplet/${type}`, compare, value, enabled: false }),
    );
    await tick(60, use);
    expect(api.letters).toHaveLength(1);
  },
);

test("a link's bytes are read from the kernel's table", () => {
  const table =
    "Inter-|   Receive  |  Transmit\n" +
    " face |bytes packets\n" +
    "lv-500000002:    9839      69    0    0    0     0          0         0     7012  " +
    "    57    0    4    0     0       0          0\n";
  expect(linkBytes(table, "lv-500000002")).toEqual({ received: 9839, sent: 7012 });
  expect(linkBytes(table, "lv-1")).toEqual({ received: 0, sent: 0 });
});
