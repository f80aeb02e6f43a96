import { expect, test } from "@jest/globals";
import { Hono } from "hono";

import type { ApiEnv } from "../../local/cloud/api/cloud";
import { resources } from "../../local/cloud/api/resources";
import { tokenRoutes } from "../../local/cloud/api/tokens/routes";
import { allows, scopesNeeded } from "../../local/cloud/api/tokens/scopes";
import { newDroplet, OWNERS_TOKEN, PUBLIC_KEY, testApi, type TestApi } from "./harness";

interface MadeToken {
  readonly id: string;
  readonly value: string;
}

/** The owner's door to a cloud that takes known tokens only. */
const lab = async (file?: string) => {
  const api = await testApi({ strangers: "refused", ...(file === undefined ? {} : { file }) });
  const local = new Hono<ApiEnv>();
  tokenRoutes(local, api.cloud);
  local.onError((error, c) => c.json({ message: error.message }, 422));
  const ask = (method: string, path: string, body?: unknown) =>
    local.request(path, { method, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  const make = async (scopes: readonly string[], more: object = {}): Promise<MadeToken> => {
    const answer = await ask("POST", "/tokens", { name: "one", scopes, ...more });
    return ((await answer.json()) as { token: MadeToken }).token;
  };
  return { api, ask, make };
};
const statusOf = async (
  api: TestApi,
  token: string,
  method: string,
  path: string,
  body?: unknown,
): Promise<number> => (await api.call(method, path, body, { token })).status;

test("a token that nobody has is 401 with DigitalOcean's body, whatever it asks for; the owner's opens everything", async () => {
  const { api } = await lab();
  for (const token of ["local", "console", "test", "dop_v1_", `dop_v1_${"0".repeat(64)}`])
    for (const path of ["/v2/account", "/v2/droplets", "/v2/nothing-such"]) {
      const { status, body } = await api.call("GET", path, undefined, { token });
      expect([path, status, body.id, body.message]).toEqual([
        path,
        401,
        "unauthorized",
        "Unable to authenticate you",
      ]);
    }
  expect(await statusOf(api, OWNERS_TOKEN, "POST", "/v2/droplets", newDroplet())).toBe(202);
});

test("a token of custom scopes does what they say and nothing else; the rest is 403 with DigitalOcean's body", async () => {
  const { api, make } = await lab();
  const droplet = (await api.call("POST", "/v2/droplets", newDroplet(), { token: OWNERS_TOKEN }))
    .body.droplet.id;
  await api.cloud.jobs.settled();
  const ip = (
    await api.call("POST", "/v2/reserved_ips", { region: "fra1" }, { token: OWNERS_TOKEN })
  ).body.reserved_ip.ip;
  const { value } = await make(["droplet:read", "reserved_ip:read", "reserved_ip:update"]);
  const assign = { type: "assign", droplet_id: droplet };
  expect(await statusOf(api, value, "GET", `/v2/droplets/${droplet}`)).toBe(200);
  expect(await statusOf(api, value, "HEAD", `/v2/droplets`)).toBe(200);
  expect(await statusOf(api, value, "POST", `/v2/reserved_ips/${ip}/actions`, assign)).toBe(201);
  for (const [method, path, body] of [
    ["GET", "/v2/account"],
    ["GET", "/v2/domains"],
    ["GET", "/v2/nothing-such"],
    ["POST", "/v2/droplets", newDroplet()],
    ["DELETE", `/v2/droplets/${droplet}`],
    ["DELETE", `/v2/droplets?tag_name=web`],
    ["POST", `/v2/droplets/${droplet}/actions`, { type: "power_off" }],
    ["DELETE", `/v2/reserved_ips/${ip}`],
    ["DELETE", `/v2/reserved_ips/${ip}/`],
    ["POST", "/v2/account/keys", { name: "k", public_key: PUBLIC_KEY }],
  ] as const) {
    const refused = await api.call(method, path, body, { token: value });
    expect([method, path, refused.status, refused.body.id, refused.body.message]).toEqual([
      method,
      path,
      403,
      "forbidden",
      "You are not authorized to perform this operation",
    ]);
  }
});

test("a read-only token reads everything and changes nothing; read and write together are full access", async () => {
  const { api, make } = await lab();
  const [reader, full] = [await make(["read"]), await make(["read", "write"])];
  expect(await statusOf(api, reader.value, "GET", "/v2/account")).toBe(200);
  expect(await statusOf(api, reader.value, "POST", "/v2/tags", { name: "t" })).toBe(403);
  expect(await statusOf(api, full.value, "POST", "/v2/tags", { name: "t" })).toBe(201);
});

test("what a request names needs that one's scope too: a droplet with a key, a firewall with tags", async () => {
  const { api, make } = await lab();
  const { value } = await make(["droplet:create", "image:read", "firewall:create"]);
  const plain = newDroplet({ tags: [] });
  expect(await statusOf(api, value, "POST", "/v2/droplets", plain)).toBe(202);
  const withKey = { ...plain, ssh_keys: [1] };
  expect(await statusOf(api, value, "POST", "/v2/droplets", withKey)).toBe(403);
  expect(await statusOf(api, value, "POST", "/v2/droplets", newDroplet())).toBe(403);
});

test("a token's value is told once and kept nowhere; revoked or expired it is worth nothing", async () => {
  const { api, ask, make } = await lab();
  const [one, brief] = [await make(["read"]), await make(["read"], { expires_in: 60 })];
  expect(one.value).toMatch(/^dop_v1_[0-9a-f]{64}$/);
  const listed = await (await ask("GET", "/tokens")).text();
  expect([listed, JSON.stringify(api.cloud.store.state)].join("")).not.toContain(
    one.value.slice(7),
  );
  await api.clock.advance(59_000);
  expect(await statusOf(api, brief.value, "GET", "/v2/account")).toBe(200);
  await api.clock.advance(1_000);
  expect(await statusOf(api, brief.value, "GET", "/v2/account")).toBe(401);
  expect((await ask("DELETE", `/tokens/${one.id}`)).status).toBe(204);
  expect(await statusOf(api, one.value, "GET", "/v2/account")).toBe(401);
});

test.each([
  [["droplet:reed"], "droplet:reed"],
  [["write"], "no token that only writes"],
  [[], ""],
])("scopes %j are refused", async (scopes, words) => {
  const { ask } = await lab();
  const refused = await ask("POST", "/tokens", { name: "one", scopes });
  expect([refused.status, await refused.text()]).toEqual([422, expect.stringContaining(words)]);
});

test("through the owner's door a token that nobody has is the owner's, one with scopes has no more than those", async () => {
  const { api, make } = await lab();
  const { value } = await make(["tag:read"]);
  const throughDoor = async (token: string, method: string, path: string): Promise<number> => {
    const headers = { authorization: `Bearer ${token}` };
    return (await api.app.request(path, { method, headers }, { ownersDoor: true })).status;
  };
  expect(await throughDoor("whatever", "GET", "/v2/account")).toBe(200);
  expect(await throughDoor(value, "GET", "/v2/account")).toBe(403);
});

test("every call that is served says which scopes it needs", async () => {
  const { cloud } = await testApi();
  const served = resources.flatMap(({ routes }) => routes(cloud).routes);
  const silent = served
    .map(({ method, path }) => ({
      method,
      path: `/v2${path.replaceAll(/:\w+(\{[^}]*\})?/g, "1")}`,
    }))
    .filter((call) => scopesNeeded(call) === undefined);
  expect(silent).toEqual([]);
});

test("a call is the most exact of the document's: deleting a droplet's dangerous resources needs more than the droplet", () => {
  const path = "/v2/droplets/1/destroy_with_associated_resources/dangerous";
  expect(allows(["droplet:delete"], { method: "DELETE", path })).toBe(false);
  expect(allows(["domain:update"], { method: "POST", path: "/v2/domains/a.test/records" })).toBe(
    true,
  );
  expect(allows(["domain:read"], { method: "POST", path: "/v2/domains/a.test/records" })).toBe(
    false,
  );
});
