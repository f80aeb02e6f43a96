import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, expect, test } from "@jest/globals";

import type { Hypervisor } from "../../local/cloud/machines/hypervisor";
import { createRecordsOnlyHypervisor } from "../../local/cloud/machines/records-only";
import type { CloudState } from "../../local/cloud/records";
import { newDroplet, testApi, removeRecords } from "./harness";

let folder: string, file: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "broken-off-"));
  file = join(folder, "records.json");
});
afterEach(() => removeRecords(folder));

/** The records as a daemon has left them that was killed at the worst moment. */
const leave = async (change: (state: CloudState) => unknown): Promise<void> => {
  const state = JSON.parse(await readFile(file, "utf8")) as CloudState;
  await writeFile(file, JSON.stringify(change(state)));
};
const made = async (): Promise<number> => {
  const api = await testApi({ file });
  const { id } = (await api.call("POST", "/v2/droplets", newDroplet())).body.droplet;
  await api.cloud.jobs.settled();
  await api.cloud.store.save();
  return id;
};

test("a droplet that is locked for an action which has ended is free again with the next daemon", async () => {
  const id = await made();
  await leave((state) => ({
    ...state,
    droplets: state.droplets.map((one) => ({ ...one, locked: true })),
  }));
  const next = await testApi({ file });
  const powerOff = { type: "power_off" };
  expect((await next.call("POST", `/v2/droplets/${id}/actions`, powerOff)).body.message).toContain(
    "already has a pending event",
  );
  await next.resume();
  expect((await next.call("POST", `/v2/droplets/${id}/actions`, powerOff)).status).toBe(201);
});

test("one that is new and has no creation under way is told as off where there is no machine", async () => {
  const id = await made();
  await leave((state) => ({
    ...state,
    droplets: state.droplets.map((one) => ({ ...one, status: "new", locked: true })),
  }));
  const hypervisor: Hypervisor = {
    ...createRecordsOnlyHypervisor(),
    power: () => {
      throw new Error("there is no machine");
    },
  };
  const next = await testApi({ file, hypervisor });
  await next.resume();
  expect((await next.call("GET", `/v2/droplets/${id}`)).body.droplet).toMatchObject({
    status: "off",
    locked: false,
  });
});

test("an action that nobody understands any more ends as errored; the daemon starts all the same", async () => {
  const id = await made();
  await leave((state) => ({
    ...state,
    actions: state.actions.map((one) => ({
      ...one,
      type: "of_another_version",
      status: "in-progress",
      request: { type: "of_another_version" },
    })),
  }));
  const next = await testApi({ file });
  await next.resume();
  await next.cloud.jobs.settled();
  expect((await next.call("GET", `/v2/droplets/${id}`)).body.droplet.locked).toBe(false);
  expect((await next.call("GET", "/v2/actions")).body.actions[0].status).toBe("errored");
});

test("destroying a droplet whose machine does not come up ends the waiting for it", async () => {
  const done: string[] = [];
  let interrupted: () => void = () => undefined;
  const hypervisor: Hypervisor = {
    ...createRecordsOnlyHypervisor(),
    create: () =>
      new Promise((_, reject) => {
        interrupted = () => reject(new Error("died while booting"));
      }),
    interrupt: () => {
      interrupted();
      return Promise.resolve();
    },
    destroy: (dropletId) => {
      done.push(`destroyed ${dropletId}`);
      return Promise.resolve();
    },
  };
  const api = await testApi({ hypervisor });
  const { id } = (await api.call("POST", "/v2/droplets", newDroplet())).body.droplet;
  expect((await api.call("DELETE", `/v2/droplets/${id}`)).status).toBe(204);
  await api.cloud.jobs.settled();
  expect(done).toEqual([`destroyed ${id}`]);
});

test("a creation that failed is told as such: its action errored, the droplet off and free to be destroyed", async () => {
  const hypervisor: Hypervisor = {
    ...createRecordsOnlyHypervisor(),
    create: () => Promise.reject(new Error("died while booting")),
    power: () => "off",
  };
  const api = await testApi({ hypervisor });
  const { id } = (await api.call("POST", "/v2/droplets", newDroplet())).body.droplet;
  await api.cloud.jobs.settled();
  expect((await api.call("GET", `/v2/droplets/${id}`)).body.droplet).toMatchObject({
    status: "off",
    locked: false,
  });
  const { actions } = (await api.call("GET", `/v2/droplets/${id}/actions`)).body;
  expect(actions).toMatchObject([{ type: "create", status: "errored" }]);
  expect((await api.call("DELETE", `/v2/droplets/${id}`)).status).toBe(204);
});
