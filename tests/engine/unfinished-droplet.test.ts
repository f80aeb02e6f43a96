import { readFileSync, writeFileSync } from "node:fs";

import { afterAll, afterEach, beforeAll, expect, test } from "@jest/globals";

import type { Hypervisor } from "../../local/cloud/machines/hypervisor";
import { createRecordsOnlyHypervisor } from "../../local/cloud/machines/records-only";
import { parse, project, type Result, type StateFile } from "./kit";
import { type ServedCloud, serveCloud } from "./served-cloud";

const stack = project(
  "unfinished",
  `
import * as digitalocean from "@pulumi/digitalocean";
new digitalocean.Droplet("web", { name: "web", region: "fra1", size: process.env.SIZE ?? "s-1vcpu-1gb", image: "debian-13-x64" });
`,
);

/** What becomes of a machine's creation and its reboot: the test says when they end, and how. */
type Machine = "create" | "reboot";
const held = new Map<Machine, { end: (error?: Error) => void }>();
const isHeld = new Set<Machine>();
const plain = createRecordsOnlyHypervisor();
const holding =
  <Args extends unknown[]>(what: Machine, work: (...args: Args) => Promise<void>) =>
  async (...args: Args): Promise<void> => {
    if (isHeld.has(what))
      await new Promise<void>((done, fail) =>
        held.set(what, { end: (error) => (error ? fail(error) : done()) }),
      );
    await work(...args);
  };
const hypervisor: Hypervisor = {
  ...plain,
  create: holding("create", plain.create),
  reboot: holding("reboot", plain.reboot),
};

let cloud: ServedCloud;
beforeAll(async () => {
  cloud = await serveCloud(hypervisor);
});
afterAll(() => {
  cloud.close();
  stack.remove();
});
afterEach(async () => {
  isHeld.clear();
  await run(["destroy", "--skip-preview"]);
});

interface Droplet {
  readonly id: number;
  readonly status: string;
  readonly size_slug: string;
}
const droplets = async (): Promise<readonly Droplet[]> =>
  (await cloud.call<{ droplets: Droplet[] }>("/droplets")).droplets;
const environment = (more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv => ({
  ...cloud.environment,
  ...more,
});
const run = async (args: readonly string[], more?: NodeJS.ProcessEnv): Promise<Result> =>
  await stack.run([...args, "--json"], environment(more));
const until = async (wanted: () => Promise<boolean> | boolean): Promise<void> => {
  while (!(await wanted())) await new Promise((resolve) => setTimeout(resolve, 20));
};
const told = ({ events }: Result): string =>
  events.map(({ diagnosticEvent }) => diagnosticEvent?.message ?? "").join("\n");

/** An `up` that is killed while its droplet's machine is made; the droplet's id. */
const killedMeanwhile = async (): Promise<number> => {
  const before = (await droplets()).map(({ id }) => id);
  const made = async (): Promise<Droplet | undefined> =>
    (await droplets()).find(({ id }) => !before.includes(id));
  isHeld.add("create");
  const going = stack.start(["up", "--skip-preview", "--json"], environment());
  await until(async () => (await made()) !== undefined && held.has("create"));
  going.child.kill("SIGKILL");
  await going.ended;
  isHeld.clear();
  expect((await run(["cancel"])).code).toBe(0);
  return (await made())!.id;
};
const endOf = (what: Machine, error?: Error): void => {
  held.get(what)!.end(error);
  held.delete(what);
};

test("a droplet whose creation has errored after its run was killed is not taken over, but made anew", async () => {
  const id = await killedMeanwhile();
  endOf("create", new Error("the machine was killed"));
  await until(async () => (await droplets())[0]!.status === "off");
  const next = await run(["up", "--skip-preview"]);
  expect({ code: next.code, errors: next.errors }).toEqual({ code: 0, errors: [] });
  expect(told(next)).toMatch(
    new RegExp(`droplet \\(${id}\\) is off: its creation has errored.*made anew`),
  );
  const [now, ...others] = await droplets();
  expect(now).toMatchObject({ status: "active" });
  expect(now!.id).not.toBe(id);
  expect(others).toEqual([]);
  expect(stack.state().pending).toEqual([]);
  expect(stack.state().resources.at(-1)).toMatchObject({ id: String(now!.id) });
  expect((await run(["up", "--skip-preview", "--expect-no-changes"])).code).toBe(0);
});

test("one whose creation is still under way is waited for, and taken over", async () => {
  const id = await killedMeanwhile();
  const next = run(["up", "--skip-preview"]);
  await until(async () => (await droplets())[0]!.status === "new");
  endOf("create");
  expect(await next).toMatchObject({ code: 0, errors: [] });
  expect(await droplets()).toMatchObject([{ id, status: "active" }]);
});

test("one that was made long before the state was last written, beside another of its name, is told from that and taken over", async () => {
  const web = { name: "web", region: "fra1", size: "s-1vcpu-1gb", image: "debian-13-x64" };
  const { droplet: other } = await cloud.call<{ droplet: Droplet }>("/droplets", "POST", web);
  const id = await killedMeanwhile();
  endOf("create");
  // On a busy host the other steps of a run are recorded for minutes beside this one.
  const file = parse<StateFile>(readFileSync(stack.stateFile, "utf8"));
  file.checkpoint.latest.manifest.time = new Date(Date.now() + 600_000).toISOString();
  writeFileSync(stack.stateFile, JSON.stringify(file));
  const next = await run(["up", "--skip-preview"]);
  expect({ code: next.code, errors: next.errors }).toEqual({ code: 0, errors: [] });
  expect((await droplets()).map((each) => each.id).sort()).toEqual([other.id, id].sort());
  expect(stack.state().resources.at(-1)).toMatchObject({ id: String(id) });
  await cloud.call(`/droplets/${other.id}`, "DELETE");
});

test("a run that was stopped before it knew how the creation ends finds out; what never came up is made anew", async () => {
  isHeld.add("create");
  const going = stack.start(["up", "--skip-preview", "--json"], environment());
  await until(async () => (await droplets()).length === 1 && held.has("create"));
  going.child.kill("SIGINT");
  await going.seen(
    ({ diagnosticEvent }) => diagnosticEvent?.message.startsWith("interrupted") ?? false,
  );
  going.child.kill("SIGINT");
  expect((await going.ended).code).toBe(1);
  isHeld.clear();
  const [{ id }] = (await droplets()) as [Droplet];
  expect(stack.state().resources.at(-1)).toMatchObject({ id: String(id) });
  endOf("create", new Error("the machine was killed"));
  const next = await run(["up", "--skip-preview"]);
  expect({ code: next.code, errors: next.errors }).toEqual({ code: 0, errors: [] });
  const now = await droplets();
  expect(now).toMatchObject([{ status: "active" }]);
  expect(now[0]!.id).not.toBe(id);
});

test("another action that is under way is waited for", async () => {
  expect((await run(["up", "--skip-preview"])).code).toBe(0);
  const [{ id }] = (await droplets()) as [Droplet];
  isHeld.add("reboot");
  await cloud.call(`/droplets/${id}/actions`, "POST", { type: "reboot" });
  await until(() => held.has("reboot"));
  const resized = stack.start(
    ["up", "--skip-preview", "--json"],
    environment({ SIZE: "s-2vcpu-2gb" }),
  );
  await resized.seen(
    ({ diagnosticEvent }) =>
      diagnosticEvent?.message.startsWith("waiting for another action") ?? false,
  );
  endOf("reboot");
  expect(await resized.ended).toMatchObject({ code: 0, errors: [] });
  expect(await droplets()).toMatchObject([{ id, size_slug: "s-2vcpu-2gb", status: "active" }]);
});
