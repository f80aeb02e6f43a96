import type { Answer } from "dns-packet";

import type { CloudState } from "../records";
import type { DnsRecord } from "../records/network";

export interface Question {
  readonly name: string;
  readonly type: string;
}
export interface Reply {
  readonly rcode: "NOERROR" | "NXDOMAIN" | "REFUSED" | "SERVFAIL";
  readonly authoritative: boolean;
  readonly answers: Answer[];
  readonly authorities: Answer[];
}

/** Names of the world outside that the lab itself stands in for, by address. */
export const infrastructure: Readonly<Record<string, string>> = {
  "api.digitalocean.com": "192.0.2.10",
  "api.lab.test": "192.0.2.10",
  "acme-v02.api.letsencrypt.org": "192.0.2.14",
  "acme-staging-v02.api.letsencrypt.org": "192.0.2.14",
  "relay.lab.test": "192.0.2.25",
  // At an address that every router has had.
  "offsite.lab.test": "192.0.2.10",
  "ns1.digitalocean.com": "192.0.2.53",
  "ns2.digitalocean.com": "192.0.2.53",
  "ns3.digitalocean.com": "192.0.2.53",
  "deb.debian.org": "192.0.2.80",
  "security.debian.org": "192.0.2.80",
  "ftp.debian.org": "192.0.2.80",
  "http.debian.net": "192.0.2.80",
  "cdn-fastly.deb.debian.org": "192.0.2.80",
};
const INFRASTRUCTURE_TTL = 300;

const fullName = (record: DnsRecord): string =>
  record.name === "@" ? record.domain : `${record.name}.${record.domain}`;
const target = (record: DnsRecord): string => (record.data === "@" ? record.domain : record.data);

/** TXT strings are at most 255 bytes each on the wire. */
const strings = (text: string): Buffer[] => {
  const bytes = Buffer.from(text.replace(/^"(.*)"$/s, "$1"));
  const parts: Buffer[] = [];
  for (let at = 0; at < bytes.length || at === 0; at += 255)
    parts.push(bytes.subarray(at, at + 255));
  return parts;
};

const soa = (state: CloudState, zone: string): Answer => ({
  type: "SOA",
  name: zone,
  ttl: state.dnsRecords.find((one) => one.domain === zone && one.type === "SOA")?.ttl ?? 1800,
  data: {
    mname: "ns1.digitalocean.com",
    rname: `hostmaster.${zone}`,
    serial: state.serial,
    refresh: 10_800,
    retry: 3_600,
    expire: 604_800,
    minimum: 1_800,
  },
});

const toAnswer = (state: CloudState, record: DnsRecord, name: string): Answer => {
  const { ttl } = record;
  switch (record.type) {
    case "A":
    case "AAAA":
      return { type: record.type, name, ttl, data: record.data };
    case "CNAME":
    case "NS":
      return { type: record.type, name, ttl, data: target(record) };
    case "MX":
      return {
        type: "MX",
        name,
        ttl,
        data: { preference: record.priority ?? 0, exchange: target(record) },
      };
    case "SRV":
      return {
        type: "SRV",
        name,
        ttl,
        data: {
          priority: record.priority ?? 0,
          weight: record.weight ?? 0,
          port: record.port ?? 0,
          target: target(record),
        },
      };
    case "TXT":
      return { type: "TXT", name, ttl, data: strings(record.data) };
    // 128 is the flag "critical"; the library takes it apart from the others.
    case "CAA":
      return {
        type: "CAA",
        name,
        ttl,
        data: {
          flags: record.flags ?? 0,
          issuerCritical: (record.flags ?? 0) >= 128,
          tag: record.tag as "issue",
          value: record.data,
        },
      };
    default:
      return soa(state, record.domain);
  }
};

/** The most specific zone that a name lies in. */
const zoneOf = (state: CloudState, name: string): string | undefined =>
  state.domains
    .map((domain) => domain.name)
    .filter((zone) => name === zone || name.endsWith(`.${zone}`))
    .sort((a, b) => b.length - a.length)[0];

const recordsAt = (
  state: CloudState,
  zone: string,
  name: string,
): { records: DnsRecord[]; exists: boolean } => {
  const inZone = state.dnsRecords.filter((record) => record.domain === zone);
  const exact = inZone.filter((record) => fullName(record) === name);
  // A name that only has names below it exists as well, without records.
  if (exact.length || inZone.some((record) => fullName(record).endsWith(`.${name}`)))
    return { records: exact, exists: true };
  const parent = name.slice(name.indexOf(".") + 1);
  const wild = name === zone ? [] : inZone.filter((record) => fullName(record) === `*.${parent}`);
  return { records: wild, exists: wild.length > 0 };
};

const reverse = (state: CloudState, name: string): Answer[] => {
  const address = name
    .replace(/\.in-addr\.arpa$/, "")
    .split(".")
    .reverse()
    .join(".");
  // DigitalOcean's PTR is the droplet's name, where that is a full one.
  return state.droplets
    .filter((one) => one.ipv4 === address && one.name.includes("."))
    .map((one) => ({ type: "PTR", name, ttl: 1800, data: one.name }));
};

const outside = (state: CloudState, { name, type }: Question): Reply => {
  const address = Object.hasOwn(infrastructure, name) ? infrastructure[name] : undefined;
  if (address)
    return {
      rcode: "NOERROR",
      authoritative: true,
      authorities: [],
      answers:
        type === "A" || type === "ANY"
          ? [{ type: "A", name, ttl: INFRASTRUCTURE_TTL, data: address }]
          : [],
    };
  const answers = name.endsWith(".in-addr.arpa") ? reverse(state, name) : [];
  // There is no world behind this server: what it does not know does not exist.
  return {
    rcode: answers.length ? "NOERROR" : "NXDOMAIN",
    authoritative: false,
    answers: type === "PTR" ? answers : [],
    authorities: [],
  };
};

/**
 * What the lab's DNS says, from the records alone. CNAMEs are followed as far as they stay here.
 */
export const answer = (state: CloudState, asked: Question, depth = 0): Reply => {
  const question = { name: asked.name.toLowerCase().replace(/\.$/, ""), type: asked.type };
  const zone = zoneOf(state, question.name);
  if (zone === undefined) return outside(state, question);
  const { records, exists } = recordsAt(state, zone, question.name);
  const alias = records.find((record) => record.type === "CNAME");
  if (alias && question.type !== "CNAME" && question.type !== "ANY") {
    const followed =
      depth < 8
        ? answer(state, { name: target(alias), type: question.type }, depth + 1)
        : { rcode: "SERVFAIL" as const, authoritative: true, answers: [], authorities: [] };
    return {
      ...followed,
      authoritative: true,
      answers: [toAnswer(state, alias, asked.name), ...followed.answers],
    };
  }
  const answers = records
    .filter((record) => record.type === question.type || question.type === "ANY")
    .map((record) => toAnswer(state, record, asked.name));
  return {
    rcode: exists ? "NOERROR" : "NXDOMAIN",
    authoritative: true,
    answers,
    authorities: answers.length ? [] : [soa(state, zone)],
  };
};
