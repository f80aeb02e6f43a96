/**
 * A zone that was at DigitalOcean before the fleet, with other people's records: the fleet's own
 * component, engine and provider on the local API.
 */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { resolve } from "node:path";

import { getRequestListener } from "@hono/node-server";
import { afterAll, beforeAll, expect, test } from "@jest/globals";

import { cloudDrift } from "../../cli/cloud-drift";
import type { Ask } from "../../cli/droplets";
import { Refused } from "../../cli/errors";
import { rivals, strangersIn } from "../../cli/existing-zone";
import { ADOPTED_ZONE } from "../../config/existing-zone";
import { createApi } from "../../local/cloud/api/app";
import { systemClock } from "../../local/cloud/clock";
import { createRecordsOnlyHypervisor } from "../../local/cloud/machines/records-only";
import { createKeyedQueue } from "../../local/cloud/queue";
import { openStore } from "../../local/cloud/record-store";
import { sampleFleet } from "../unit/cli/sample";
import { parse, project, type Result } from "./kit";

const ROOT = resolve(__dirname, "../..");
const stack = project(
  "zone",
  `
import { DnsZone } from "${ROOT}/components/dns-zone";
const domain = process.env.DOMAIN!;
const host = (name: string) => ({ host: name + "." + domain });
new DnsZone("zone", {
  fleet: { domain, ttl: 60, services: [host("blog")], primary: host("primary"), watcher: { ipv6: false }, status: host("status") } as never,
  floatingIp: "203.0.113.200",
  watcher: { ipv4Address: "203.0.113.11" } as never,
});
`,
);

const walled = project(
  "wall",
  `
import { DnsZone } from "${ROOT}/components/dns-zone";
import { Firewall } from "${ROOT}/components/firewall";
import * as digitalocean from "@pulumi/digitalocean";
const tag = new digitalocean.Tag("web", { name: "web" });
const other = new digitalocean.Tag("other", { name: "other" });
new Firewall("wall", { firewallName: "wall", tag, sshFrom: ["198.51.100.0/24", "2001:DB8::/32"], sshFromTag: other });
const host = (name: string) => ({ host: name + ".walled.test" });
new DnsZone("zone", {
  fleet: { domain: "walled.test", ttl: 60, services: [host("blog")], primary: host("primary"), watcher: { ipv6: false }, status: host("status") } as never,
  floatingIp: "203.0.113.200",
  watcher: { ipv4Address: "203.0.113.11" } as never,
});
`,
);

let api = "";
const server = createServer();
beforeAll(async () => {
  const { app } = createApi({
    store: await openStore(null, systemClock, () => {}),
    hypervisor: createRecordsOnlyHypervisor(),
    queue: createKeyedQueue(),
    clock: systemClock,
    pace: "host",
    access: { owner: "test", strangers: "refused" },
    send: () => Promise.resolve(),
    post: () => Promise.resolve(),
    log: () => {},
  });
  const answer = getRequestListener(app.fetch);
  server.on("request", (request, response) => void answer(request, response));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  api = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await ask("POST", "/v2/domains", { name: "old.test" });
  await ask("POST", "/v2/domains/old.test/records", {
    type: "MX",
    name: "@",
    data: "mail.example.net.",
    priority: 10,
  });
  await ask("POST", "/v2/domains", { name: "next.test" });
});
afterAll(() => {
  server.close();
  stack.remove();
  walled.remove();
});

const send = async (method: string, path: string, body?: object): Promise<void> => {
  const answer = await fetch(`${api}${path}`, {
    method,
    headers: { authorization: "Bearer test", "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  expect([method, path, answer.ok]).toEqual([method, path, true]);
};
const ask: Ask = async (method, path, body) => {
  const answer = await fetch(`${api}${path}`, {
    method,
    headers: { authorization: "Bearer test", "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!answer.ok) throw new Refused(answer.status, await answer.text());
  return parse(await answer.text());
};
const types = async (domain: string): Promise<readonly string[]> =>
  (
    (await ask("GET", `/v2/domains/${domain}/records`)) as {
      domain_records: { type: string; name: string }[];
    }
  ).domain_records
    .filter(({ type }) => type !== "SOA" && type !== "NS")
    .map(({ type, name }) => `${type} ${name}`)
    .sort();
const run = async (verb: string, domain: string, adopted?: string): Promise<Result> =>
  await stack.run([verb, "--skip-preview", "--json"], {
    DIGITALOCEAN_TOKEN: "test",
    DIGITALOCEAN_API_URL: api,
    DOMAIN: domain,
    ...(adopted === undefined ? {} : { [ADOPTED_ZONE]: adopted }),
  });
const OURS = ["A blog", "A primary", "A status", "CAA @"];

test("a zone that is there is found where the state has none; a name of ours that leads elsewhere is a rival", async () => {
  expect(await strangersIn(ask, "unknown.test", [])).toBeUndefined();
  expect((await strangersIn(ask, "old.test", []))?.map(({ type }) => type)).toContain("MX");
  const record = (type: string, name: string) => ({ id: 1, type, name, data: "192.0.2.7" });
  const [host = ""] = sampleFleet.services.map((service) => service.host);
  const name = host.replace(`.${sampleFleet.domain}`, "");
  expect(
    rivals(sampleFleet, [record("A", name), record("TXT", name), record("A", "somebody-else")]),
  ).toEqual([`A ${host} → 192.0.2.7`]);
});

test("it is taken over, and goes on when the stack moves to another domain or is destroyed; only the stack's own records go", async () => {
  expect((await run("up", "old.test")).errors.join("\n")).toContain("already exists");
  expect(await run("up", "old.test", "old.test")).toMatchObject({ code: 0, errors: [] });
  expect(await types("old.test")).toEqual([...OURS, "MX @"]);
  expect(await strangersIn(ask, "old.test", stack.state().resources)).toBeUndefined();
  expect((await run("up", "old.test")).changes).toEqual({ same: 7 });

  expect(await run("up", "next.test", "next.test")).toMatchObject({ code: 0, errors: [] });
  expect(await types("next.test")).toEqual(OURS);
  expect(await types("old.test")).toEqual(["MX @"]);

  expect(await run("up", "made.test")).toMatchObject({ code: 0, errors: [] });
  expect(await types("made.test")).toEqual(OURS);
  expect(await types("next.test")).toEqual([]);

  expect(await run("destroy", "made.test")).toMatchObject({ code: 0, errors: [] });
  expect(await types("made.test")).toEqual([]);
  expect(await types("old.test")).toEqual(["MX @"]);
});

test("what somebody has deleted or changed at DigitalOcean is found by a few questions, and a refresh puts it right", async () => {
  const up = async (...more: string[]): Promise<Result> =>
    await walled.run(["up", "--skip-preview", "--json", ...more], {
      DIGITALOCEAN_TOKEN: "test",
      DIGITALOCEAN_API_URL: api,
    });
  const found = async () => await cloudDrift(ask, walled.state().resources);
  expect(await up()).toMatchObject({ code: 0, errors: [] });
  expect(await found()).toEqual([]);

  const { domain_records: records } = (await ask("GET", "/v2/domains/walled.test/records")) as {
    domain_records: { id: number; name: string }[];
  };
  const idOf = (name: string) => records.find((record) => record.name === name)?.id;
  await send("DELETE", `/v2/domains/walled.test/records/${idOf("blog")}`);
  await send("PUT", `/v2/domains/walled.test/records/${idOf("status")}`, { data: "192.0.2.7" });
  const { firewalls } = (await ask("GET", "/v2/firewalls")) as { firewalls: { id: string }[] };
  await send("POST", `/v2/firewalls/${firewalls[0]?.id}/rules`, {
    inbound_rules: [{ protocol: "tcp", ports: "5432", sources: { addresses: ["0.0.0.0/0"] } }],
  });
  expect(await found()).toEqual([
    "the firewall wall lets in what it should not, or not what it should",
    "the A record of blog.walled.test is gone",
    "the A record of status.walled.test leads to 192.0.2.7",
  ]);
  // Whose address somebody else may move is only looked for.
  const names = new Set(["status.walled.test", "blog.walled.test"]);
  expect(await cloudDrift(ask, walled.state().resources, names)).toEqual([
    "the firewall wall lets in what it should not, or not what it should",
    "the A record of blog.walled.test is gone",
  ]);
  expect(await up("--refresh")).toMatchObject({ code: 0, errors: [] });
  expect(await found()).toEqual([]);

  await send("DELETE", `/v2/firewalls/${firewalls[0]?.id}`);
  await send("DELETE", "/v2/domains/walled.test");
  expect(await found()).toEqual(["the firewall wall is gone", "the zone walled.test is gone"]);
});
