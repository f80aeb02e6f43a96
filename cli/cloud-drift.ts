import type { z } from "zod";

import { ANSWERS, type DomainRecord, read } from "./api-answers";
import { type Ask } from "./droplets";
import type { StoredResource } from "./engine/state";
import { Refused } from "./errors";

/** Pages of records beyond this are not looked at: no fleet has a thousand names. */
const PER_PAGE = 200;
const PAGES = 5;

interface StoredRule {
  readonly protocol: string;
  readonly portRange?: string;
  readonly sourceAddresses?: readonly string[];
  readonly sourceTags?: readonly string[];
}

const portsOf = (text: string | undefined): string =>
  text === undefined || ["", "0", "all", "1-65535"].includes(text) ? "all" : text;
const ruleText = (
  protocol: string,
  ports: string | undefined,
  from: readonly (readonly string[] | undefined)[],
): string =>
  `${protocol} ${portsOf(ports)} from ${from
    .flatMap((list) => list ?? [])
    .map((one) => one.toLowerCase())
    .sort()
    .join(" ")}`;
const sameSet = (some: readonly string[], others: readonly string[]): boolean =>
  some.length === others.length && some.every((one) => others.includes(one));

/** Undefined where it is not there. */
const find = async <Answer>(
  ask: Ask,
  path: string,
  shape: z.ZodType<Answer>,
): Promise<Answer | undefined> => {
  try {
    return read(shape, await ask("GET", path));
  } catch (error) {
    if (error instanceof Refused && error.status === 404) return undefined;
    throw error;
  }
};

const firewall = async (ask: Ask, { id, outputs = {} }: StoredResource): Promise<string[]> => {
  const name = `the firewall ${String(outputs["name"])}`;
  const found = await find(ask, `/v2/firewalls/${id}`, ANSWERS.firewall);
  if (found === undefined) return [`${name} is gone`];
  const is = (found.firewall.inbound_rules ?? []).map(({ protocol, ports, sources }) =>
    ruleText(protocol, ports, [sources?.addresses, sources?.tags]),
  );
  const should = ((outputs["inboundRules"] ?? []) as readonly StoredRule[]).map((rule) =>
    ruleText(rule.protocol, rule.portRange, [rule.sourceAddresses, rule.sourceTags]),
  );
  return sameSet(is, should) ? [] : [`${name} lets in what it should not, or not what it should`];
};

const recordsIn = async (ask: Ask, zone: string): Promise<readonly DomainRecord[] | undefined> => {
  const all: DomainRecord[] = [];
  for (let page = 1; page <= PAGES; page += 1) {
    const found = await find(
      ask,
      `/v2/domains/${zone}/records?per_page=${PER_PAGE}&page=${page}`,
      ANSWERS.records,
    );
    if (found === undefined) return undefined;
    all.push(...found.domain_records);
    if (found.domain_records.length < PER_PAGE) break;
  }
  return all;
};

const zone = async (
  ask: Ask,
  { id }: StoredResource,
  records: readonly StoredResource[],
  movable: ReadonlySet<string>,
): Promise<string[]> => {
  const found = await recordsIn(ask, String(id));
  if (found === undefined) return [`the zone ${id} is gone`];
  return records.flatMap(({ id: record, outputs = {} }) => {
    const label = `the ${String(outputs["type"])} record of ${String(outputs["fqdn"])}`;
    const one = found.find((other) => String(other.id) === record);
    if (one === undefined) return [`${label} is gone`];
    if (outputs["type"] === "A" && movable.has(String(outputs["fqdn"]))) return [];
    const value = String(outputs["value"]).replace(/\.$/, "");
    return one.data.replace(/\.$/, "") === value ? [] : [`${label} leads to ${one.data}`];
  });
};

const assignment = async (ask: Ask, { outputs = {} }: StoredResource): Promise<string[]> => {
  const [ip, droplet] = [String(outputs["ipAddress"]), String(outputs["dropletId"])];
  const found = await find(ask, `/v2/reserved_ips/${ip}`, ANSWERS.reservedIp);
  if (found === undefined) return [`the floating IP ${ip} is gone`];
  const holder = found.reserved_ip.droplet?.id;
  if (String(holder) === droplet) return [];
  return [
    `the floating IP ${ip} leads to ${holder === undefined ? "no droplet" : `droplet ${holder}`}`,
  ];
};

/**
 * What was deleted or changed at DigitalOcean by somebody else, of what visitors depend on: a few
 * questions, where an engine's refresh asks for everything. An engine without a refresh takes its
 * state for what is there. `movable`: hosts whose addresses are the watcher's to move.
 */
export const cloudDrift = async (
  ask: Ask,
  resources: readonly StoredResource[],
  movable: ReadonlySet<string> = new Set(),
): Promise<readonly string[]> => {
  // The state has them as they were made, side by side: told in that order, each run would say it
  // in another.
  const of = (type: string): readonly StoredResource[] =>
    resources
      .filter((one) => one.type === type && one.delete !== true && one.id !== undefined)
      .sort((one, other) => (one.urn < other.urn ? -1 : 1));
  const records = of("digitalocean:index/dnsRecord:DnsRecord");
  const found = await Promise.all([
    ...of("digitalocean:index/firewall:Firewall").map((one) => firewall(ask, one)),
    ...of("digitalocean:index/domain:Domain").map((one) =>
      zone(
        ask,
        one,
        records.filter(({ outputs }) => outputs?.["domain"] === one.id),
        movable,
      ),
    ),
    ...of("digitalocean:index/reservedIpAssignment:ReservedIpAssignment").map((one) =>
      assignment(ask, one),
    ),
  ]);
  return found.flat();
};
