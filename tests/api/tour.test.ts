import { expect } from "@jest/globals";

import { createRecordsOnlyHypervisor } from "../../local/cloud/machines/records-only";
import type { AnswerBody } from "./answers";
import {
  askInVain,
  newDroplet,
  operations,
  PUBLIC_KEY,
  templateOf,
  testApi,
  type TestApi,
  withDocument,
} from "./harness";

/**
 * Everything that a customer can do, once each: calls whose answers are all held against the
 * document.
 */
class Tour {
  readonly seen = new Set<string>();
  constructor(private readonly api: TestApi) {}
  async ok(
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<AnswerBody> {
    const answer = await this.api.call(method, path, body, headers ? { headers } : {});
    if (answer.status >= 300)
      throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    this.seen.add(`${method} ${templateOf(path.split("?")[0]!)}`);
    await this.api.cloud.jobs.settled();
    return answer.body;
  }
  /** What is listed can be got, changed and deleted one by one. */
  async each(method: string, ...paths: string[]): Promise<void> {
    for (const path of paths) await this.ok(method, path);
  }
}

const account = async (tour: Tour): Promise<void> => {
  await tour.each("GET", "/v2/account", "/v2/regions", "/v2/sizes", "/v2/account/keys");
  const { ssh_key: key } = await tour.ok("POST", "/v2/account/keys", {
    name: "k",
    public_key: PUBLIC_KEY,
  });
  await tour.ok("GET", `/v2/account/keys/${key.id}`);
  await tour.ok("PUT", `/v2/account/keys/${key.id}`, { name: "l" });
  await tour.ok("DELETE", `/v2/account/keys/${key.fingerprint}`);
};

const droplets = async (tour: Tour): Promise<number> => {
  const { droplet } = await tour.ok("POST", "/v2/droplets", newDroplet({ backups: true }));
  const base = `/v2/droplets/${droplet.id}`;
  const { action } = await tour.ok("POST", `${base}/actions`, { type: "snapshot", name: "s" });
  for (const type of [
    "reboot",
    "power_cycle",
    "shutdown",
    "power_on",
    "power_off",
    "power_on",
    "password_reset",
    "disable_backups",
    "enable_backups",
  ])
    await tour.ok("POST", `${base}/actions`, { type });
  await tour.each(
    "GET",
    "/v2/droplets",
    base,
    "/v2/actions",
    `/v2/actions/${action.id}`,
    `${base}/actions`,
    `${base}/actions/${action.id}`,
    "/v2/droplets/backups/policies",
    "/v2/droplets/backups/supported_policies",
    ...[
      "backups",
      "backups/policy",
      "snapshots",
      "kernels",
      "firewalls",
      "neighbors",
      "destroy_with_associated_resources",
    ].map((part) => `${base}/${part}`),
  );
  await tour.ok("POST", "/v2/droplets/actions?tag_name=web", { type: "power_cycle" });
  const start = "host_id=1&start=1&end=2";
  await tour.each(
    "GET",
    ...[
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
    ].map((name) => `/v2/monitoring/metrics/droplet/${name}?${start}`),
    `/v2/monitoring/metrics/droplet/bandwidth?${start}&interface=public&direction=inbound`,
  );
  return droplet.id;
};

const images = async (tour: Tour): Promise<void> => {
  const {
    snapshots: [{ id }],
  } = await tour.ok("GET", "/v2/snapshots");
  await tour.each("GET", "/v2/images", `/v2/snapshots/${id}`, `/v2/images/${id}`);
  await tour.ok("PUT", `/v2/images/${id}`, { name: "renamed" });
  const { action } = await tour.ok("POST", `/v2/images/${id}/actions`, {
    type: "transfer",
    region: "ams3",
  });
  await tour.each("GET", `/v2/images/${id}/actions`, `/v2/images/${id}/actions/${action.id}`);
  await tour.ok("DELETE", `/v2/images/${id}`);
  const { image } = await tour.ok("POST", "/v2/images", {
    name: "own",
    url: "https://images.lab.test/own.raw",
    region: "fra1",
  });
  await tour.ok("DELETE", `/v2/images/${image.id}`);
};

const addresses = async (tour: Tour, droplet: number): Promise<void> => {
  for (const [base, key] of [
    ["/v2/reserved_ips", "reserved_ip"],
    ["/v2/floating_ips", "floating_ip"],
  ] as const) {
    const { ip } = (await tour.ok("POST", base, { region: "fra1" }))[key];
    const { action } = await tour.ok("POST", `${base}/${ip}/actions`, {
      type: "assign",
      droplet_id: droplet,
    });
    await tour.each(
      "GET",
      base,
      `${base}/${ip}`,
      `${base}/${ip}/actions`,
      `${base}/${ip}/actions/${action.id}`,
    );
    await tour.ok("DELETE", `${base}/${ip}`);
  }
  const { ip } = (await tour.ok("POST", "/v2/reserved_ipv6", { region_slug: "fra1" }))
    .reserved_ipv6;
  await tour.ok("POST", `/v2/reserved_ipv6/${ip}/actions`, { type: "assign", droplet_id: droplet });
  await tour.each("GET", "/v2/reserved_ipv6", `/v2/reserved_ipv6/${ip}`);
  await tour.ok("DELETE", `/v2/reserved_ipv6/${ip}`);
};

const names = async (tour: Tour): Promise<void> => {
  await tour.ok("POST", "/v2/domains", { name: "example.test" });
  const base = "/v2/domains/example.test";
  const { domain_record: record } = await tour.ok("POST", `${base}/records`, {
    type: "A",
    name: "www",
    data: "203.0.113.10",
  });
  await tour.each("GET", "/v2/domains", base, `${base}/records`, `${base}/records/${record.id}`);
  for (const method of ["PUT", "PATCH"])
    await tour.ok(method, `${base}/records/${record.id}`, { type: "A", ttl: 60 });
  await tour.each("DELETE", `${base}/records/${record.id}`, base);
};

const firewalls = async (tour: Tour, droplet: number): Promise<void> => {
  const rules = {
    inbound_rules: [{ protocol: "tcp", ports: "22", sources: { addresses: ["0.0.0.0/0"] } }],
  };
  const { firewall } = await tour.ok("POST", "/v2/firewalls", { name: "fw", ...rules });
  const base = `/v2/firewalls/${firewall.id}`;
  for (const [part, body] of [
    ["droplets", { droplet_ids: [droplet] }],
    ["tags", { tags: ["web"] }],
    ["rules", { outbound_rules: [{ protocol: "icmp", destinations: { addresses: ["::/0"] } }] }],
  ] as const)
    for (const method of ["POST", "DELETE"]) await tour.ok(method, `${base}/${part}`, body);
  await tour.each("GET", "/v2/firewalls", base);
  await tour.ok("PUT", base, { name: "fw", ...rules });
  await tour.ok("DELETE", base);
};

const volumes = async (tour: Tour, droplet: number): Promise<void> => {
  const make = async (name: string): Promise<string> =>
    (await tour.ok("POST", "/v2/volumes", { name, region: "fra1", size_gigabytes: 1 })).volume.id;
  const id = await make("one");
  await make("two");
  const { action } = await tour.ok("POST", `/v2/volumes/${id}/actions`, {
    type: "attach",
    droplet_id: droplet,
  });
  await tour.ok("POST", "/v2/volumes/actions", {
    type: "detach",
    droplet_id: droplet,
    volume_name: "one",
    region: "fra1",
  });
  const { snapshot } = await tour.ok("POST", `/v2/volumes/${id}/snapshots`, { name: "s" });
  await tour.each(
    "GET",
    "/v2/volumes",
    `/v2/volumes/${id}`,
    `/v2/volumes/${id}/actions`,
    `/v2/volumes/${id}/actions/${action.id}`,
    `/v2/volumes/${id}/snapshots`,
    `/v2/volumes/snapshots/${snapshot.id}`,
  );
  await tour.ok("DELETE", `/v2/volumes/snapshots/${snapshot.id}`);
  const { snapshot: second } = await tour.ok("POST", `/v2/volumes/${id}/snapshots`, { name: "t" });
  await tour.each(
    "DELETE",
    `/v2/snapshots/${second.id}`,
    `/v2/volumes/${id}`,
    "/v2/volumes?name=two&region=fra1",
  );
};

const order = async (tour: Tour, droplet: number): Promise<void> => {
  await tour.ok("POST", "/v2/tags", { name: "blue" });
  const resources = { resources: [{ resource_id: String(droplet), resource_type: "droplet" }] };
  for (const method of ["POST", "DELETE"])
    await tour.ok(method, "/v2/tags/blue/resources", resources);
  await tour.each("GET", "/v2/tags", "/v2/tags/blue");
  await tour.ok("DELETE", "/v2/tags/blue");
  const { project } = await tour.ok("POST", "/v2/projects", { name: "p", purpose: "test" });
  for (const id of [project.id, "default"]) {
    await tour.ok("POST", `/v2/projects/${id}/resources`, { resources: [`do:droplet:${droplet}`] });
    await tour.each("GET", `/v2/projects/${id}`, `/v2/projects/${id}/resources`);
    for (const method of ["PUT", "PATCH"])
      await tour.ok(method, `/v2/projects/${id}`, {
        name: `name of ${id}`,
        description: "",
        purpose: "test",
        environment: "Staging",
        is_default: id === "default",
      });
  }
  await tour.each("GET", "/v2/projects");
  await tour.ok("DELETE", `/v2/projects/${project.id}`);
  const { vpc } = await tour.ok("POST", "/v2/vpcs", { name: "own", region: "fra1" });
  await tour.each("GET", "/v2/vpcs", `/v2/vpcs/${vpc.id}`, `/v2/vpcs/${vpc.id}/members`);
  for (const method of ["PUT", "PATCH"])
    await tour.ok(method, `/v2/vpcs/${vpc.id}`, { name: "mine" });
  const { vpc: other } = await tour.ok("POST", "/v2/vpcs", { name: "other", region: "ams3" });
  const { peering } = await tour.ok("POST", `/v2/vpcs/${vpc.id}/peerings`, {
    name: "peers",
    vpc_id: other.id,
  });
  await tour.ok("GET", `/v2/vpcs/${vpc.id}/peerings`);
  await tour.ok("PATCH", `/v2/vpcs/${vpc.id}/peerings/${peering.id}`, { name: "joined" });
  await tour.ok("DELETE", `/v2/vpc_peerings/${peering.id}`);
  await tour.ok("DELETE", `/v2/vpcs/${vpc.id}`);
};

const watching = async (tour: Tour): Promise<void> => {
  const { check } = await tour.ok("POST", "/v2/uptime/checks", {
    name: "c",
    type: "https",
    target: "https://example.test",
    regions: ["eu_west"],
    enabled: true,
  });
  const base = `/v2/uptime/checks/${check.id}`;
  const { alert } = await tour.ok("POST", `${base}/alerts`, {
    name: "a",
    type: "down",
    period: "2m",
    notifications: { email: [], slack: [] },
  });
  await tour.each(
    "GET",
    "/v2/uptime/checks",
    base,
    `${base}/state`,
    `${base}/alerts`,
    `${base}/alerts/${alert.id}`,
  );
  await tour.ok("PUT", base, { name: "d" });
  await tour.ok("PUT", `${base}/alerts/${alert.id}`, { name: "b" });
  await tour.each("DELETE", `${base}/alerts/${alert.id}`, base);
  const policy = {
    type: "v1/insights/droplet/cpu",
    description: "",
    compare: "GreaterThan",
    value: 80,
    window: "5m",
    entities: [],
    tags: [],
    enabled: true,
    alerts: { email: [], slack: [] },
  };
  const { uuid } = (await tour.ok("POST", "/v2/monitoring/alerts", policy)).policy;
  await tour.each("GET", "/v2/monitoring/alerts", `/v2/monitoring/alerts/${uuid}`);
  await tour.ok("PUT", `/v2/monitoring/alerts/${uuid}`, policy);
  await tour.ok("DELETE", `/v2/monitoring/alerts/${uuid}`);
};

const ends = async (tour: Tour, droplet: number): Promise<void> => {
  const base = `/v2/droplets/${droplet}/destroy_with_associated_resources`;
  await tour.ok("DELETE", `${base}/selective`, {});
  await tour.ok("GET", `${base}/status`);
  await tour.ok("POST", `${base}/retry`);
  const next = async (): Promise<number> =>
    (await tour.ok("POST", "/v2/droplets", newDroplet())).droplet.id;
  await tour.ok(
    "DELETE",
    `/v2/droplets/${await next()}/destroy_with_associated_resources/dangerous`,
    undefined,
    { "x-dangerous": "true" },
  );
  await tour.ok("DELETE", `/v2/droplets/${await next()}`);
  await next();
  await tour.ok("DELETE", "/v2/droplets?tag_name=web");
};

/** Not 501 when asked for something that does not exist. */
const emulated = async (): Promise<string[]> => {
  const api = await testApi();
  const found: string[] = [];
  for (const operation of operations)
    if ((await askInVain(api, operation)).status !== 501)
      found.push(`${operation.method} ${operation.template}`);
  return found;
};

withDocument(
  "every operation that is emulated succeeds, with an answer that DigitalOcean's document allows",
  async () => {
    const exec = (): Promise<{ code: number; stdout: string; stderr: string }> =>
      Promise.resolve({ code: 0, stdout: "", stderr: "" });
    const tour = new Tour(
      await testApi({ hypervisor: { ...createRecordsOnlyHypervisor(), exec } }),
    );
    await account(tour);
    const droplet = await droplets(tour);
    await images(tour);
    await addresses(tour, droplet);
    await names(tour);
    await firewalls(tour, droplet);
    await volumes(tour, droplet);
    await order(tour, droplet);
    await watching(tour);
    await ends(tour, droplet);
    const all = await emulated();
    expect(all.length).toBeGreaterThan(140);
    expect(all.filter((operation) => !tour.seen.has(operation))).toEqual([]);
  },
);
