import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";

import { afterAll, beforeAll, expect, test } from "@jest/globals";

import { labPaths } from "../../local/cloud/paths";
import { omit } from "../../local/engine/omit";
import { exitOf } from "../fixtures/exit-of";
import { parse, project, type Outputs, type Preview, type Result, type StateFile } from "./kit";

const ROOT = resolve(__dirname, "../..");
const stack = project(
  "ocean",
  `
import * as digitalocean from "@pulumi/digitalocean";
const v = Number(process.env.V ?? "1");
const tag = new digitalocean.Tag("tag", { name: "web" });
const key = new digitalocean.SshKey("key", { publicKey: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ73mMQjqP4aBlbKbEdn1W5z4dX//+aCEvOr2ZXzylYq test" });
new digitalocean.Firewall("wall", { name: "wall", tags: [tag.name], inboundRules: [{ protocol: "tcp", portRange: "22", sourceAddresses: ["0.0.0.0/0"] }, { protocol: "icmp", sourceAddresses: ["0.0.0.0/0"] }], outboundRules: [{ protocol: "tcp", portRange: "all", destinationAddresses: ["0.0.0.0/0"] }] });
const web = new digitalocean.Droplet("web", { name: "web", region: "fra1", size: v >= 2 ? "s-1vcpu-1gb" : "s-1vcpu-512mb-10gb", image: "debian-13-x64", ipv6: true, sshKeys: [key.fingerprint], tags: [tag.name], userData: v >= 3 ? "#cloud-config\\n{}" : "#cloud-config\\n" });
const ip = new digitalocean.ReservedIp("ip", { region: "fra1" });
new digitalocean.ReservedIpAssignment("ip", { ipAddress: ip.ipAddress, dropletId: web.id.apply(Number) });
const zone = new digitalocean.Domain("zone", { name: "ocean.test" });
new digitalocean.DnsRecord("apex", { domain: zone.name, type: "A", name: "@", value: ip.ipAddress, ttl: v >= 2 ? 600 : 300 });
new digitalocean.DnsRecord("caa", { domain: zone.name, type: "CAA", name: "@", value: "letsencrypt.org.", flags: 0, tag: "issue" });
if (v < 4) new digitalocean.Tag("label", { name: "mine" }); else digitalocean.Tag.get("label", "web");
const net = new digitalocean.Vpc("net", { name: "net", region: "fra1", ipRange: "10.77.0.0/24" });
new digitalocean.VpcPeering("peering", { name: "peering", vpcIds: [net.id, new digitalocean.Vpc("far", { name: "far", region: "ams3", ipRange: "10.78.0.0/24" }).id] });
const six = new digitalocean.ReservedIpv6("six", { regionSlug: "fra1" });
new digitalocean.ReservedIpv6Assignment("six", { ip: six.ip, dropletId: web.id.apply(Number) });
const disk = new digitalocean.Volume("disk", { name: "disk", region: "fra1", size: 1 });
new digitalocean.VolumeSnapshot("copy", { name: "copy", volumeId: disk.id, tags: ["kept"] });
const check = new digitalocean.UptimeCheck("check", { name: "check", target: "https://ocean.test" });
new digitalocean.UptimeAlert("alert", { checkId: check.id, name: "alert", type: "down", period: "2m", notifications: [{ emails: ["sammy@digitalocean.com"] }] });
export const address = ip.ipAddress;
export const image = digitalocean.getImageOutput({ slug: "debian-13-x64" }).distribution;
`,
);

let cloud: ChildProcess;
let api = "";
const CLOUD_STATE = mkdtempSync(join(tmpdir(), "second-server-engine-test-cloud-"));
beforeAll(async () => {
  cloud = spawn(
    process.execPath,
    [
      "--import",
      `file://${join(ROOT, "node_modules/tsx/dist/loader.mjs")}`,
      join(ROOT, "local/cloud/main.ts"),
      "serve",
      "--state",
      CLOUD_STATE,
      "--no-machines",
    ],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  api = await new Promise((done, fail) => {
    createInterface({ input: cloud.stdout! }).on("line", (line) => {
      const found = /API (http:\S+?),/.exec(line);
      if (found) done(found[1]!);
    });
    cloud.once("exit", (code) => fail(new Error(`the local cloud ended with ${code}`)));
  });
});
afterAll(async () => {
  cloud.kill("SIGTERM");
  await exitOf(cloud);
  rmSync(CLOUD_STATE, { recursive: true, force: true });
  stack.remove();
});

const environment = (): NodeJS.ProcessEnv => ({
  DIGITALOCEAN_TOKEN: "test",
  DIGITALOCEAN_API_URL: api,
});
/** The lab's own API: with a body a POST, else a DELETE. */
const local = async (path: string, body?: object): Promise<void> =>
  await new Promise((done, fail) => {
    const asked = request(
      {
        socketPath: labPaths(CLOUD_STATE).socket,
        path: `/local${path}`,
        method: body ? "POST" : "DELETE",
        headers: { "content-type": "application/json" },
      },
      (answer) => {
        answer
          .resume()
          .once("end", () =>
            answer.statusCode! < 300 ? done() : fail(new Error(`${path}: ${answer.statusCode}`)),
          );
      },
    );
    asked.once("error", fail).end(body && JSON.stringify(body));
  });
const run = async (args: readonly string[], v = "1"): Promise<Result> =>
  await stack.run([...args, "--json"], { V: v, ...environment() });
/** The steps of `preview --json`. */
const previewOf = async (v: string): Promise<Preview["steps"]> =>
  parse<Preview>((await run(["preview"], v)).stdout).steps;
/** What one call answers, of which the caller says what it is. */
const call = async <T = unknown>(path: string, method = "GET"): Promise<T> => {
  const answer = await fetch(`${api}/v2${path}`, {
    method,
    headers: { authorization: "Bearer test" },
  });
  return parse<T>((await answer.text()) || "null");
};
const droplets = async (): Promise<readonly { id: number; size_slug: string }[]> =>
  (await call<{ droplets: { id: number; size_slug: string }[] }>("/droplets")).droplets;
const addresses = async (): Promise<readonly unknown[]> =>
  (await call<{ reserved_ips: unknown[] }>("/reserved_ips")).reserved_ips;
const storedFile = (): StateFile => parse<StateFile>(readFileSync(stack.stateFile, "utf8"));

test("up makes the resources, and neither a second up nor a refresh finds anything to do", async () => {
  expect(await run(["up", "--skip-preview"])).toMatchObject({ code: 0, changes: { create: 20 } });
  const outputs = parse<Outputs>((await run(["output"])).stdout);
  expect(outputs["image"]).toBe("Debian");
  expect(await call(`/reserved_ips/${String(outputs["address"])}`)).toMatchObject({
    reserved_ip: { droplet: { name: "web" } },
  });
  const again = await run(["up", "--skip-preview", "--refresh", "--expect-no-changes"]);
  expect({ code: again.code, errors: again.errors, update: again.changes["update"] ?? 0 }).toEqual({
    code: 0,
    errors: [],
    update: 0,
  });
});

test("a new size is an update in place; new user data replaces the droplet, with the address taken off first", async () => {
  const before = await droplets();
  const resized = await run(["up", "--skip-preview"], "2");
  expect(resized).toMatchObject({ code: 0, changes: { update: 2, same: 18 } });
  expect(await droplets()).toMatchObject([{ id: before[0]!.id, size_slug: "s-1vcpu-1gb" }]);
  // The command line reads off it what would be lost.
  expect((await previewOf("3")).find(({ urn }) => urn.endsWith("::web"))).toMatchObject({
    op: "replace",
    replaceReasons: ["userData"],
  });
  const { code, steps } = await run(["up", "--skip-preview"], "3");
  expect(code).toBe(0);
  const order = [
    "delete-replaced ip",
    "delete-replaced web",
    "create-replacement web",
    "create-replacement ip",
  ].map((step) => steps.indexOf(step));
  expect(order).not.toContain(-1);
  expect(order).toEqual([...order].sort((a, b) => a - b));
  expect((await droplets())[0]!.id).not.toBe(before[0]!.id);
});

test("a replacement that was made but did not become ready is kept, and the next up goes on with it", async () => {
  await local("/faults", { kind: "api", method: "POST", path: "/droplets", delayMs: 1000 });
  const { seen, ended } = stack.start(["up", "--skip-preview", "--json"], {
    V: "2",
    ...environment(),
  });
  await seen(
    ({ resourcePreEvent }) =>
      resourcePreEvent?.metadata.op === "create-replacement" &&
      resourcePreEvent.metadata.urn.endsWith("::web"),
  );
  await local("/faults", {
    kind: "api",
    method: "GET",
    path: "/droplets/",
    status: 403,
    times: 1,
  });
  expect(await ended).toMatchObject({ code: 1 });
  await local("/faults");
  const { id } = (await droplets())[0]!;
  expect(
    stack
      .state()
      .resources.filter(({ urn }) => urn.endsWith("::web"))
      .map((web) => web.id),
  ).toEqual([String(id)]);
  expect(await run(["up", "--skip-preview"], "2")).toMatchObject({ code: 0, errors: [] });
  expect(await droplets()).toMatchObject([{ id }]);
});

test("a droplet deleted by hand is made anew after a refresh", async () => {
  await call(`/droplets/${(await droplets())[0]!.id}`, "DELETE");
  const { code, steps } = await run(["up", "--skip-preview", "--refresh"], "3");
  expect(code).toBe(0);
  expect(steps).toEqual(expect.arrayContaining(["create web", "create ip"]));
  expect(await droplets()).toHaveLength(1);
});

test("what a killed run made without recording it is found again, not made twice", async () => {
  const { id } = (await droplets())[0]!;
  // What the file says when the engine dies between the API's answer and its own note of it.
  const file = storedFile();
  const { latest } = file.checkpoint;
  const lost = omit(
    latest.resources!.find(({ type }) => type.endsWith(":Droplet"))!,
    "id",
  );
  latest.resources = latest.resources!.filter(
    ({ type }) => !/:(Droplet|ReservedIp(v6)?Assignment)$/.test(type),
  );
  latest.pending_operations = [{ resource: { ...lost, outputs: { known: [] } }, type: "creating" }];
  writeFileSync(stack.stateFile, JSON.stringify(file));
  const { code, events } = await run(["up", "--skip-preview"], "3");
  expect(code).toBe(0);
  expect(
    events.some(({ diagnosticEvent }) =>
      diagnosticEvent?.message.includes("interrupted while creating"),
    ),
  ).toBe(true);
  expect(await droplets()).toMatchObject([{ id }]);
  expect(stack.state().pending).toEqual([]);
});

/** The ids of all that the program makes, by list. */
const everything = async (): Promise<Record<string, readonly string[]>> => {
  const lists = {
    reserved_ips: "/reserved_ips",
    reserved_ipv6s: "/reserved_ipv6",
    domain_records: "/domains/ocean.test/records",
    firewalls: "/firewalls",
    ssh_keys: "/account/keys",
    droplets: "/droplets",
    volumes: "/volumes",
    snapshots: "/snapshots",
    checks: "/uptime/checks",
    vpcs: "/vpcs",
    vpc_peerings: "/vpc_peerings",
  };
  return Object.fromEntries(
    await Promise.all(
      Object.entries(lists).map(
        async ([key, path]) =>
          [
            key,
            (await call<Record<string, { ip?: string; id?: number | string }[]>>(path))
              [key]!.map(({ ip, id }) => String(ip ?? id))
              .sort(),
          ] as const,
      ),
    ),
  );
};

test("of every kind that has a name of its own, or none, an interrupted creation is found again", async () => {
  const before = await everything();
  const file = storedFile();
  const { latest } = file.checkpoint;
  const resources = latest.resources!;
  const lost = resources.filter(({ type }) => type.startsWith("digitalocean:"));
  latest.resources = resources.filter((each) => !lost.includes(each));
  // These can only be told from those that were there before, which the pending operation
  // remembers; and an address, from those that are taken.
  const NAMELESS = /:(Droplet|ReservedIp|ReservedIpv6|VolumeSnapshot|UptimeCheck|UptimeAlert)$/;
  for (const [type, path] of [
    [":ReservedIp", "reserved_ips"],
    [":ReservedIpv6", "reserved_ipv6"],
  ] as const) {
    const { id } = lost.find((each) => each.type.endsWith(type))!;
    await fetch(`${api}/v2/${path}/${id}/actions`, {
      method: "POST",
      headers: { authorization: "Bearer test", "content-type": "application/json" },
      body: JSON.stringify({ type: "unassign" }),
    });
  }
  latest.pending_operations = lost.map(({ id: _, ...each }) => ({
    resource: { ...each, outputs: NAMELESS.test(each.type) ? { known: [] } : {} },
    type: "creating",
  }));
  writeFileSync(stack.stateFile, JSON.stringify(file));
  const { code, errors, changes } = await run(["up", "--skip-preview"], "3");
  expect({ code, errors }).toEqual({ code: 0, errors: [] });
  // The assignments were taken off above.
  expect(changes).toMatchObject({ create: 2 });
  expect(await everything()).toEqual(before);
  expect(stack.state().pending).toEqual([]);
});

test("killed at the moment at which an address is given, the next run keeps that one address", async () => {
  expect((await run(["destroy", "--skip-preview"])).code).toBe(0);
  const going = stack.start(["up", "--skip-preview", "--json"], {
    V: "1",
    DIGITALOCEAN_TOKEN: "test",
    DIGITALOCEAN_API_URL: api,
  });
  while ((await addresses()).length === 0 && going.child.exitCode === null) {
    /* each turn is a request */
  }
  going.child.kill("SIGKILL");
  await going.ended;
  expect((await run(["cancel"])).code).toBe(0);
  const { code, errors } = await run(["up", "--skip-preview"]);
  expect({ code, errors }).toEqual({ code: 0, errors: [] });
  const left = await Promise.all([
    call("/reserved_ips"),
    call("/domains"),
    call("/firewalls"),
    call("/account/keys"),
    droplets(),
  ]);
  expect(left).toMatchObject([
    { reserved_ips: [{}] },
    { domains: [{}] },
    { firewalls: [{}] },
    { ssh_keys: [{}] },
    [{}],
  ]);
});

test("what is only read from now on, under the name of something else, takes its place, and the other is deleted", async () => {
  const { code, steps } = await run(["up", "--skip-preview"], "4");
  expect({ code, steps }).toEqual({
    code: 0,
    steps: expect.arrayContaining(["read-replacement label", "delete-replaced label"]),
  });
  expect(stack.state().resources.filter(({ urn }) => urn.endsWith("::label"))).toMatchObject([
    { id: "web", external: true },
  ]);
  const { tags } = await call<{ tags: { name: string }[] }>("/tags");
  expect(tags.map(({ name }) => name)).not.toContain("mine");
});

test("import takes what exists into the state", async () => {
  await fetch(`${api}/v2/tags`, {
    method: "POST",
    headers: { authorization: "Bearer test", "content-type": "application/json" },
    body: JSON.stringify({ name: "old" }),
  });
  expect(await run(["import", "digitalocean:index/tag:Tag", "old", "old"])).toMatchObject({
    code: 0,
    changes: { import: 1 },
  });
  expect(stack.state().resources.find(({ urn }) => urn.endsWith("::old"))).toMatchObject({
    id: "old",
    protect: true,
    inputs: { name: "old" },
  });
  expect(await run(["import", "digitalocean:index/tag:Tag", "none", "none"])).toMatchObject({
    code: 1,
    errors: [expect.stringContaining("does not exist"), "update failed\n"],
  });
});

test("destroy leaves nothing behind at the cloud but what is protected", async () => {
  const { code, errors } = await run(["destroy", "--skip-preview"]);
  expect(code).toBe(1);
  expect(errors.join()).toContain("it is protected");
  const left = await Promise.all([
    droplets(),
    call("/reserved_ips"),
    call("/domains"),
    call("/firewalls"),
    call("/account/keys"),
  ]);
  expect(left).toMatchObject([
    [],
    { reserved_ips: [] },
    { domains: [] },
    { firewalls: [] },
    { ssh_keys: [] },
  ]);
});
