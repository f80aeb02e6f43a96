import { expect, test } from "@jest/globals";

import { createRecordsOnlyHypervisor } from "../../local/cloud/machines/records-only";
import { newDroplet, testApi, type TestApi } from "./harness";

const prepared = async (): Promise<{ api: TestApi; droplet: number; volume: string }> => {
  const api = await testApi();
  const droplet = (await api.call("POST", "/v2/droplets", newDroplet())).body.droplet.id;
  const volume = (
    await api.call("POST", "/v2/volumes", {
      name: "data",
      region: "fra1",
      size_gigabytes: 10,
      filesystem_type: "ext4",
      filesystem_label: "data",
      description: "",
      tags: ["db"],
    })
  ).body.volume.id;
  await api.cloud.jobs.settled();
  return { api, droplet, volume };
};
const act = async (api: TestApi, volume: string, action: Record<string, unknown>) => {
  const answer = await api.call("POST", `/v2/volumes/${volume}/actions`, action);
  await api.cloud.jobs.settled();
  return answer;
};

test("attached, detached, grown, and not deleted while attached", async () => {
  const { api, droplet, volume } = await prepared();
  const attached = await act(api, volume, { type: "attach", droplet_id: droplet });
  expect(attached).toMatchObject({
    status: 202,
    body: { action: { type: "attach_volume", resource_type: "volume" } },
  });
  expect(
    (await api.call("GET", `/v2/volumes/${volume}/actions/${attached.body.action.id}`)).body.action
      .status,
  ).toBe("completed");
  expect((await api.call("GET", `/v2/droplets/${droplet}`)).body.droplet.volume_ids).toEqual([
    volume,
  ]);
  expect((await act(api, volume, { type: "attach", droplet_id: droplet })).status).toBe(422);
  expect((await api.call("DELETE", `/v2/volumes/${volume}`)).status).toBe(409);
  expect((await act(api, volume, { type: "resize", size_gigabytes: 5 })).status).toBe(422);
  expect((await act(api, volume, { type: "resize", size_gigabytes: 20 })).status).toBe(202);
  expect((await api.call("GET", `/v2/volumes?name=data&region=fra1`)).body.volumes).toMatchObject([
    { size_gigabytes: 20, droplet_ids: [droplet] },
  ]);
  expect((await act(api, volume, { type: "detach", droplet_id: droplet })).status).toBe(202);
  expect((await api.call("DELETE", `/v2/volumes?name=data&region=fra1`)).status).toBe(204);
  expect((await api.call("GET", `/v2/volumes/${volume}`)).status).toBe(404);
});

test("only within a region, only with names and sizes that DigitalOcean takes", async () => {
  const { api, volume } = await prepared();
  const far = (await api.call("POST", "/v2/droplets", newDroplet({ region: "ams3" }))).body.droplet
    .id;
  expect((await act(api, volume, { type: "attach", droplet_id: far })).status).toBe(422);
  const wanted = { name: "data", region: "fra1", size_gigabytes: 1 };
  expect((await api.call("POST", "/v2/volumes", wanted)).status).toBe(409);
  for (const wrong of [
    { name: "Upper" },
    { size_gigabytes: 0 },
    { size_gigabytes: 16_385 },
    { region: "moon1" },
  ])
    expect(
      (await api.call("POST", "/v2/volumes", { ...wanted, name: "other", ...wrong })).status,
    ).toBe(422);
});

test("a volume's snapshot makes another volume, and is listed with the droplets'", async () => {
  const { api, volume } = await prepared();
  const { snapshot } = (
    await api.call("POST", `/v2/volumes/${volume}/snapshots`, { name: "before" })
  ).body;
  expect((await api.call("GET", `/v2/volumes/${volume}/snapshots`)).body.snapshots).toHaveLength(1);
  expect(
    (await api.call("GET", "/v2/snapshots?resource_type=volume")).body.snapshots[0],
  ).toMatchObject({ id: snapshot.id, resource_type: "volume" });
  expect(
    (
      await api.call("POST", "/v2/volumes", {
        name: "copy",
        region: "fra1",
        size_gigabytes: 9,
        snapshot_id: snapshot.id,
      })
    ).status,
  ).toBe(422);
  expect(
    (
      await api.call("POST", "/v2/volumes", {
        name: "copy",
        region: "fra1",
        size_gigabytes: 10,
        snapshot_id: snapshot.id,
      })
    ).status,
  ).toBe(201);
  expect((await api.call("DELETE", `/v2/volumes/snapshots/${snapshot.id}`)).status).toBe(204);
});

test("a snapshot is a copy of what the volume holds, and a volume made from it begins with that, in its own size", async () => {
  const done: string[] = [];
  const say = (text: string): Promise<void> => Promise.resolve(void done.push(text));
  const api = await testApi({
    hypervisor: {
      ...createRecordsOnlyHypervisor(),
      copyVolume: async (from, to) => {
        await say(`${from} to ${to}`);
        return 3 * 2 ** 28;
      },
      resizeVolume: (id, size) => say(`${id} is ${size}`),
      deleteVolume: (id) => say(`${id} gone`),
    },
  });
  const { id } = (
    await api.call("POST", "/v2/volumes", { name: "data", region: "fra1", size_gigabytes: 1 })
  ).body.volume;
  const { snapshot } = (await api.call("POST", `/v2/volumes/${id}/snapshots`, { name: "before" }))
    .body;
  expect(snapshot.size_gigabytes).toBe(0.75);
  const copy = (
    await api.call("POST", "/v2/volumes", {
      name: "copy",
      region: "fra1",
      size_gigabytes: 2,
      snapshot_id: snapshot.id,
    })
  ).body.volume.id;
  expect((await api.call("DELETE", `/v2/snapshots/${snapshot.id}`)).status).toBe(204);
  expect(done).toEqual([
    `${id} to snapshot-${snapshot.id}`,
    `snapshot-${snapshot.id} to ${copy}`,
    `${copy} is 2`,
    `snapshot-${snapshot.id} gone`,
  ]);
});

test("a hypervisor without block storage is not pretended to have it", async () => {
  const api = await testApi({
    hypervisor: { ...createRecordsOnlyHypervisor(), attachVolume: undefined },
  });
  const droplet = (await api.call("POST", "/v2/droplets", newDroplet())).body.droplet.id;
  const { id } = (
    await api.call("POST", "/v2/volumes", { name: "data", region: "fra1", size_gigabytes: 1 })
  ).body.volume;
  expect(
    (await api.call("POST", `/v2/volumes/${id}/actions`, { type: "attach", droplet_id: droplet }))
      .status,
  ).toBe(501);
  expect((await api.call("POST", "/v2/droplets", newDroplet({ volumes: [id] }))).status).toBe(501);
});

test("while a volume is being attached nobody else gets it; a droplet that is deleted meanwhile leaves it free", async () => {
  let attached = (): void => undefined;
  const attachVolume = (): Promise<void> =>
    new Promise((resolve) => {
      attached = resolve;
    });
  const api = await testApi({ hypervisor: { ...createRecordsOnlyHypervisor(), attachVolume } });
  const droplet = (await api.call("POST", "/v2/droplets", newDroplet())).body.droplet.id;
  await api.cloud.jobs.settled();
  const { id } = (
    await api.call("POST", "/v2/volumes", { name: "data", region: "fra1", size_gigabytes: 1 })
  ).body.volume;
  await api.call("POST", `/v2/volumes/${id}/actions`, { type: "attach", droplet_id: droplet });
  expect(
    (await api.call("POST", "/v2/droplets", newDroplet({ volumes: [id] }))).body.message,
  ).toContain("pending event");
  expect((await api.call("DELETE", `/v2/volumes/${id}`)).status).toBe(422);
  await api.call("DELETE", `/v2/droplets/${droplet}`);
  attached();
  await api.cloud.jobs.settled();
  expect((await api.call("GET", `/v2/volumes/${id}`)).body.volume.droplet_ids).toEqual([]);
  expect((await api.call("DELETE", `/v2/volumes/${id}`)).status).toBe(204);
});

test("a droplet that goes with its volumes is gone before they are: it has them open", async () => {
  const order: string[] = [];
  const note = (what: string) => (): Promise<void> => {
    order.push(what);
    return Promise.resolve();
  };
  const api = await testApi({
    hypervisor: {
      ...createRecordsOnlyHypervisor(),
      destroy: note("droplet"),
      deleteVolume: note("volume"),
    },
  });
  const { id } = (
    await api.call("POST", "/v2/volumes", { name: "data", region: "fra1", size_gigabytes: 1 })
  ).body.volume;
  const droplet = (await api.call("POST", "/v2/droplets", newDroplet({ volumes: [id] }))).body
    .droplet.id;
  await api.cloud.jobs.settled();
  expect(
    (
      await api.call(
        "DELETE",
        `/v2/droplets/${droplet}/destroy_with_associated_resources/dangerous`,
        undefined,
        { headers: { "x-dangerous": "true" } },
      )
    ).status,
  ).toBe(202);
  expect(order).toEqual(["droplet", "volume"]);
});

test("a droplet takes volumes by id, as objects, and by name within its region", async () => {
  const api = await testApi();
  const volume = async (name: string, region = "fra1"): Promise<string> =>
    (await api.call("POST", "/v2/volumes", { name, region, size_gigabytes: 1 })).body.volume.id;
  const [one, two, three, far] = [
    await volume("one"),
    await volume("two"),
    await volume("three"),
    await volume("far", "nyc3"),
  ];
  await volume("three", "nyc3");
  const wanted = [one, { id: two }, { name: "three" }, { id: one, name: "" }];
  const made = await api.call("POST", "/v2/droplets", newDroplet({ volumes: wanted }));
  expect(made.status).toBe(202);
  await api.cloud.jobs.settled();
  const path = `/v2/droplets/${made.body.droplet.id}`;
  expect((await api.call("GET", path)).body.droplet.volume_ids).toEqual([one, two, three]);
  for (const asked of [{ id: far }, { name: "far" }, { name: "none" }, {}, { name: "one" }, 7])
    expect((await api.call("POST", "/v2/droplets", newDroplet({ volumes: [asked] }))).status).toBe(
      422,
    );
});

test("an image that this cloud can't boot is refused with the name of the one that boots", async () => {
  const api = await testApi();
  for (const image of ["ubuntu-24-04-x64", "debian-12-x64", "fedora-42-x64"]) {
    const { status, body } = await api.call("POST", "/v2/droplets", newDroplet({ image }));
    expect(status).toBe(422);
    expect(body.message).toContain(`boots debian-13-x64 alone, not ${image}`);
  }
});
