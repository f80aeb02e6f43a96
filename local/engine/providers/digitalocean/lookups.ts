import type { Lookup } from "../provider";
import { lookUpAccount, lookUpImage, lookUpRegion } from "./account-lookups";
import type { Client } from "./client";
import { goTime, present, toText } from "./convert";
import { recordEntity, specialsOf } from "./dns-record";
import { domainEntity } from "./domain";
import { dropletEntity, viewDroplet } from "./droplet-view";
import { type LookUp, one, single } from "./matches";
import { reservedIpEntity } from "./reserved-ip";
import { sshKeyEntity } from "./ssh-key";
import { vpcEntity } from "./vpc";

const lookUpSshKey: LookUp = async (client, { name }, work) => {
  const all = await client.list("/account/keys", sshKeyEntity, work);
  const found = single(
    all.filter((key) => key.name === name),
    `ssh key ${toText(name)}`,
  );
  return {
    id: found.id,
    name: found.name,
    publicKey: found.public_key,
    fingerprint: found.fingerprint,
  };
};

const lookUpDomain: LookUp = async (client, { name }, work) => {
  const found = one(
    await client.find(`/domains/${toText(name)}`, domainEntity, work),
    `domain ${toText(name)}`,
  );
  return {
    id: found.name,
    name: found.name,
    ttl: found.ttl,
    zoneFile: found.zone_file ?? "",
    domainUrn: `do:domain:${found.name}`,
  };
};

const lookUpRecord: LookUp = async (client, { domain, name }, work) => {
  const zone = toText(domain);
  const all = await client.list(`/domains/${zone}/records`, recordEntity, work);
  const found = one(
    all.find((each) => each.name === name),
    `record ${toText(name)} of ${zone}`,
  );
  return {
    id: String(found.id),
    domain,
    name: found.name,
    type: found.type,
    data: found.data,
    ttl: found.ttl,
    ...specialsOf(found),
  };
};

const findDroplet: LookUp<Parameters<typeof viewDroplet>[0]> = async (client, args, work) => {
  const { id, name, tag } = args;
  if (id !== undefined) {
    const found = await client.find(`/droplets/${toText(id)}`, dropletEntity, work);
    return one(found, `droplet ${toText(id)}`);
  }
  const path = tag ? `/droplets?tag_name=${encodeURIComponent(toText(tag))}` : "/droplets";
  const all = await client.list(path, dropletEntity, work);
  return single(
    all.filter((each) => name === undefined || each.name === name),
    `droplet ${toText(name ?? tag)}`,
  );
};
const lookUpDroplet: LookUp = async (client, args, work) => {
  const found = await findDroplet(client, args, work);
  return { ...viewDroplet(found, {}), ...args, id: found.id, urn: `do:droplet:${found.id}` };
};

const lookUpReservedIp: LookUp = async (client, { ipAddress }, work) => {
  const found = one(
    await client.find(`/reserved_ips/${toText(ipAddress)}`, reservedIpEntity, work),
    `reserved IP ${toText(ipAddress)}`,
  );
  return {
    id: found.ip,
    ipAddress: found.ip,
    region: found.region.slug,
    urn: `do:reservedip:${found.ip}`,
    dropletId: found.droplet?.id ?? 0,
  };
};

const lookUpVpc: LookUp = async (client, { id, name, region }, work) => {
  const all = await client.list("/vpcs", vpcEntity, work);
  const matching = all.filter((each) => {
    if (id !== undefined) return each.id === id;
    if (name !== undefined) return each.name === name;
    return each.region === region && each.default === true;
  });
  const found = single(matching, `VPC ${toText(id ?? name ?? region)}`);
  return {
    id: found.id,
    name: found.name,
    region: found.region,
    default: found.default,
    description: found.description ?? "",
    ipRange: found.ip_range,
    createdAt: goTime(found.created_at),
    urn: found.urn ?? "",
  };
};

const LOOK_UPS: Readonly<Record<string, LookUp>> = {
  getAccount: lookUpAccount,
  getSshKey: lookUpSshKey,
  getDomain: lookUpDomain,
  getRecord: lookUpRecord,
  getDroplet: lookUpDroplet,
  getImage: lookUpImage,
  getRegion: lookUpRegion,
  getReservedIp: lookUpReservedIp,
  getVpc: lookUpVpc,
};

/** The provider's getX functions. */
export const lookups = (client: Client): Readonly<Record<string, Lookup>> =>
  Object.fromEntries(
    Object.entries(LOOK_UPS).map(([name, lookUp]): [string, Lookup] => [
      `digitalocean:index/${name}:${name}`,
      async (args, work) => present(await lookUp(client, args, work)),
    ]),
  );
