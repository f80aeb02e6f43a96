import { expect, test } from "@jest/globals";

import { networkPlan } from "../../local/cloud/api/network-plan";
import { createRecordsOnlyHypervisor } from "../../local/cloud/machines/records-only";
import { metadataOf } from "../../local/cloud/metadata/tree";
import { newDroplet, testApi, type TestApi } from "./harness";

const droplet = async (api: TestApi, more: Record<string, unknown> = {}): Promise<number> => {
  const { id } = (await api.call("POST", "/v2/droplets", newDroplet(more))).body.droplet;
  await api.cloud.jobs.settled();
  return id;
};

test("a reserved IPv6 address is routed to its droplet, moved, taken away and given back, as clients see it and as the network is told", async () => {
  const api = await testApi();
  const [a, b] = [await droplet(api, { name: "a" }), await droplet(api, { name: "b" })];
  const made = await api.call("POST", "/v2/reserved_ipv6", { region_slug: "fra1" });
  expect(made).toMatchObject({
    status: 201,
    body: { reserved_ipv6: { region_slug: "fra1", reserved_at: "2026-11-21T12:00:00Z" } },
  });
  const { ip } = made.body.reserved_ipv6;
  const path = `/v2/reserved_ipv6/${ip}`;
  const move = async (body: Record<string, unknown>) => {
    const answer = await api.call("POST", `${path}/actions`, body);
    await api.cloud.jobs.settled();
    return answer;
  };
  const assigned = await move({ type: "assign", droplet_id: a });
  expect(assigned).toMatchObject({
    status: 201,
    body: { action: { type: "assign_ip", resource_type: "reserved_ipv6", resource_id: a } },
  });
  expect((await api.call("GET", `/v2/actions/${assigned.body.action.id}`)).body.action.status).toBe(
    "completed",
  );
  expect(networkPlan(api.cloud.store.state).reservedIpv6).toEqual([{ ip, dropletId: a }]);
  expect(metadataOf(api.cloud.store.state, api.cloud.store.state.droplets[0]!)).toMatchObject({
    reserved_ip: { ipv6: { active: true, ip_address: ip } },
  });
  expect((await move({ type: "assign", droplet_id: b })).status).toBe(201);
  expect((await api.call("GET", path)).body.reserved_ipv6.droplet.id).toBe(b);
  expect(
    (await api.call("GET", "/v2/reserved_ipv6/2001:0db8:0000:0002:0:0:0:1")).body.reserved_ipv6.ip,
  ).toBe(ip);
  expect((await move({ type: "unassign" })).status).toBe(201);
  expect((await move({ type: "unassign" })).status).toBe(422);
  expect((await api.call("GET", "/v2/reserved_ipv6")).body.reserved_ipv6s).toMatchObject([
    { ip, droplet: null },
  ]);
  expect((await api.call("DELETE", path)).status).toBe(204);
  expect((await api.call("DELETE", path)).status).toBe(404);
});

test("only a droplet of the same region that has IPv6 of its own can hold one, and only one; it is free again when the droplet goes", async () => {
  const api = await testApi();
  const [plain, far, good] = [
    await droplet(api, { name: "plain", ipv6: false }),
    await droplet(api, { name: "far", region: "ams3" }),
    await droplet(api, { name: "good" }),
  ];
  const [first, second] = [
    (await api.call("POST", "/v2/reserved_ipv6", { region_slug: "fra1" })).body.reserved_ipv6.ip,
    (await api.call("POST", "/v2/reserved_ipv6", { region_slug: "fra1" })).body.reserved_ipv6.ip,
  ];
  const assign = async (ip: string, id: number) =>
    (await api.call("POST", `/v2/reserved_ipv6/${ip}/actions`, { type: "assign", droplet_id: id }))
      .status;
  expect(await assign(first, plain)).toBe(422);
  expect(await assign(first, far)).toBe(422);
  expect(await assign(first, good)).toBe(201);
  await api.cloud.jobs.settled();
  expect(await assign(second, good)).toBe(422);
  await api.call("DELETE", `/v2/droplets/${good}`);
  expect(
    (await api.call("GET", `/v2/reserved_ipv6/${first}`)).body.reserved_ipv6.droplet,
  ).toBeNull();
  expect((await api.call("POST", "/v2/reserved_ipv6", { region_slug: "moon1" })).status).toBe(422);
  await api.call("POST", "/v2/reserved_ipv6", { region_slug: "fra1" });
  expect((await api.call("POST", "/v2/reserved_ipv6", { region_slug: "fra1" })).status).toBe(422);
});

test("IPv6 switched on later: the droplet's own number, told to the network, never another droplet's", async () => {
  const told: [number, string][] = [];
  const api = await testApi({
    hypervisor: {
      ...createRecordsOnlyHypervisor(),
      enableIpv6: (id, address) => {
        told.push([id, address]);
        return Promise.resolve();
      },
    },
  });
  const old = await droplet(api, { name: "old", ipv6: false });
  expect((await api.call("GET", `/v2/droplets/${old}`)).body.droplet.networks.v6).toEqual([]);
  expect(
    (await api.call("POST", `/v2/droplets/${old}/actions`, { type: "enable_ipv6" })).status,
  ).toBe(201);
  await api.cloud.jobs.settled();
  await droplet(api, { name: "new" });
  const [first, second] = api.cloud.store.state.droplets;
  expect(told).toEqual([[old, first!.ipv6]]);
  expect(first!.ipv6).not.toBe(second!.ipv6);
  expect((await api.call("GET", `/v2/droplets/${old}`)).body.droplet).toMatchObject({
    features: expect.arrayContaining(["ipv6"]),
    networks: { v6: [{ ip_address: first!.ipv6, type: "public" }] },
  });
  expect(
    (await api.call("POST", `/v2/droplets/${old}/actions`, { type: "enable_ipv6" })).status,
  ).toBe(422);
});
