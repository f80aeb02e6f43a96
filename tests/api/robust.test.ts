import { mkdtemp, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect, test } from "@jest/globals";

import { openStore } from "../../local/cloud/record-store";
import type { CloudState } from "../../local/cloud/records";
import {
  fakeClock,
  newDroplet,
  openApi,
  PUBLIC_KEY,
  testApi,
  type TestApi,
  removeRecords,
} from "./harness";

/** Small, seeded, good enough to find what breaks, and the same at each run. */
const random = (seed: number) => () => {
  seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
  return seed / 2 ** 32;
};

const populated = async (file?: string): Promise<TestApi> => {
  const api = await testApi(file ? { file } : {});
  await api.call("POST", "/v2/account/keys", { name: "k", public_key: PUBLIC_KEY });
  await api.call("POST", "/v2/domains", { name: "example.test", ip_address: "203.0.113.10" });
  await api.call("POST", "/v2/droplets", newDroplet());
  await api.call("POST", "/v2/reserved_ips", { region: "fra1" });
  await api.call("POST", "/v2/volumes", { name: "data", region: "fra1", size_gigabytes: 1 });
  await api.call("POST", "/v2/firewalls", {
    name: "fw",
    inbound_rules: [{ protocol: "tcp", ports: "22", sources: { addresses: ["0.0.0.0/0"] } }],
    tags: ["web"],
  });
  await api.cloud.jobs.settled();
  return api;
};

const nasty: readonly unknown[] = [
  null,
  true,
  -1,
  0,
  1e308,
  1.5,
  "",
  "x",
  "../../etc/passwd",
  "\u0000",
  "💥".repeat(50),
  "a".repeat(10_000),
  [],
  [null],
  {},
  { a: { b: {} } },
  "__proto__",
  "constructor",
  "203.0.113.10",
  "fra1",
  "debian-13-x64",
];
const fields = [
  "name",
  "names",
  "region",
  "size",
  "image",
  "ssh_keys",
  "tags",
  "type",
  "data",
  "ttl",
  "droplet_id",
  "resources",
  "inbound_rules",
  "droplet_ids",
  "user_data",
  "public_key",
  "backup_policy",
  "ip_range",
  "volumes",
  "size_gigabytes",
  "__proto__",
  "alerts",
  "regions",
  "target",
  "kernel",
  "region_slug",
  "notifications",
  "window",
  "value",
  "public_networking",
];
const oddHeaders: readonly Record<string, string>[] = [
  { authorization: "Bearer" },
  { authorization: "Basic dGVzdDp0ZXN0" },
  { authorization: `Bearer ${"x".repeat(8_000)}` },
  { authorization: "bearer \u00ff" },
  { "content-type": "text/plain" },
  { "content-type": "application/x-www-form-urlencoded" },
  { "content-type": 'multipart/form-data; boundary="' },
  { "x-dangerous": "true" },
  { "x-dangerous": "maybe" },
  { accept: "image/png" },
  { "x-request-id": "../../etc/passwd" },
  { "content-encoding": "gzip" },
  { "transfer-encoding": "odd" },
  { host: "%" },
  { "x-forwarded-host": "evil" },
];

test("fuzzed bodies, ids and headers never give a 500, and the records stay whole", async () => {
  const api = await populated();
  const next = random(20261121);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)]!;
  const known = [
    "1",
    "203.0.113.200",
    "example.test",
    "web",
    "default",
    String(api.cloud.store.state.droplets[0]!.id),
    api.cloud.store.state.volumes[0]?.id ?? "v",
    api.cloud.store.state.firewalls[0]!.id,
    "%00",
    "-1",
    "99999999999999999999",
    "%F0%9F%92%A5",
    "null",
  ];
  const paths = openApi
    ? Object.keys(openApi.paths)
    : [
        "/v2/droplets",
        "/v2/droplets/{id}/actions",
        "/v2/domains/{d}/records",
        "/v2/firewalls/{f}/rules",
        "/v2/tags/{t}/resources",
      ];
  const failures: string[] = [];
  for (let round = 0; round < 4_000; round++) {
    const path =
      pick(paths).replace(/\{[^}]+\}/g, () => pick(known)) +
      (next() < 0.2
        ? `?page=${pick(["0", "x", "1e9", "-1", "2"])}&per_page=${pick(["", "0", "201", "a"])}&tag_name=${pick(known)}&host_id=${pick(known)}&start=${pick(["", "x", "1"])}&end=${pick(["-1", "9e9", "2"])}`
        : "");
    const method = pick(["GET", "POST", "PUT", "PATCH", "DELETE"]);
    const body =
      next() < 0.1
        ? pick(nasty)
        : Object.fromEntries(
            Array.from({ length: Math.floor(next() * 6) }, () => [pick(fields), pick(nasty)]),
          );
    const raw = next() < 0.05 ? pick(["{", "[", "nul", "\u0000", '{"a":']) : JSON.stringify(body);
    const { status, body: said } = await api.call(method, path, undefined, {
      ...(method === "GET" ? {} : { raw }),
      unchecked: true,
      headers: next() < 0.1 ? pick(oddHeaders) : {},
    });
    if (status >= 500 && status !== 501)
      failures.push(`${method} ${path} ${raw.slice(0, 200)} -> ${status}`);
    if (status >= 400 && (typeof said?.id !== "string" || typeof said?.message !== "string"))
      failures.push(`${method} ${path}: no error body`);
  }
  await api.cloud.jobs.settled();
  expect(failures).toEqual([]);
  expect(api.log.filter((line) => line.includes("TypeError"))).toEqual([]);
  for (const list of [
    "droplets",
    "domains",
    "firewalls",
    "reserved_ips",
    "tags",
    "vpcs",
    "projects",
    "volumes",
    "snapshots",
    "images",
    "actions",
    "account/keys",
  ])
    expect((await api.call("GET", `/v2/${list}?per_page=200`)).status).toBe(200);
});

test("a body over 1 MiB is refused", async () => {
  const api = await testApi();
  expect(
    (await api.call("POST", "/v2/tags", undefined, { raw: `{"name":"${"a".repeat(1 << 20)}"}` }))
      .status,
  ).toBe(413);
});

test("1,000 concurrent requests: no error, nothing lost, nothing twice, all of it on disk", async () => {
  const folder = await mkdtemp(join(tmpdir(), "store-"));
  try {
    const file = join(folder, "records.json");
    const api = await populated(file);
    const before = api.cloud.store.state.tags.length;
    const answers = await Promise.all(
      Array.from({ length: 1_000 }, (_, at) =>
        at % 2
          ? api.call("GET", "/v2/droplets", undefined, { unchecked: true })
          : api.call(
              "POST",
              "/v2/domains/example.test/records",
              { type: "A", name: `h${at}`, data: "203.0.113.10" },
              { unchecked: true },
            ),
      ),
    );
    expect(new Set(answers.map((one) => one.status))).toEqual(new Set([200, 201]));
    const ids = answers.filter((one) => one.status === 201).map((one) => one.body.domain_record.id);
    expect(new Set(ids).size).toBe(500);
    const onDisk = JSON.parse(await readFile(file, "utf8")) as CloudState;
    expect(onDisk.dnsRecords).toHaveLength(api.cloud.store.state.dnsRecords.length);
    expect(onDisk.tags).toHaveLength(before);
  } finally {
    await removeRecords(folder);
  }
});

test("100 droplets, each with addresses of its own, all found again by a new process", async () => {
  const folder = await mkdtemp(join(tmpdir(), "store-"));
  try {
    const file = join(folder, "records.json");
    const api = await testApi({ file });
    for (let at = 0; at < 10; at++) {
      const names = Array.from({ length: 10 }, (_, one) => `web-${at}-${one}`);
      expect(
        (await api.call("POST", "/v2/droplets", newDroplet({ name: undefined, names }))).status,
      ).toBe(202);
    }
    await api.cloud.jobs.settled();
    await api.cloud.store.save();
    const { body } = await api.call("GET", "/v2/droplets?per_page=200");
    expect(body.meta.total).toBe(100);
    expect(
      new Set(body.droplets.flatMap((one) => one.networks.v4.map((net) => net.ip_address))).size,
    ).toBe(200);
    expect((await openStore(file, fakeClock(), () => undefined)).state).toEqual(
      api.cloud.store.state,
    );
    expect(
      (
        await api.call(
          "POST",
          "/v2/droplets",
          newDroplet({ name: undefined, names: Array.from({ length: 10 }, (_, at) => `x${at}`) }),
        )
      ).status,
    ).toBe(202);
  } finally {
    await removeRecords(folder);
  }
});

test("a daemon that dies in the middle of an action does it again when it comes back", async () => {
  const folder = await mkdtemp(join(tmpdir(), "store-"));
  try {
    const file = join(folder, "records.json");
    const first = await testApi({ file, pace: "real" });
    const { id } = (await first.call("POST", "/v2/droplets", newDroplet())).body.droplet;
    const second = await testApi({ file });
    expect((await second.call("GET", `/v2/droplets/${id}`)).body.droplet).toMatchObject({
      status: "new",
      locked: true,
    });
    await second.resume();
    await second.cloud.jobs.settled();
    expect((await second.call("GET", `/v2/droplets/${id}`)).body.droplet).toMatchObject({
      status: "active",
      locked: false,
    });
    expect((await second.call("GET", `/v2/droplets/${id}/actions`)).body.actions[0].status).toBe(
      "completed",
    );
  } finally {
    await removeRecords(folder);
  }
});

test("records that can't be read are an error that names the file, never a new beginning", async () => {
  const folder = await mkdtemp(join(tmpdir(), "store-"));
  try {
    const file = join(folder, "records.json");
    const { writeFile } = await import("node:fs/promises");
    await writeFile(file, "{ half");
    await expect(openStore(file, fakeClock(), () => undefined)).rejects.toThrow(file);
  } finally {
    await removeRecords(folder);
  }
});
