import type { DomainRecord } from "@second-server/digitalocean-api/types";
import { z } from "zod";

import { omit } from "../../omit";
import type { Props, Value } from "../../values/value";
import { type Body, entity, type Fields, maybeNumber, maybeText } from "./answers";
import type { Client } from "./client";
import { optionalText, type Told, toNumber, toText } from "./convert";
import type { ImportedId, Operations, ResourceKind, Schema } from "./kind";

export const recordEntity = entity(
  "domain_record",
  "domain_records",
  z.object({
    id: z.number(),
    type: z.string(),
    name: z.string(),
    data: z.string(),
    priority: maybeNumber,
    port: maybeNumber,
    ttl: maybeNumber,
    weight: maybeNumber,
    flags: maybeNumber,
    tag: maybeText,
  } satisfies Fields<DomainRecord>),
);
type Found = z.output<(typeof recordEntity)["schema"]>;

const POINTING = new Set(["CNAME", "MX", "NS", "SRV", "CAA"]);

/** The API gives targets back without the final dot. */
const valueOf = ({ type, data, tag }: Found): string => {
  const isTarget = POINTING.has(type) && tag !== "iodef" && data !== "@";
  return isTarget && !data.endsWith(".") ? `${data}.` : data;
};
/** The API calls the zone itself "@", and a program may. */
const isValue = (told: Value | undefined, wanted: Value | undefined, zone: string): boolean =>
  told === wanted ||
  (told === "@" && wanted === `${zone}.`) ||
  told === `${toText(wanted)}.${zone}.`;
const isName = (told: Value | undefined, wanted: Value | undefined, zone: string): boolean =>
  (told === "@" && wanted === `${zone}.`) || `${toText(told)}.${zone}.` === wanted;

const body = (inputs: Props): Body<"post /domains/{domain_name}/records"> => ({
  type: optionalText(inputs["type"]),
  name: optionalText(inputs["name"]),
  data: optionalText(inputs["value"]),
  priority: toNumber(inputs["priority"]),
  port: toNumber(inputs["port"]),
  ...(inputs["ttl"] === undefined ? {} : { ttl: toNumber(inputs["ttl"]) }),
  weight: toNumber(inputs["weight"]),
  flags: toNumber(inputs["flags"]),
  ...(inputs["tag"] ? { tag: toText(inputs["tag"]) } : {}),
});

const fqdnOf = (name: string, zone: string): string => {
  if (name === "@" || name === zone) return zone;
  return name.endsWith(zone) ? name : `${name}.${zone}`;
};

/**
 * What only some types of records have. The state has them all; the API says null where the type
 * has none.
 */
export const specialsOf = ({ priority, port, weight, flags, tag }: Found): Told => ({
  priority: priority ?? 0,
  port: port ?? 0,
  weight: weight ?? 0,
  flags: flags ?? 0,
  tag: tag ?? "",
});

const NEEDS: Readonly<Record<string, readonly string[]>> = {
  MX: ["priority"],
  SRV: ["priority", "port", "weight"],
  CAA: ["flags", "tag"],
};

const schema: Schema = {
  label: "record",
  required: ["domain", "type", "value"],
  autoName: 255,
  replaces: ["domain", "type"],
  computed: ["ttl"],
  zeros: {
    priority: 0,
    port: 0,
    weight: 0,
    flags: 0,
    tag: "",
  },
  outputs: ["fqdn"],
  alike: (property, told, wanted, { domain: zone }) =>
    (property === "value" && isValue(told, wanted, toText(zone))) ||
    (property === "name" && isName(told, wanted, toText(zone))),
  validate: (inputs) => {
    const type = toText(inputs["type"]);
    return (NEEDS[type] ?? [])
      .filter((key) => inputs[key] === undefined)
      .map((property) => ({ property, reason: `is required for when type is \`${type}\`` }));
  },
  parseId: (id): ImportedId => {
    const [zone = "", record] = id.split(",");
    return record === undefined ? { id, known: {} } : { id: record, known: { domain: zone } };
  },
};

const operations = (client: Client): Operations => {
  const pathOf = ({ domain }: Props, id?: string): string =>
    `/domains/${toText(domain)}/records${id === undefined ? "" : `/${id}`}`;
  return {
    create: async (inputs, work) =>
      String((await client.create(pathOf(inputs), body(inputs), recordEntity, work)).id),
    view: async (id, before, work) => {
      const record = await client.find(pathOf(before, id), recordEntity, work);
      const zone = toText(before["domain"]);
      return (
        record && {
          domain: zone,
          type: record.type,
          name: record.name,
          value: valueOf(record),
          ttl: record.ttl,
          fqdn: fqdnOf(record.name, zone),
          ...specialsOf(record),
        }
      );
    },
    update: async (id, _old, now, work) => {
      await client.put(pathOf(now, id), omit(body(now), "type"), work);
    },
    find: async (inputs, work) => {
      const zone = toText(inputs["domain"]);
      const found = (await client.list(pathOf(inputs), recordEntity, work)).find(
        (record) =>
          record.type === inputs["type"] &&
          record.name === inputs["name"] &&
          isValue(valueOf(record), inputs["value"], zone),
      );
      return found && String(found.id);
    },
    delete: async (id, state, work) => await client.delete(pathOf(state, id), work),
  };
};

export const dnsRecord: ResourceKind = { schema, operations };
