import { omit } from "../../omit";
import type { Props, Value } from "../../values/value";
import type { Client, Json } from "./client";
import { num, type Spec, str } from "./resource";

export const domain = (client: Client): Spec => ({
  label: "Domain",
  required: ["name"],
  zeros: { ipAddress: null },
  replaces: ["name", "ipAddress"],
  outputs: ["domainUrn", "ttl"],
  create: async (inputs, work) =>
    str(
      (
        (
          await client.post(
            "/domains",
            {
              name: inputs["name"],
              ...(inputs["ipAddress"] ? { ip_address: inputs["ipAddress"] } : {}),
            },
            work,
          )
        )["domain"] as Json
      )["name"] as string,
    ),
  view: async (id, _before, work) => {
    const found = (await client.find(`/domains/${id}`, work))?.["domain"] as Json | undefined;
    return found
      ? { name: found["name"], domainUrn: `do:domain:${String(found["name"])}`, ttl: found["ttl"] }
      : null;
  },
  find: async ({ name }, _since, work) =>
    (await client.find(`/domains/${str(name)}`, work)) ? str(name) : undefined,
  delete: async (id, _state, work) => await client.delete(`/domains/${id}`, work),
});

const POINTING = new Set(["CNAME", "MX", "NS", "SRV", "CAA"]);

/** The API gives targets back without the final dot. */
const valueOf = (record: Json): string => {
  const data = String(record["data"]);
  return POINTING.has(String(record["type"])) &&
    record["tag"] !== "iodef" &&
    data !== "@" &&
    !data.endsWith(".")
    ? `${data}.`
    : data;
};
/** The API calls the zone itself "@", and a program may. */
const isValue = (told: Value | undefined, wanted: Value | undefined, zone: string): boolean =>
  told === wanted || (told === "@" && wanted === `${zone}.`) || told === `${str(wanted)}.${zone}.`;
const isName = (told: Value | undefined, wanted: Value | undefined, zone: string): boolean =>
  (told === "@" && wanted === `${zone}.`) || `${str(told)}.${zone}.` === wanted;

const body = (inputs: Props): Record<string, unknown> => ({
  type: inputs["type"],
  name: inputs["name"],
  data: inputs["value"],
  priority: num(inputs["priority"]),
  port: num(inputs["port"]),
  ...(inputs["ttl"] === undefined ? {} : { ttl: num(inputs["ttl"]) }),
  weight: num(inputs["weight"]),
  flags: num(inputs["flags"]),
  ...(inputs["tag"] ? { tag: inputs["tag"] } : {}),
});

const fqdnOf = (name: string, zone: string): string =>
  name === "@" || name === zone ? zone : name.endsWith(zone) ? name : `${name}.${zone}`;

/** The state has them all; the API says null where the type has none. */
const present = (record: Json): Props => ({
  priority: record["priority"] ?? 0,
  port: record["port"] ?? 0,
  weight: record["weight"] ?? 0,
  flags: record["flags"] ?? 0,
  tag: record["tag"] ?? "",
});

export const dnsRecord = (client: Client): Spec => ({
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
    (property === "value" && isValue(told, wanted, str(zone))) ||
    (property === "name" && isName(told, wanted, str(zone))),
  validate: (inputs) => {
    const needs: Readonly<Record<string, readonly string[]>> = {
      MX: ["priority"],
      SRV: ["priority", "port", "weight"],
      CAA: ["flags", "tag"],
    };
    return (needs[str(inputs["type"])] ?? [])
      .filter((key) => inputs[key] === undefined)
      .map((property) => ({
        property,
        reason: `is required for when type is \`${str(inputs["type"])}\``,
      }));
  },
  create: async (inputs, work) =>
    String(
      (
        (await client.post(`/domains/${str(inputs["domain"])}/records`, body(inputs), work))[
          "domain_record"
        ] as Json
      )["id"],
    ),
  view: async (id, before, work) => {
    const zone = str(before["domain"]);
    const record = (await client.find(`/domains/${zone}/records/${id}`, work))?.[
      "domain_record"
    ] as Json | undefined;
    if (!record) return null;
    return {
      domain: zone,
      type: record["type"],
      name: record["name"],
      value: valueOf(record),
      ttl: record["ttl"],
      fqdn: fqdnOf(String(record["name"]), zone),
      ...present(record),
    };
  },
  update: async (id, _old, now, work) => {
    await client.put(`/domains/${str(now["domain"])}/records/${id}`, omit(body(now), "type"), work);
  },
  find: async (inputs, _since, work) => {
    const zone = str(inputs["domain"]);
    const found = (await client.list(`/domains/${zone}/records`, "domain_records", work)).find(
      (record) =>
        record["type"] === inputs["type"] &&
        record["name"] === inputs["name"] &&
        isValue(valueOf(record), inputs["value"], zone),
    );
    return found && String(found["id"]);
  },
  delete: async (id, state, work) =>
    await client.delete(`/domains/${str(state["domain"])}/records/${id}`, work),
  parseId: (id): { id: string; known: Props } => {
    const [zone, record] = id.split(",");
    return record === undefined ? { id, known: {} } : { id: record, known: { domain: zone! } };
  },
});
