import { expect, test } from "@jest/globals";

import { testApi, type TestApi } from "./harness";

const zone = async (ip_address?: string): Promise<TestApi> => {
  const api = await testApi();
  expect(
    (
      await api.call("POST", "/v2/domains", {
        name: "example.test",
        ...(ip_address ? { ip_address } : {}),
      })
    ).status,
  ).toBe(201);
  return api;
};
const add = (api: TestApi, record: Record<string, unknown>) =>
  api.call("POST", "/v2/domains/example.test/records", {
    name: "@",
    priority: 0,
    port: 0,
    weight: 0,
    flags: 0,
    ttl: 1800,
    ...record,
  });

test("a new domain has three name servers, an SOA and, when asked, the apex", async () => {
  const api = await zone("203.0.113.9");
  const { domain_records } = (await api.call("GET", "/v2/domains/example.test/records")).body;
  expect(domain_records.map((one) => `${one.type} ${one.name} ${one.data}`)).toEqual([
    "SOA @ 1800",
    "NS @ ns1.digitalocean.com",
    "NS @ ns2.digitalocean.com",
    "NS @ ns3.digitalocean.com",
    "A @ 203.0.113.9",
  ]);
  expect((await api.call("GET", "/v2/domains/example.test")).body.domain.zone_file).toContain(
    "$ORIGIN example.test.",
  );
  expect((await api.call("POST", "/v2/domains", { name: "Example.Test" })).status).toBe(422);
});

test("what the provider sends as zero reads back as null where the type has no such field", async () => {
  const api = await zone();
  expect(
    (await add(api, { type: "A", data: "203.0.113.10", ttl: 300 })).body.domain_record,
  ).toMatchObject({
    priority: null,
    port: null,
    ttl: 300,
    weight: null,
    flags: null,
    tag: null,
  });
  expect(
    (await add(api, { type: "CAA", data: "letsencrypt.org.", tag: "issue" })).body.domain_record,
  ).toMatchObject({ data: "letsencrypt.org", flags: 0, tag: "issue", priority: null });
  expect(
    (await add(api, { type: "MX", data: "mail.example.test.", priority: 10 })).body.domain_record,
  ).toMatchObject({ data: "mail.example.test", priority: 10, port: null });
});

test.each([
  [{ type: "CNAME", name: "www", data: "example.test" }, "end with a dot"],
  [{ type: "A", data: "nowhere" }, "IPv4"],
  [{ type: "AAAA", data: "203.0.113.1" }, "IPv6"],
  [{ type: "A", data: "203.0.113.1", ttl: 29 }, "at least 30"],
  [{ type: "CAA", data: "ca.test." }, "Tag"],
  [{ type: "SOA", data: "x" }, "SOA"],
  [{ type: "A", name: "a b", data: "203.0.113.1" }, "host name"],
  [{ type: "WKS", data: "x" }, "record type"],
  [{ type: "MX", data: "m.test.", priority: null }, "priority"],
])("%j is refused with 422", async (wrong, text) => {
  const api = await zone();
  const { status, body } = await add(api, wrong);
  expect(status).toBe(422);
  expect(body.message).toContain(text);
});

test("a target that is the zone itself reads back as @, others lose their dot, names in the zone become relative", async () => {
  const api = await zone();
  expect(
    (await add(api, { type: "CNAME", name: "www", data: "example.test." })).body.domain_record.data,
  ).toBe("@");
  expect(
    (await add(api, { type: "CNAME", name: "blog.example.test.", data: "Other.Test." })).body
      .domain_record,
  ).toMatchObject({ name: "blog", data: "other.test" });
  expect((await add(api, { type: "A", name: "www", data: "203.0.113.1" })).body.message).toContain(
    "CNAME",
  );
});

test("a change keeps what it does not name; the list is filtered by full name and by type", async () => {
  const api = await zone();
  const { id } = (await add(api, { type: "A", name: "www", data: "203.0.113.10" })).body
    .domain_record;
  const changed = await api.call("PUT", `/v2/domains/example.test/records/${id}`, {
    name: "www",
    data: "203.0.113.11",
    priority: 0,
    port: 0,
    ttl: 600,
    weight: 0,
    flags: 0,
  });
  expect(changed.body.domain_record).toMatchObject({
    id,
    type: "A",
    data: "203.0.113.11",
    ttl: 600,
  });
  expect(
    (await api.call("PATCH", `/v2/domains/example.test/records/${id}`, { type: "A", ttl: 60 })).body
      .domain_record,
  ).toMatchObject({ data: "203.0.113.11", ttl: 60 });
  expect(
    (await api.call("GET", "/v2/domains/example.test/records?name=www.example.test&type=A")).body
      .domain_records,
  ).toHaveLength(1);
  expect(
    (await api.call("GET", "/v2/domains/example.test/records?name=www")).body.domain_records,
  ).toHaveLength(0);
  expect(
    (await api.call("PUT", `/v2/domains/example.test/records/${id}`, { type: "TXT" })).status,
  ).toBe(422);
  expect((await api.call("DELETE", `/v2/domains/example.test/records/${id}`)).status).toBe(204);
  expect((await api.call("DELETE", `/v2/domains/example.test/records/${id}`)).status).toBe(404);
});

test("a target kept without its dot survives a change of the TTL", async () => {
  const api = await zone();
  const { id } = (await add(api, { type: "CNAME", name: "blog", data: "other.test." })).body
    .domain_record;
  expect(
    (await api.call("PATCH", `/v2/domains/example.test/records/${id}`, { type: "CNAME", ttl: 90 }))
      .body.domain_record,
  ).toMatchObject({ data: "other.test", ttl: 90 });
});

test("of the SOA record only the TTL changes, within what a TTL may be", async () => {
  const api = await zone();
  const { id } = api.cloud.store.state.dnsRecords.find((one) => one.type === "SOA")!;
  const change = (wanted: Record<string, unknown>) =>
    api.call("PATCH", `/v2/domains/example.test/records/${id}`, { type: "SOA", ...wanted });
  expect((await change({ ttl: 5 })).status).toBe(422);
  expect((await change({ ttl: 600, data: "x" })).body.domain_record).toMatchObject({
    ttl: 600,
    data: "1800",
  });
});

test("deleting the domain takes its records along", async () => {
  const api = await zone("203.0.113.9");
  expect((await api.call("DELETE", "/v2/domains/example.test")).status).toBe(204);
  expect(api.cloud.store.state.dnsRecords).toEqual([]);
  expect((await api.call("GET", "/v2/domains/example.test/records")).status).toBe(404);
});
