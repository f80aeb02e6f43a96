import { Hono, type Context } from "hono";
import { z } from "zod";

import type { CloudState, DnsRecord, DomainRecord } from "../records";
import type { Api, ApiEnv, Cloud } from "./cloud";
import { normalize, recordChange, recordRequest, ttlOf } from "./dns-records";
import { notFound, unprocessable } from "./errors";
import { page } from "./paging";
import { assignToProject } from "./projects";
import { body, numericId, pathParameter } from "./request";

const nameservers = ["ns1.digitalocean.com", "ns2.digitalocean.com", "ns3.digitalocean.com"];
const domainName = z
  .string()
  .max(253)
  .regex(/^(?!-)([a-z0-9_-]{1,63}\.)+[a-z0-9-]{2,63}$/i, "is not a domain name");
const newDomain = z.object({
  name: domainName,
  ip_address: z.ipv4("is not an IPv4 address").or(z.literal("")).nullish(),
});

const line = (record: DnsRecord): string => {
  const numbers = [record.priority, record.weight, record.port, record.flags]
    .filter((value) => value !== null)
    .join(" ");
  const data =
    record.type === "TXT"
      ? JSON.stringify(record.data)
      : ["CNAME", "MX", "NS", "SRV"].includes(record.type) && record.data !== "@"
        ? `${record.data}.`
        : record.data;
  return [record.name, record.ttl, "IN", record.type, numbers, record.tag ?? "", data]
    .filter((part) => part !== "")
    .join(" ");
};
const zoneFile = (state: CloudState, domain: DomainRecord): string =>
  [
    `$ORIGIN ${domain.name}.`,
    `$TTL ${domain.ttl}`,
    `${domain.name}. IN SOA ns1.digitalocean.com. hostmaster.${domain.name}. ${state.serial} 10800 3600 604800 1800`,
    ...recordsOf(state, domain.name)
      .filter((one) => one.type !== "SOA")
      .map(line),
    "",
  ].join("\n");

const recordsOf = (state: CloudState, domain: string): DnsRecord[] =>
  state.dnsRecords.filter((record) => record.domain === domain);
const recordView = ({
  id,
  type,
  name,
  data,
  priority,
  port,
  ttl,
  weight,
  flags,
  tag,
}: DnsRecord): Record<string, unknown> => ({
  id,
  type,
  name,
  data,
  priority,
  port,
  ttl,
  weight,
  flags,
  tag,
});
const domainView = (state: CloudState, domain: DomainRecord): Record<string, unknown> => ({
  name: domain.name,
  ttl: domain.ttl,
  zone_file: zoneFile(state, domain),
});

const askedDomain = (cloud: Cloud, c: Context<ApiEnv>): DomainRecord => {
  const domain = cloud.state.domains.find(
    (one) => one.name === pathParameter(c, "domain").toLowerCase(),
  );
  if (!domain) throw notFound();
  return domain;
};
const askedRecord = (cloud: Cloud, c: Context<ApiEnv>): DnsRecord => {
  const domain = askedDomain(cloud, c);
  const record = cloud.state.dnsRecords.find(
    (one) => one.domain === domain.name && one.id === numericId(c, "record"),
  );
  if (!record) throw notFound();
  return record;
};

const blank = {
  priority: null,
  port: null,
  weight: null,
  flags: null,
  tag: null,
};
const addDomain = (
  cloud: Cloud,
  name: string,
  address: string | null | undefined,
): DomainRecord => {
  const domain = { name, ttl: 1800 };
  const record = (type: string, data: string): DnsRecord => ({
    id: cloud.store.nextId(),
    domain: name,
    type,
    name: "@",
    data,
    ttl: 1800,
    ...blank,
  });
  cloud.state.domains.push(domain);
  cloud.state.dnsRecords.push(
    record("SOA", "1800"),
    ...nameservers.map((server) => record("NS", server)),
    ...(address ? [record("A", address)] : []),
  );
  return domain;
};

const domainRoutes = (cloud: Cloud, api: Api): void => {
  const { state } = cloud;
  api.get("/domains", (c) =>
    c.json(
      page(
        c,
        "domains",
        state.domains.map((one) => domainView(state, one)),
      ),
    ),
  );
  api.post("/domains", async (c) => {
    const wanted = await body(c, newDomain);
    const name = wanted.name.toLowerCase();
    if (state.domains.some((one) => one.name === name))
      throw unprocessable(`The domain '${name}' already exists.`);
    const domain = addDomain(cloud, name, wanted.ip_address);
    state.serial++;
    assignToProject(cloud, `do:domain:${name}`);
    return c.json({ domain: { name, ttl: domain.ttl, zone_file: null } }, 201);
  });
  api.get("/domains/:domain", (c) => c.json({ domain: domainView(state, askedDomain(cloud, c)) }));
  api.delete("/domains/:domain", (c) => {
    const domain = askedDomain(cloud, c);
    state.domains = state.domains.filter((one) => one !== domain);
    state.dnsRecords = state.dnsRecords.filter((one) => one.domain !== domain.name);
    return c.body(null, 204);
  });
};

const matches = (
  record: DnsRecord,
  type: string | undefined,
  name: string | undefined,
): boolean => {
  // The filter is a full name, with or without its final dot.
  const full = record.name === "@" ? record.domain : `${record.name}.${record.domain}`;
  return (
    (!type || record.type === type.toUpperCase()) &&
    (!name || full === name.toLowerCase().replace(/\.$/, ""))
  );
};

const recordRoutes = (cloud: Cloud, api: Api): void => {
  const { state } = cloud;
  api.get("/domains/:domain/records", (c) => {
    const domain = askedDomain(cloud, c);
    return c.json(
      page(
        c,
        "domain_records",
        recordsOf(state, domain.name)
          .filter((one) => matches(one, c.req.query("type"), c.req.query("name")))
          .map(recordView),
      ),
    );
  });
  api.post("/domains/:domain/records", async (c) => {
    const wanted = await body(c, recordRequest);
    const domain = askedDomain(cloud, c);
    if (wanted.type === "SOA")
      throw unprocessable("An SOA record is there already; only its TTL can be changed.");
    const content = normalize(domain.name, wanted, recordsOf(state, domain.name));
    const record: DnsRecord = { id: cloud.store.nextId(), domain: domain.name, ...content };
    state.dnsRecords.push(record);
    state.serial++;
    return c.json({ domain_record: recordView(record) }, 201);
  });
  api.get("/domains/:domain/records/:record", (c) =>
    c.json({ domain_record: recordView(askedRecord(cloud, c)) }),
  );
  api.on(["PUT", "PATCH"], "/domains/:domain/records/:record", async (c) => {
    const wanted = await body(c, recordChange);
    const record = askedRecord(cloud, c);
    if (wanted.type && wanted.type !== record.type)
      throw unprocessable("The type of a record can't be changed.");
    if (record.type === "SOA") record.ttl = ttlOf(wanted.ttl, record.ttl);
    else
      Object.assign(
        record,
        normalize(
          record.domain,
          { ...record, data: dotted(record), ...defined(wanted), type: record.type },
          recordsOf(state, record.domain).filter((one) => one !== record),
        ),
      );
    state.serial++;
    return c.json({ domain_record: recordView(record) });
  });
  api.delete("/domains/:domain/records/:record", (c) => {
    const record = askedRecord(cloud, c);
    if (record.type === "SOA") throw unprocessable("The SOA record can't be deleted.");
    state.dnsRecords = state.dnsRecords.filter((one) => one !== record);
    state.serial++;
    return c.body(null, 204);
  });
};

/** Stored without the final dot that a target is sent with. */
const dotted = (record: DnsRecord): string =>
  ["CNAME", "MX", "NS", "SRV"].includes(record.type) && record.data !== "@"
    ? `${record.data}.`
    : record.data;
const defined = <T extends object>(value: T): Partial<T> =>
  Object.fromEntries(
    Object.entries(value).filter(([, part]) => part !== undefined && part !== null),
  ) as Partial<T>;

export const domainAndRecordRoutes = (cloud: Cloud): Api => {
  const api: Api = new Hono();
  domainRoutes(cloud, api);
  recordRoutes(cloud, api);
  return api;
};
