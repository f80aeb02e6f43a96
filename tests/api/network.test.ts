import { expect, test } from "@jest/globals";

import { networkPlan } from "../../local/cloud/api/network-plan";
import { newDroplet, testApi, type TestApi } from "./harness";

const anywhere = { addresses: ["0.0.0.0/0", "::/0"] };
const firewall = (more: Record<string, unknown> = {}): Record<string, unknown> => ({
  name: "fw",
  inbound_rules: [
    { protocol: "icmp", sources: anywhere },
    { protocol: "tcp", ports: "22", sources: anywhere },
  ],
  outbound_rules: [{ protocol: "tcp", ports: "all", destinations: anywhere }],
  droplet_ids: null,
  tags: null,
  ...more,
});
const droplet = async (api: TestApi, more: Record<string, unknown> = {}): Promise<number> => {
  const { id } = (await api.call("POST", "/v2/droplets", newDroplet(more))).body.droplet;
  await api.cloud.jobs.settled();
  return id;
};

test('a firewall by tag covers a droplet from its first moment; "all" and icmp read back as 0', async () => {
  const api = await testApi();
  await api.call("POST", "/v2/tags", { name: "web" });
  const made = await api.call("POST", "/v2/firewalls", firewall({ tags: ["web"] }));
  expect(made).toMatchObject({
    status: 202,
    body: { firewall: { status: "succeeded", pending_changes: [] } },
  });
  expect(made.body.firewall.inbound_rules[0]).toEqual({
    protocol: "icmp",
    ports: "0",
    sources: anywhere,
  });
  expect(made.body.firewall.outbound_rules[0].ports).toBe("0");
  const id = await droplet(api);
  expect(networkPlan(api.cloud.store.state).firewalls).toMatchObject([
    {
      dropletId: id,
      rules: {
        inbound: [
          { protocol: "icmp", ports: "all" },
          { protocol: "tcp", ports: "22" },
        ],
      },
    },
  ]);
  expect((await api.call("GET", `/v2/droplets/${id}/firewalls`)).body.firewalls).toHaveLength(1);
});

test("a droplet without a firewall is open; with one that has no outbound rule it can reach nothing", async () => {
  const api = await testApi();
  const id = await droplet(api);
  expect(networkPlan(api.cloud.store.state).firewalls).toEqual([{ dropletId: id, rules: null }]);
  await api.call("POST", "/v2/firewalls", firewall({ outbound_rules: null, droplet_ids: [id] }));
  expect(networkPlan(api.cloud.store.state).firewalls[0]!.rules!.outbound).toEqual([]);
});

test("sources by tag and by droplet become the addresses of those machines", async () => {
  const api = await testApi();
  const watcher = await droplet(api, { name: "watcher", tags: ["watcher"] });
  const primary = await droplet(api, { name: "primary", tags: ["primary"] });
  await api.call(
    "POST",
    "/v2/firewalls",
    firewall({
      inbound_rules: [{ protocol: "tcp", ports: "22", sources: { tags: ["watcher"] } }],
      tags: ["primary"],
    }),
  );
  const rules = networkPlan(api.cloud.store.state).firewalls.find(
    (one) => one.dropletId === primary,
  )!.rules!;
  const { ipv4, private_ipv4 } = api.cloud.store.state.droplets.find((one) => one.id === watcher)!;
  expect(rules.inbound[0]!.addresses).toEqual(expect.arrayContaining([ipv4, private_ipv4]));
});

test("rules, droplets and tags are added and taken away; a PUT resets what it omits; names and limits hold", async () => {
  const api = await testApi();
  const id = await droplet(api);
  const made = (await api.call("POST", "/v2/firewalls", firewall())).body.firewall;
  const path = `/v2/firewalls/${made.id}`;
  expect((await api.call("POST", `${path}/droplets`, { droplet_ids: [id] })).status).toBe(204);
  expect((await api.call("POST", `${path}/tags`, { tags: ["web"] })).status).toBe(204);
  expect(
    (
      await api.call("POST", `${path}/rules`, {
        inbound_rules: [{ protocol: "tcp", ports: "443", sources: anywhere }],
      })
    ).status,
  ).toBe(204);
  expect(
    (
      await api.call("DELETE", `${path}/rules`, {
        inbound_rules: [{ protocol: "tcp", ports: "22", sources: anywhere }],
      })
    ).status,
  ).toBe(204);
  const { body } = await api.call("GET", path);
  expect(body.firewall).toMatchObject({
    droplet_ids: [id],
    tags: ["web"],
    inbound_rules: [{ protocol: "icmp" }, { ports: "443" }],
  });
  const several = (...addresses: string[]) => ({
    inbound_rules: [{ protocol: "udp", ports: "53", sources: { addresses } }],
  });
  await api.call("POST", `${path}/rules`, several("203.0.113.1", "203.0.113.2"));
  await api.call("DELETE", `${path}/rules`, several("203.0.113.2", "203.0.113.1"));
  expect((await api.call("GET", path)).body.firewall.inbound_rules).toHaveLength(2);
  const put = await api.call("PUT", path, {
    name: "fw",
    inbound_rules: [{ protocol: "udp", ports: "443", sources: anywhere }],
  });
  expect(put.body.firewall).toMatchObject({ droplet_ids: [], tags: [], outbound_rules: [] });
  expect((await api.call("POST", "/v2/firewalls", firewall())).status).toBe(409);
  expect(
    (
      await api.call(
        "POST",
        "/v2/firewalls",
        firewall({
          name: "other",
          inbound_rules: [{ protocol: "tcp", ports: "99999", sources: anywhere }],
        }),
      )
    ).status,
  ).toBe(422);
  expect(
    (await api.call("POST", "/v2/firewalls", firewall({ name: "other", tags: ["unknown"] })))
      .status,
  ).toBe(422);
  expect((await api.call("DELETE", path)).status).toBe(204);
  expect((await api.call("GET", path)).status).toBe(404);
});

test("a reserved IP moves between droplets, only within its region and one to a droplet", async () => {
  const api = await testApi();
  const [a, b, far] = [
    await droplet(api, { name: "a" }),
    await droplet(api, { name: "b" }),
    await droplet(api, { name: "far", region: "ams3" }),
  ];
  const { ip } = (await api.call("POST", "/v2/reserved_ips", { region: "fra1" })).body.reserved_ip;
  await api.cloud.jobs.settled();
  const move = async (body: Record<string, unknown>) => {
    const answer = await api.call("POST", `/v2/reserved_ips/${ip}/actions`, body);
    await api.cloud.jobs.settled();
    return answer;
  };
  const assigned = await move({ type: "assign", droplet_id: a });
  expect(assigned).toMatchObject({
    status: 201,
    body: { action: { type: "assign_ip", resource_type: "reserved_ip" } },
  });
  expect(
    (await api.call("GET", `/v2/reserved_ips/${ip}/actions/${assigned.body.action.id}`)).body.action
      .status,
  ).toBe("completed");
  expect((await move({ type: "assign", droplet_id: b })).status).toBe(201);
  expect(networkPlan(api.cloud.store.state).reservedIps).toEqual([{ ip, dropletId: b }]);
  expect((await move({ type: "assign", droplet_id: far })).status).toBe(422);
  expect((await api.call("POST", "/v2/reserved_ips", { droplet_id: b })).status).toBe(422);
  const { project } = (await api.call("POST", "/v2/projects", { name: "other", purpose: "test" }))
    .body;
  await api.call("POST", `/v2/projects/${project.id}/resources`, {
    resources: [`do:reservedip:${ip}`],
  });
  expect((await api.call("GET", `/v2/reserved_ips/${ip}`)).body.reserved_ip.project_id).toBe(
    project.id,
  );
  expect((await move({ type: "unassign" })).status).toBe(201);
  expect((await move({ type: "unassign" })).status).toBe(422);
  expect((await api.call("GET", `/v2/floating_ips/${ip}`)).body.floating_ip).toMatchObject({
    ip,
    droplet: null,
  });
  expect((await api.call("DELETE", `/v2/reserved_ips/${ip}`)).status).toBe(204);
  expect((await api.call("DELETE", `/v2/reserved_ips/${ip}`)).status).toBe(404);
});

test("an account has three reserved IPs", async () => {
  const api = await testApi();
  for (let at = 0; at < 3; at++)
    expect((await api.call("POST", "/v2/reserved_ips", { region: "fra1" })).status).toBe(202);
  expect((await api.call("POST", "/v2/reserved_ips", { region: "fra1" })).status).toBe(422);
});

test("VPCs: a default one a region, no overlap, sizes /16 to /28, not deleted while in use", async () => {
  const api = await testApi();
  await droplet(api);
  const [standard] = (await api.call("GET", "/v2/vpcs")).body.vpcs;
  expect(standard).toMatchObject({
    name: "default-fra1",
    ip_range: "10.114.0.0/20",
    default: true,
  });
  expect((await api.call("DELETE", `/v2/vpcs/${standard.id}`)).status).toBe(403);
  const wanted = { name: "own", region: "fra1", ip_range: "10.20.0.0/24" };
  const own = await api.call("POST", "/v2/vpcs", wanted);
  expect(own.status).toBe(201);
  for (const ip_range of ["10.20.0.0/25", "10.0.0.0/8", "8.8.8.0/24", "10.30.0.1/24", "x"])
    expect(
      (await api.call("POST", "/v2/vpcs", { ...wanted, name: "other", ip_range })).status,
    ).toBe(422);
  await droplet(api, { vpc_uuid: own.body.vpc.id });
  expect((await api.call("GET", `/v2/vpcs/${own.body.vpc.id}/members`)).body.members).toHaveLength(
    1,
  );
  expect((await api.call("DELETE", `/v2/vpcs/${own.body.vpc.id}`)).status).toBe(403);
  expect(
    (await api.call("PATCH", `/v2/vpcs/${own.body.vpc.id}`, { description: "mine" })).body.vpc
      .description,
  ).toBe("mine");
  expect(
    (await api.call("PATCH", `/v2/vpcs/${own.body.vpc.id}`, { name: "default-fra1" })).status,
  ).toBe(409);
  expect((await api.call("PUT", `/v2/vpcs/${own.body.vpc.id}`, { name: "own" })).status).toBe(200);
});

test("two VPCs are peered once, under a name of their own; the network follows, and neither VPC goes before the peering", async () => {
  const api = await testApi();
  const vpc = async (name: string): Promise<string> =>
    (await api.call("POST", "/v2/vpcs", { name, region: "fra1" })).body.vpc.id;
  const [a, b, c] = [await vpc("a"), await vpc("b"), await vpc("c")];
  const made = await api.call("POST", `/v2/vpcs/${a}/peerings`, { name: "a-b", vpc_id: b });
  expect(made).toMatchObject({
    status: 202,
    body: { peering: { name: "a-b", vpc_ids: [a, b], status: "PROVISIONING" } },
  });
  const path = `/v2/vpc_peerings/${made.body.peering.id}`;
  await api.cloud.jobs.settled();
  expect((await api.call("GET", path)).body.vpc_peering.status).toBe("ACTIVE");
  expect(networkPlan(api.cloud.store.state).peerings).toEqual([[a, b]]);
  const refused = async (wanted: Record<string, unknown>): Promise<number> =>
    (await api.call("POST", "/v2/vpc_peerings", { name: "x", ...wanted })).status;
  expect([
    await refused({ vpc_ids: [b, a] }),
    await refused({ vpc_ids: [a, a] }),
    await refused({ vpc_ids: [a] }),
    await refused({ vpc_ids: [a, "none"] }),
    await refused({ name: "a-b", vpc_ids: [b, c] }),
  ]).toEqual([409, 422, 422, 422, 409]);
  expect(
    (await api.call("PATCH", `/v2/vpcs/${b}/peerings/${made.body.peering.id}`, { name: "b-a" }))
      .body.peering.name,
  ).toBe("b-a");
  expect(
    (await api.call("PATCH", `/v2/vpcs/${c}/peerings/${made.body.peering.id}`, { name: "c" }))
      .status,
  ).toBe(404);
  expect((await api.call("GET", `/v2/vpcs/${b}/peerings`)).body).toMatchObject({
    peerings: [{ name: "b-a" }],
    vpc_peerings: [{ name: "b-a" }],
  });
  expect((await api.call("GET", `/v2/vpcs/${c}/peerings`)).body.peerings).toEqual([]);
  expect((await api.call("DELETE", `/v2/vpcs/${a}`)).status).toBe(403);
  expect(await api.call("DELETE", path)).toMatchObject({
    status: 202,
    body: { vpc_peering: { status: "DELETING" } },
  });
  await api.cloud.jobs.settled();
  expect((await api.call("GET", path)).status).toBe(404);
  expect(networkPlan(api.cloud.store.state).peerings).toEqual([]);
  expect((await api.call("DELETE", `/v2/vpcs/${a}`)).status).toBe(204);
});

test("more droplets than a VPC has addresses for are refused together: none is left half-made", async () => {
  const api = await testApi();
  const { id } = (
    await api.call("POST", "/v2/vpcs", { name: "small", region: "fra1", ip_range: "10.20.0.0/28" })
  ).body.vpc;
  const several = (count: number) =>
    newDroplet({
      name: undefined,
      names: Array.from({ length: count }, (_, at) => `d${at}`),
      vpc_uuid: id,
    });
  expect((await api.call("POST", "/v2/droplets", several(10))).status).toBe(202);
  expect((await api.call("POST", "/v2/droplets", several(4))).status).toBe(422);
  expect(api.cloud.store.state.droplets).toHaveLength(10);
  expect((await api.call("POST", "/v2/droplets", several(3))).status).toBe(202);
});

test("ports of icmp mean nothing, and read back as they were given; what was not given is 0", async () => {
  const api = await testApi();
  const id = await droplet(api);
  const icmp = { protocol: "icmp", ports: "1-65535", sources: anywhere };
  const made = await api.call(
    "POST",
    "/v2/firewalls",
    firewall({ inbound_rules: [icmp], droplet_ids: [id] }),
  );
  const path = `/v2/firewalls/${made.body.firewall.id}`;
  expect((await api.call("GET", path)).body.firewall.inbound_rules).toEqual([icmp]);
  expect(networkPlan(api.cloud.store.state).firewalls[0]!.rules!.inbound[0]!.ports).toBe("all");
  const bare = { protocol: "icmp", sources: anywhere };
  await api.call("PUT", path, firewall({ inbound_rules: [{ ...bare, ports: "" }] }));
  expect((await api.call("GET", path)).body.firewall.inbound_rules).toEqual([
    { ...bare, ports: "0" },
  ]);
});

test("an address that was freed is not handed out again at once, and a lab's owner sets how many there may be", async () => {
  const api = await testApi();
  const reserve = async (): Promise<string> =>
    (await api.call("POST", "/v2/reserved_ips", { region: "fra1" })).body.reserved_ip?.ip;
  const first = await reserve();
  await api.call("DELETE", `/v2/reserved_ips/${first}`);
  expect(await reserve()).not.toBe(first);
  api.cloud.store.set({ limits: { reserved_ip_limit: 50, floating_ip_limit: 50 } });
  const all = [];
  for (let at = 0; at < 49; at++) all.push(await reserve());
  expect(all).toContain(first);
  expect(new Set(all).size).toBe(49);
  expect(await reserve()).toBeUndefined();
  expect((await api.call("GET", "/v2/account")).body.account).toMatchObject({
    reserved_ip_limit: 50,
    floating_ip_limit: 50,
  });
});

test("each region has a default VPC, in which its droplets land; a peering keeps the order of its VPCs", async () => {
  const api = await testApi();
  const { vpcs } = (await api.call("GET", "/v2/vpcs?per_page=200")).body;
  const standard = vpcs.find(({ region }) => region === "nyc3")!;
  expect(standard).toMatchObject({ name: "default-nyc3", default: true });
  const id = await droplet(api, { region: "nyc3" });
  expect((await api.call("GET", `/v2/droplets/${id}`)).body.droplet.vpc_uuid).toBe(standard.id);
  const ids = [vpcs[5]!.id, vpcs[1]!.id];
  const made = await api.call("POST", "/v2/vpc_peerings", { name: "peers", vpc_ids: ids });
  const path = `/v2/vpc_peerings/${made.body.vpc_peering.id}`;
  expect((await api.call("GET", path)).body.vpc_peering.vpc_ids).toEqual(ids);
});
