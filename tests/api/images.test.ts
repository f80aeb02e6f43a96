import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect, test } from "@jest/globals";

import { startDueBackups } from "../../local/cloud/api/droplets/backups";
import { createRecordsOnlyHypervisor } from "../../local/cloud/machines/records-only";
import { newDroplet, testApi, type TestApi, removeRecords } from "./harness";

const act = async (
  api: TestApi,
  path: string,
  action: Record<string, unknown>,
): Promise<number> => {
  const { status } = await api.call("POST", `${path}/actions`, action);
  await api.cloud.jobs.settled();
  return status;
};
const imageOf = async (api: TestApi): Promise<{ droplet: string; id: number; path: string }> => {
  const { id } = (await api.call("POST", "/v2/droplets", newDroplet())).body.droplet;
  await api.cloud.jobs.settled();
  await act(api, `/v2/droplets/${id}`, { type: "snapshot", name: "kept" });
  const image = api.cloud.store.state.snapshots[0]!.id;
  return { droplet: `/v2/droplets/${id}`, id: image, path: `/v2/images/${image}` };
};
const far = (image: number) => newDroplet({ name: "far", region: "ams3", image });

test("an image is in its droplet's region only, until it is transferred", async () => {
  const api = await testApi();
  const { id, path } = await imageOf(api);
  expect((await api.call("POST", "/v2/droplets", far(id))).status).toBe(422);
  expect(await act(api, path, { type: "transfer", region: "ams3" })).toBe(201);
  expect((await api.call("GET", path)).body.image.regions).toEqual(["fra1", "ams3"]);
  expect((await api.call("GET", `/v2/snapshots/${id}`)).body.snapshot.regions).toEqual([
    "fra1",
    "ams3",
  ]);
  expect((await api.call("POST", "/v2/droplets", far(id))).status).toBe(202);
  expect(await act(api, path, { type: "transfer", region: "nowhere" })).toBe(422);
  expect(await act(api, "/v2/images/debian-13-x64", { type: "transfer", region: "ams3" })).toBe(
    403,
  );
});

test("at DigitalOcean's pace the region comes with the action's end, not before; an image that is deleted meanwhile is an error", async () => {
  const api = await testApi({ pace: "real" });
  await api.call("POST", "/v2/droplets", newDroplet());
  await api.clock.advance(60_000);
  await api.cloud.jobs.settled();
  await api.call("POST", `/v2/droplets/${api.cloud.store.state.droplets[0]!.id}/actions`, {
    type: "snapshot",
  });
  await api.clock.advance(60_000);
  await api.cloud.jobs.settled();
  const path = `/v2/images/${api.cloud.store.state.snapshots[0]!.id}`;
  const { action } = (
    await api.call("POST", `${path}/actions`, { type: "transfer", region: "ams3" })
  ).body;
  expect((await api.call("GET", path)).body.image.regions).toEqual(["fra1"]);
  await api.clock.advance(60_000);
  await api.cloud.jobs.settled();
  expect((await api.call("GET", path)).body.image.regions).toEqual(["fra1", "ams3"]);
  expect((await api.call("GET", `${path}/actions/${action.id}`)).body.action.status).toBe(
    "completed",
  );
});

test("a backup becomes a snapshot, and so outlives its droplet; a snapshot needs no converting", async () => {
  const api = await testApi();
  const { id } = (
    await api.call(
      "POST",
      "/v2/droplets",
      newDroplet({ backups: true, backup_policy: { plan: "daily", hour: 12 } }),
    )
  ).body.droplet;
  await api.cloud.jobs.settled();
  startDueBackups(api.cloud);
  await api.cloud.jobs.settled();
  const {
    backups: [backup],
  } = (await api.call("GET", `/v2/droplets/${id}/backups`)).body;
  expect(await act(api, `/v2/images/${backup.id}`, { type: "convert" })).toBe(201);
  expect(await act(api, `/v2/images/${backup.id}`, { type: "convert" })).toBe(422);
  await api.call("DELETE", `/v2/droplets/${id}`);
  await api.cloud.jobs.settled();
  expect((await api.call("GET", `/v2/images/${backup.id}`)).body.image).toMatchObject({
    type: "snapshot",
    status: "available",
  });
});

const custom = {
  name: "own",
  url: "http://images.lab.test/own.qcow2",
  region: "fra1",
  distribution: "Slackware",
};

test("a custom image is NEW, then pending, then available: a droplet with a large enough disk can be made from it", async () => {
  let come = (): void => undefined;
  const importImage = (): Promise<{ bytes: number; diskGiB: number }> =>
    new Promise((resolve) => {
      come = () => resolve({ bytes: 2 ** 30, diskGiB: 20 });
    });
  const api = await testApi({ hypervisor: { ...createRecordsOnlyHypervisor(), importImage } });
  const made = await api.call("POST", "/v2/images", custom);
  expect(made).toMatchObject({
    status: 202,
    body: { image: { status: "NEW", type: "custom", distribution: "Unknown", public: false } },
  });
  const path = `/v2/images/${made.body.image.id}`;
  expect((await api.call("GET", path)).body.image.status).toBe("pending");
  const droplet = (size: string) => newDroplet({ image: made.body.image.id, size });
  expect((await api.call("POST", "/v2/droplets", droplet("s-1vcpu-1gb"))).status).toBe(422);
  come();
  await api.cloud.jobs.settled();
  expect((await api.call("GET", path)).body.image).toMatchObject({
    status: "available",
    min_disk_size: 20,
    size_gigabytes: 1,
    regions: ["fra1"],
  });
  expect([
    (await api.call("POST", "/v2/droplets", droplet("s-1vcpu-512mb-10gb"))).status,
    (await api.call("POST", "/v2/droplets", droplet("s-1vcpu-1gb"))).status,
  ]).toEqual([422, 202]);
  expect((await api.call("GET", "/v2/images?private=true")).body.images).toHaveLength(1);
  expect((await api.call("GET", "/v2/snapshots")).body.snapshots).toEqual([]);
  expect((await api.call("PUT", path, { distribution: "Debian" })).body.image.distribution).toBe(
    "Debian",
  );
});

test("an image that can't be had says why; one that is deleted while it comes is kept nowhere", async () => {
  const deleted: string[] = [];
  let fail = (_: Error): void => undefined,
    come = (): void => undefined;
  const importImage = (): Promise<{ bytes: number; diskGiB: number }> =>
    new Promise((resolve, reject) => {
      fail = reject;
      come = () => resolve({ bytes: 1, diskGiB: 1 });
    });
  const api = await testApi({
    hypervisor: {
      ...createRecordsOnlyHypervisor(),
      importImage,
      deleteSnapshot: (key) => {
        deleted.push(key);
        return Promise.resolve();
      },
    },
  });
  const begin = async (): Promise<number> =>
    (await api.call("POST", "/v2/images", custom)).body.image.id;
  const first = await begin();
  await api.call("GET", "/v2/images");
  fail(new Error("http://images.lab.test/own.qcow2 could not be fetched: 404"));
  await api.cloud.jobs.settled();
  expect((await api.call("GET", `/v2/images/${first}`)).body.image).toMatchObject({
    status: "deleted",
    error_message: expect.stringContaining("404"),
  });
  expect(
    (await api.call("POST", `/v2/images/${first}/actions`, { type: "transfer", region: "ams3" }))
      .status,
  ).toBe(422);
  const second = await begin();
  await api.call("DELETE", `/v2/images/${second}`);
  come();
  await api.cloud.jobs.settled();
  expect(deleted).toEqual([`snapshot-${second}`, `snapshot-${second}`]);
});

test.each([
  { url: "file:///etc/passwd" },
  { url: "own.qcow2" },
  { region: "nowhere" },
  { region: undefined },
  { name: "" },
])("a custom image is refused: %j", async (wrong) => {
  expect((await (await testApi()).call("POST", "/v2/images", { ...custom, ...wrong })).status).toBe(
    422,
  );
});

test("a transfer that the daemon's death has cut short goes on with the next one", async () => {
  const folder = await mkdtemp(join(tmpdir(), "images-"));
  const file = join(folder, "records.json");
  const before = await testApi({ file, pace: "host" });
  const { id, path } = await imageOf(before);
  const { action } = (
    await before.call("POST", `${path}/actions`, { type: "transfer", region: "ams3" })
  ).body;
  await before.cloud.jobs.settled();
  Object.assign(
    before.cloud.store.state.actions.find((one) => one.id === action.id)!,
    { status: "in-progress" },
  );
  before.cloud.store.snapshots.update(before.cloud.store.state.snapshots[0]!, {
    regions: ["fra1"],
  });
  await before.cloud.store.save();
  const after = await testApi({ file });
  await after.resume();
  await after.cloud.jobs.settled();
  expect((await after.call("GET", `/v2/actions/${action.id}`)).body.action.status).toBe(
    "completed",
  );
  expect(after.cloud.store.state.snapshots.find((one) => one.id === id)!.regions).toEqual([
    "fra1",
    "ams3",
  ]);
  await removeRecords(folder);
});

test("a custom image of an unknown system reads back by the name it was given, and goes to several regions", async () => {
  const api = await testApi();
  const made = await api.call("POST", "/v2/images", { ...custom, distribution: "Unknown OS" });
  await api.cloud.jobs.settled();
  const path = `/v2/images/${made.body.image.id}`;
  for (const region of ["nyc3", "ams3"])
    expect((await api.call("POST", `${path}/actions`, { type: "transfer", region })).status).toBe(
      201,
    );
  await api.cloud.jobs.settled();
  expect((await api.call("GET", path)).body.image).toMatchObject({
    distribution: "Unknown OS",
    type: "custom",
    regions: ["fra1", "nyc3", "ams3"],
  });
  const wanted = newDroplet({ image: made.body.image.id, region: "ams3" });
  expect((await api.call("POST", "/v2/droplets", wanted)).status).toBe(202);
});
