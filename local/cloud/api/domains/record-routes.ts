import type { Answer, DomainRecord as ApiRecord } from "@second-server/digitalocean-api/types";
import type { Context } from "hono";

import type { DnsRecord, DomainRecord } from "../../records/network";
import type { Api, ApiEnv, Cloud } from "../cloud";
import { found, notFound, unprocessable } from "../errors";
import { page } from "../paging";
import { body, given, numericId } from "../request";
import { normalize, recordChange, recordRequest, ttlOf } from "./record-request";
import { sentData } from "./zone-file";

const view = ({ domain: _, ...shown }: DnsRecord): Answer<ApiRecord> => shown;

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

/** @param domainOf the asked domain */
export const recordRoutes = (
  { store }: Cloud,
  api: Api,
  domainOf: (c: Context<ApiEnv>) => DomainRecord,
): void => {
  const { dnsRecords } = store;
  const recordsOf = (domain: string): DnsRecord[] =>
    dnsRecords.filter((record) => record.domain === domain);
  const asked = (c: Context<ApiEnv>): DnsRecord => {
    const domain = domainOf(c);
    const record = found(dnsRecords.get(numericId(c, "record")));
    if (record.domain !== domain.name) throw notFound();
    return record;
  };
  const zoneChanged = (): void => store.set({ serial: store.state.serial + 1 });

  api.get("/domains/:domain/records", (c) => {
    const { type, name } = c.req.query();
    const records = recordsOf(domainOf(c).name).filter((one) => matches(one, type, name));
    return c.json(page(c, "domain_records", records.map(view)));
  });
  api.post("/domains/:domain/records", async (c) => {
    const wanted = await body(c, recordRequest);
    const domain = domainOf(c);
    if (wanted.type === "SOA")
      throw unprocessable("An SOA record is there already; only its TTL can be changed.");
    const content = normalize(domain.name, wanted, recordsOf(domain.name));
    const record = dnsRecords.insert({ id: store.nextId(), domain: domain.name, ...content });
    zoneChanged();
    return c.json({ domain_record: view(record) }, 201);
  });
  api.get("/domains/:domain/records/:record", (c) => c.json({ domain_record: view(asked(c)) }));
  api.on(["PUT", "PATCH"], "/domains/:domain/records/:record", async (c) => {
    const wanted = await body(c, recordChange);
    const record = asked(c);
    if (wanted.type && wanted.type !== record.type)
      throw unprocessable("The type of a record can't be changed.");
    const others = recordsOf(record.domain).filter((one) => one !== record);
    const merged = { ...record, data: sentData(record), ...given(wanted), type: record.type };
    const change =
      record.type === "SOA"
        ? { ttl: ttlOf(wanted.ttl, record.ttl) }
        : normalize(record.domain, merged, others);
    dnsRecords.update(record, change);
    zoneChanged();
    return c.json({ domain_record: view(record) });
  });
  api.delete("/domains/:domain/records/:record", (c) => {
    const record = asked(c);
    if (record.type === "SOA") throw unprocessable("The SOA record can't be deleted.");
    dnsRecords.remove((one) => one === record);
    zoneChanged();
    return c.body(null, 204);
  });
};
