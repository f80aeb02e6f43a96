import { expect, test } from "@jest/globals";

import type { Hypervisor } from "../../local/cloud/machines/hypervisor";
import { createRecordsOnlyHypervisor } from "../../local/cloud/machines/records-only";
import type { MachineSpec } from "../../local/cloud/machines/spec";
import { metadataOf } from "../../local/cloud/metadata/tree";
import { newDroplet, PUBLIC_KEY, testApi, type Answer, type TestApi } from "./harness";

const created = async (api: TestApi, more: Record<string, unknown> = {}): Promise<number> => {
  const { status, body } = await api.call("POST", "/v2/droplets", newDroplet(more));
  expect(status).toBe(202);
  await api.cloud.jobs.settled();
  return body.droplet.id;
};
const act = async (
  api: TestApi,
  id: number,
  action: Record<string, unknown>,
): Promise<Answer & { readonly after: Answer["body"]["action"] | undefined }> => {
  const answer = await api.call("POST", `/v2/droplets/${id}/actions`, action);
  await api.cloud.jobs.settled();
  return {
    ...answer,
    after:
      answer.status === 201
        ? (await api.call("GET", `/v2/actions/${answer.body.action.id}`)).body.action
        : undefined,
  };
};

test("a droplet is new and locked without addresses, then active with a public, a private and an IPv6 address", async () => {
  const api = await testApi();
  const { status, body } = await api.call("POST", "/v2/droplets", newDroplet());
  expect(status).toBe(202);
  expect(body.droplet).toMatchObject({
    status: "new",
    locked: true,
    networks: { v4: [], v6: [] },
    size: { slug: "s-1vcpu-1gb", price_monthly: 6 },
  });
  expect(body.links.actions).toHaveLength(1);
  await api.cloud.jobs.settled();
  const { droplet } = (await api.call("GET", `/v2/droplets/${body.droplet.id}`)).body;
  expect(droplet).toMatchObject({
    status: "active",
    locked: false,
    features: ["droplet_agent", "monitoring", "ipv6", "private_networking"],
  });
  expect(droplet.networks.v4.map((one) => one.type)).toEqual(["private", "public"]);
  expect(droplet.networks.v6).toHaveLength(1);
  const action = (await api.call("GET", `/v2/actions/${body.links.actions[0].id}`)).body.action;
  expect(action).toMatchObject({ status: "completed", type: "create", resource_id: droplet.id });
});

test("keys are taken by number and by fingerprint; an unknown one is refused by name and leaves nothing behind", async () => {
  const api = await testApi();
  const key = (
    await api.call("POST", "/v2/account/keys", { name: "probe", public_key: PUBLIC_KEY })
  ).body.ssh_key;
  expect(key.fingerprint).toBe("9c:b9:54:8d:df:dc:f5:88:31:27:c8:b3:87:66:f9:a4");
  await created(api, { ssh_keys: [key.id, key.fingerprint] });
  expect(api.cloud.store.state.droplets[0]!.ssh_keys).toEqual([key.id]);
  const refused = await api.call("POST", "/v2/droplets", newDroplet({ ssh_keys: ["aa:bb"] }));
  expect(refused).toMatchObject({
    status: 422,
    body: { id: "unprocessable_entity", message: expect.stringContaining("aa:bb") },
  });
  expect(api.cloud.store.state.droplets).toHaveLength(1);
});

test.each([
  ["region", { region: "moon1" }, "region"],
  ["size", { size: "s-99" }, "size"],
  ["image", { image: "windows" }, "image"],
  ["name", { name: "no spaces" }, "hostname"],
  ["user_data", { user_data: "x".repeat(65_537) }, "64 KiB"],
  ["tags", { tags: ["a b"] }, "Name must be"],
  ["vpc", { vpc_uuid: "none" }, "VPC"],
])("a wrong %s is refused with 422", async (_, wrong, text) => {
  const api = await testApi();
  const { status, body } = await api.call("POST", "/v2/droplets", newDroplet(wrong));
  expect(status).toBe(422);
  expect(body.message).toContain(text);
  expect(api.cloud.store.state.droplets).toHaveLength(0);
});

test("several names make several droplets, with addresses of their own", async () => {
  const api = await testApi();
  const { body } = await api.call(
    "POST",
    "/v2/droplets",
    newDroplet({ name: undefined, names: ["a", "b", "c"] }),
  );
  expect(body.droplets).toHaveLength(3);
  await api.cloud.jobs.settled();
  expect(
    new Set(api.cloud.store.state.droplets.flatMap((one) => [one.ipv4, one.private_ipv4, one.mac]))
      .size,
  ).toBe(9);
});

test("off, resize, on: as the provider does it", async () => {
  const api = await testApi();
  const id = await created(api);
  expect((await act(api, id, { type: "resize", size: "s-1vcpu-2gb", disk: false })).status).toBe(
    422,
  );
  expect((await act(api, id, { type: "power_off" })).after?.status).toBe("completed");
  expect((await act(api, id, { type: "power_off" })).body.message).toMatch(
    /^Droplet is already powered off/,
  );
  expect(
    (await act(api, id, { type: "resize", size: "s-1vcpu-2gb", disk: false })).after?.status,
  ).toBe("completed");
  expect((await act(api, id, { type: "power_on" })).after?.status).toBe("completed");
  const { droplet } = (await api.call("GET", `/v2/droplets/${id}`)).body;
  expect(droplet).toMatchObject({
    memory: 2048,
    disk: 25,
    size_slug: "s-1vcpu-2gb",
    status: "active",
  });
});

test("one action at a time: a locked droplet answers 422 with the text that the provider looks for", async () => {
  const api = await testApi({ pace: "real" });
  const { body } = await api.call("POST", "/v2/droplets", newDroplet());
  const second = await api.call("POST", `/v2/droplets/${body.droplet.id}/actions`, {
    type: "reboot",
  });
  expect(second).toMatchObject({
    status: 422,
    body: { message: "Droplet already has a pending event." },
  });
});

test("at the real pace a droplet takes DigitalOcean's time", async () => {
  const api = await testApi({ pace: "real" });
  const { id } = (await api.call("POST", "/v2/droplets", newDroplet())).body.droplet;
  await api.clock.advance(20_000);
  expect((await api.call("GET", `/v2/droplets/${id}`)).body.droplet).toMatchObject({
    locked: true,
    status: "new",
    networks: { v4: [], v6: [] },
  });
  await api.clock.advance(10_000);
  await api.cloud.jobs.settled();
  expect((await api.call("GET", `/v2/droplets/${id}`)).body.droplet).toMatchObject({
    locked: false,
    status: "active",
  });
});

test("a machine that can't be made gives an errored action and a droplet that is off, not one that clients wait for", async () => {
  const hypervisor: Hypervisor = {
    ...createRecordsOnlyHypervisor(),
    create: () => Promise.reject(new Error("no room on the disk")),
  };
  const api = await testApi({ hypervisor });
  const id = await created(api);
  expect((await api.call("GET", `/v2/droplets/${id}`)).body.droplet).toMatchObject({
    status: "off",
    locked: false,
  });
  expect((await api.call("GET", "/v2/actions")).body.actions[0]).toMatchObject({
    status: "errored",
  });
  expect(api.log.join()).toContain("no room on the disk");
});

test("deleted is gone at once, a second time is 404, and its reserved IP is free", async () => {
  const api = await testApi();
  const id = await created(api);
  const { ip } = (await api.call("POST", "/v2/reserved_ips", { droplet_id: id })).body.reserved_ip;
  expect((await api.call("DELETE", `/v2/droplets/${id}`)).status).toBe(204);
  expect((await api.call("DELETE", `/v2/droplets/${id}`)).status).toBe(404);
  expect((await api.call("GET", `/v2/reserved_ips/${ip}`)).body.reserved_ip.droplet).toBeNull();
});

test("a snapshot becomes an image that a droplet can be made from and rebuilt with", async () => {
  const api = await testApi();
  const id = await created(api);
  await act(api, id, { type: "snapshot", name: "before" });
  const { snapshots } = (await api.call("GET", "/v2/snapshots?resource_type=droplet")).body;
  expect(snapshots).toMatchObject([{ name: "before", resource_id: String(id), min_disk_size: 25 }]);
  const image = Number(snapshots[0].id);
  expect((await api.call("GET", `/v2/droplets/${id}/snapshots`)).body.snapshots[0].id).toBe(image);
  const copy = await created(api, { name: "copy", image });
  expect((await api.call("GET", `/v2/droplets/${copy}`)).body.droplet.image.id).toBe(image);
  expect((await act(api, id, { type: "rebuild", image })).after?.status).toBe("completed");
  expect((await act(api, copy, { type: "restore", image })).status).toBe(422);
  expect((await api.call("DELETE", `/v2/snapshots/${image}`)).status).toBe(204);
  expect((await api.call("GET", `/v2/droplets/${copy}`)).body.droplet.image.status).toBe("deleted");
});

test("what is not emulated is refused by name", async () => {
  const api = await testApi();
  const { status, body } = await api.call("GET", "/v2/kubernetes/clusters");
  expect(status).toBe(501);
  expect(body.message).toContain("GET /v2/kubernetes/clusters");
});

test("a new root password is set in the machine, to be changed at the first login, and mailed to the account's address; never in a command line", async () => {
  const done: { argv: readonly string[]; input: string | undefined }[] = [];
  const hypervisor: Hypervisor = {
    ...createRecordsOnlyHypervisor(),
    exec: (_, argv, input) => {
      done.push({ argv, input });
      return Promise.resolve({ code: 0, stdout: "", stderr: "" });
    },
  };
  const api = await testApi({ hypervisor });
  const id = await created(api);
  expect((await act(api, id, { type: "password_reset" })).after?.status).toBe("completed");
  const password = /^root:(\w{20})\n$/.exec(done[0]!.input!)![1]!;
  expect(done[0]!.argv.join(" ")).toContain("chpasswd && chage --lastday 0 root");
  expect(done[0]!.argv.join(" ")).not.toContain(password);
  const { account } = (await api.call("GET", "/v2/account")).body;
  expect(api.letters).toMatchObject([
    {
      to: [account.email],
      subject: "New root password: web",
      text: expect.stringContaining(password),
    },
  ]);
  await act(api, id, { type: "power_off" });
  expect((await act(api, id, { type: "password_reset" })).body.message).toContain("powered on");
});

test("a machine that does not take the password gives an errored action and no mail", async () => {
  const api = await testApi({
    hypervisor: {
      ...createRecordsOnlyHypervisor(),
      exec: () => Promise.resolve({ code: 1, stdout: "", stderr: "no space left" }),
    },
  });
  const id = await created(api);
  expect((await act(api, id, { type: "password_reset" })).after?.status).toBe("errored");
  expect(api.letters).toEqual([]);
  expect(api.log.join()).toContain("no space left");
});

test("without public networking a droplet has its private address and no other, and can't be given one", async () => {
  const specs: MachineSpec[] = [];
  const api = await testApi({
    hypervisor: {
      ...createRecordsOnlyHypervisor(),
      create: (spec) => {
        specs.push(spec);
        return Promise.resolve();
      },
    },
  });
  const id = await created(api, { public_networking: false, ipv6: false });
  const { droplet } = (await api.call("GET", `/v2/droplets/${id}`)).body;
  expect(droplet.networks).toMatchObject({ v4: [{ type: "private" }], v6: [] });
  expect(specs[0]!.networks).toMatchObject({
    privateOnly: true,
    privateIpv4: droplet.networks.v4[0].ip_address,
  });
  expect((await act(api, id, { type: "enable_ipv6" })).body.message).toContain(
    "no public networking",
  );
  expect((await api.call("POST", "/v2/reserved_ips", { droplet_id: id })).body.message).toContain(
    "no public networking",
  );
  expect(
    (await api.call("POST", "/v2/droplets", newDroplet({ public_networking: false }))).body.message,
  ).toContain("ipv6");
  expect(metadataOf(api.cloud.store.state, api.cloud.store.state.droplets[0]!).interfaces).toEqual({
    private: [expect.anything()],
  });
});

test("kernels are the image's own: none to choose from, none to change to", async () => {
  const api = await testApi();
  const id = await created(api);
  expect((await api.call("GET", `/v2/droplets/${id}/kernels`)).body.kernels).toEqual([]);
  expect(await act(api, id, { type: "change_kernel", kernel: 7515 })).toMatchObject({
    status: 422,
    body: { message: expect.stringContaining("managed internally") },
  });
  expect((await act(api, id, { type: "change_kernel" })).body.message).toContain("kernel");
});

test("a droplet goes with what belongs to it: all of it, or what was chosen", async () => {
  const api = await testApi();
  const id = await created(api);
  const { ip } = (await api.call("POST", "/v2/reserved_ips", { droplet_id: id })).body.reserved_ip;
  await act(api, id, { type: "snapshot", name: "keep" });
  const base = `/v2/droplets/${id}/destroy_with_associated_resources`;
  expect((await api.call("GET", base)).body).toMatchObject({
    reserved_ips: [{ id: ip }],
    snapshots: [{ name: "keep" }],
    volumes: [],
  });
  expect(
    (await api.call("DELETE", `${base}/selective`, { reserved_ips: ["203.0.113.249"] })).status,
  ).toBe(422);
  expect((await api.call("DELETE", `${base}/dangerous`)).status).toBe(400);
  expect((await api.call("DELETE", `${base}/selective`, { reserved_ips: [ip] })).status).toBe(202);
  expect((await api.call("GET", `${base}/status`)).body).toMatchObject({
    failures: 0,
    resources: { reserved_ips: [{ id: ip }], snapshots: [] },
  });
  expect((await api.call("GET", "/v2/reserved_ips")).body.reserved_ips).toEqual([]);
  expect((await api.call("GET", "/v2/snapshots")).body.snapshots).toHaveLength(1);
});

test("an action on a tag's droplets is begun on all of them or on none", async () => {
  const api = await testApi();
  const [first, second] = [await created(api), await created(api)];
  await act(api, second, { type: "power_off" });
  expect(
    (await api.call("POST", "/v2/droplets/actions?tag_name=web", { type: "power_off" })).status,
  ).toBe(422);
  expect(
    api.cloud.store.state.actions
      .filter((one) => one.type === "power_off")
      .map((one) => one.resource_id),
  ).toEqual([second]);
  expect((await api.call("GET", `/v2/droplets/${first}`)).body.droplet).toMatchObject({
    status: "active",
    locked: false,
  });
});
