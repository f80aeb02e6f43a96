import { expect, test } from "@jest/globals";

import { newDroplet, PUBLIC_KEY, testApi } from "./harness";

test("no token is 401 with DigitalOcean's body and a request id, the same as in the header", async () => {
  const api = await testApi();
  const { status, body, headers } = await api.call("GET", "/v2/account", undefined, {
    token: null,
  });
  expect(status).toBe(401);
  expect(body).toEqual({
    id: "unauthorized",
    message: "Unable to authenticate you",
    request_id: headers.get("x-request-id"),
  });
});

test("account, regions and sizes with DigitalOcean's prices", async () => {
  const api = await testApi();
  expect((await api.call("GET", "/v2/account")).body.account.status).toBe("active");
  expect(
    (await api.call("GET", "/v2/regions?per_page=200")).body.regions.map((one) => one.slug),
  ).toContain("fra1");
  const { sizes } = (await api.call("GET", "/v2/sizes?per_page=200")).body;
  expect(sizes.slice(0, 2)).toMatchObject([
    { slug: "s-1vcpu-512mb-10gb", price_monthly: 4, price_hourly: 0.00595 },
    { slug: "s-1vcpu-1gb", price_monthly: 6, price_hourly: 0.00893 },
  ]);
  expect((await api.call("GET", "/v2/images?type=distribution")).body.images).toMatchObject([
    { slug: "debian-13-x64" },
  ]);
  expect((await api.call("GET", "/v2/images/debian-13-x64")).body.image.status).toBe("available");
});

test("pages: the last has no next, a page beyond the end is empty, per_page is at most 200", async () => {
  const api = await testApi();
  for (let at = 0; at < 45; at++) await api.call("POST", "/v2/tags", { name: `tag-${at}` });
  const first = (await api.call("GET", "/v2/tags")).body;
  expect(first.tags).toHaveLength(20);
  expect(first.meta.total).toBe(45);
  expect(Object.keys(first.links.pages)).toEqual(["next", "last"]);
  const last = (
    await api.call(
      "GET",
      new URL(first.links.pages.last).pathname + new URL(first.links.pages.last).search,
    )
  ).body;
  expect(last.tags).toHaveLength(5);
  expect(Object.keys(last.links.pages)).toEqual(["first", "prev"]);
  expect((await api.call("GET", "/v2/tags?page=9")).body.tags).toEqual([]);
  expect((await api.call("GET", "/v2/tags?per_page=100")).body.links).toEqual({});
  expect((await api.call("GET", "/v2/tags?page=zero")).status).toBe(422);
});

test("the rate limit is told in headers; at the real pace the 251st call within a minute is 429 with retry-after", async () => {
  const api = await testApi({ pace: "real" });
  for (let at = 0; at < 250; at++)
    await api.call("GET", "/v2/account", undefined, { unchecked: true });
  const refused = await api.call("GET", "/v2/account");
  expect(refused.status).toBe(429);
  expect(refused.body.id).toBe("too_many_requests");
  expect(Number(refused.headers.get("retry-after"))).toBe(60);
  expect(refused.headers.get("ratelimit-remaining")).toBe("4750");
  expect((await api.call("GET", "/v2/account", undefined, { token: "another" })).status).toBe(200);
  await api.clock.advance(61_000);
  expect((await api.call("GET", "/v2/account")).status).toBe(200);
});

test("SSH keys: by number or fingerprint, renamed, not twice, deleted once", async () => {
  const api = await testApi();
  const { id, fingerprint } = (
    await api.call("POST", "/v2/account/keys", { name: "one", public_key: PUBLIC_KEY })
  ).body.ssh_key;
  expect(
    (await api.call("POST", "/v2/account/keys", { name: "two", public_key: PUBLIC_KEY })).body
      .message,
  ).toBe("SSH Key is already in use on your account");
  expect(
    (await api.call("PUT", `/v2/account/keys/${fingerprint}`, { name: "uno" })).body.ssh_key,
  ).toMatchObject({ id, name: "uno" });
  expect(
    (await api.call("POST", "/v2/account/keys", { name: "bad", public_key: "hello" })).status,
  ).toBe(422);
  expect((await api.call("DELETE", `/v2/account/keys/${id}`)).status).toBe(204);
  expect((await api.call("DELETE", `/v2/account/keys/${id}`)).status).toBe(404);
});

test("tags count what they hold, keep their first spelling, and a resource that is not there is 404", async () => {
  const api = await testApi();
  await api.call("POST", "/v2/droplets", newDroplet({ tags: ["Blue"] }));
  await api.cloud.jobs.settled();
  const { id } = api.cloud.store.state.droplets[0]!;
  expect((await api.call("POST", "/v2/tags", { name: "blue" })).body.tag).toMatchObject({
    name: "Blue",
    resources: { count: 1, droplets: { count: 1 } },
  });
  await api.call("POST", "/v2/tags", { name: "green" });
  expect(
    (
      await api.call("POST", "/v2/tags/green/resources", {
        resources: [{ resource_id: String(id), resource_type: "droplet" }],
      })
    ).status,
  ).toBe(204);
  expect((await api.call("GET", `/v2/droplets?tag_name=green`)).body.droplets).toHaveLength(1);
  expect(
    (
      await api.call("POST", "/v2/tags/green/resources", {
        resources: [{ resource_id: "1", resource_type: "droplet" }],
      })
    ).status,
  ).toBe(404);
  expect(
    (
      await api.call("DELETE", "/v2/tags/green/resources", {
        resources: [{ resource_id: String(id), resource_type: "droplet" }],
      })
    ).status,
  ).toBe(204);
  expect((await api.call("DELETE", "/v2/tags/Blue")).status).toBe(204);
  expect((await api.call("GET", `/v2/droplets/${id}`)).body.droplet.tags).toEqual([]);
});

test("projects: a resource is in one, reserved IPs are listed as floating IPs, a project with resources is not deleted", async () => {
  const api = await testApi();
  await api.call("POST", "/v2/droplets", newDroplet());
  const { ip } = (await api.call("POST", "/v2/reserved_ips", { region: "fra1" })).body.reserved_ip;
  const urn = `do:droplet:${api.cloud.store.state.droplets[0]!.id}`;
  expect(
    (await api.call("GET", "/v2/projects/default/resources")).body.resources.map((one) => one.urn),
  ).toEqual([urn, `do:floatingip:${ip}`]);
  const { id } = (
    await api.call("POST", "/v2/projects", {
      name: "other",
      purpose: "test",
      environment: "staging",
    })
  ).body.project;
  expect((await api.call("GET", `/v2/projects/${id}`)).body.project.environment).toBe("Staging");
  expect(
    (await api.call("POST", "/v2/projects", { name: "third", purpose: "test", environment: "" }))
      .body.project.environment,
  ).toBe("");
  expect(
    (
      await api.call("POST", `/v2/projects/${id}/resources`, {
        resources: [urn, `do:reservedip:${ip}`],
      })
    ).body.resources,
  ).toMatchObject([{ urn, status: "assigned" }, { urn: `do:floatingip:${ip}` }]);
  expect((await api.call("GET", "/v2/projects/default/resources")).body.resources).toEqual([]);
  expect((await api.call("DELETE", `/v2/projects/${id}`)).status).toBe(412);
  expect(
    (await api.call("POST", `/v2/projects/${id}/resources`, { resources: ["do:droplet:1"] })).body
      .resources,
  ).toMatchObject([{ status: "not_found" }]);
  expect(
    (await api.call("POST", `/v2/projects/${id}/resources`, { resources: ["droplet 1"] })).status,
  ).toBe(422);
  await api.call("DELETE", `/v2/droplets/${urn.split(":")[2]}`);
  await api.call("DELETE", `/v2/reserved_ips/${ip}`);
  expect((await api.call("DELETE", `/v2/projects/${id}`)).status).toBe(204);
});

test("a project's environment is empty when not given; the Go client's nulls leave what they name", async () => {
  const api = await testApi();
  const made = await api.call("POST", "/v2/projects", { name: "bare", purpose: "test" });
  expect(made.body.project).toMatchObject({ environment: "", is_default: false });
  const path = `/v2/projects/${made.body.project.id}`;
  const nothing = { name: null, description: null, purpose: null, environment: null };
  await api.call("PATCH", path, { ...nothing, environment: "production", description: "words" });
  expect((await api.call("PATCH", path, { ...nothing, is_default: true })).body.project).toEqual({
    ...made.body.project,
    description: "words",
    environment: "Production",
    is_default: true,
  });
  expect(
    (await api.call("PATCH", path, { environment: "", description: "" })).body.project,
  ).toMatchObject({ environment: "", description: "", is_default: true });
});

test("a trailing slash is the same path", async () => {
  const api = await testApi();
  for (const path of ["/v2/account", "/v2/droplets", "/v2/monitoring/alerts", "/v2/vpcs"])
    expect((await api.call("GET", `${path}/`, undefined, { unchecked: true })).body).toEqual(
      (await api.call("GET", path)).body,
    );
  expect((await api.call("GET", "/v2/droplets/1/", undefined, { unchecked: true })).status).toBe(
    404,
  );
  expect((await api.call("POST", "/v2/tags/", { name: "slash" }, { unchecked: true })).status).toBe(
    201,
  );
});
