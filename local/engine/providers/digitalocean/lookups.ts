import type { Props, Value } from "../../values/value";
import type { Lookup } from "../provider";
import type { Client, Json } from "./client";
import { dropletView } from "./droplet";
import { goTime, str } from "./resource";

const one = <T>(found: T | null | undefined, what: string): T => {
  if (found === null || found === undefined) throw new Error(`${what} not found`);
  return found;
};

const single = (matching: readonly Json[], what: string): Json => {
  if (matching.length > 1)
    throw new Error(`too many results: ${matching.length} match ${what}, and one is wanted`);
  return one(matching[0], what);
};

const account =
  (client: Client): Lookup =>
  async (_args, work) => {
    const found = (await client.get("/account", work))["account"] as Json;
    return {
      id: found["uuid"],
      uuid: found["uuid"],
      email: found["email"],
      emailVerified: found["email_verified"],
      dropletLimit: found["droplet_limit"],
      floatingIpLimit: found["floating_ip_limit"] ?? found["reserved_ip_limit"] ?? 0,
      status: found["status"],
      statusMessage: found["status_message"],
    };
  };

const sshKey =
  (client: Client): Lookup =>
  async ({ name }, work) => {
    const found = single(
      (await client.list("/account/keys", "ssh_keys", work)).filter((key) => key["name"] === name),
      `ssh key ${str(name)}`,
    );
    return {
      id: found["id"],
      name: found["name"],
      publicKey: found["public_key"],
      fingerprint: found["fingerprint"],
    };
  };

const domain =
  (client: Client): Lookup =>
  async ({ name }, work) => {
    const found = one(
      (await client.find(`/domains/${str(name)}`, work))?.["domain"] as Json | undefined,
      `domain ${str(name)}`,
    );
    return {
      id: found["name"],
      name: found["name"],
      ttl: found["ttl"],
      zoneFile: found["zone_file"] ?? "",
      domainUrn: `do:domain:${String(found["name"])}`,
    };
  };

const record =
  (client: Client): Lookup =>
  async ({ domain: zone, name }, work) => {
    const found = one(
      (await client.list(`/domains/${str(zone)}/records`, "domain_records", work)).find(
        (each) => each["name"] === name,
      ),
      `record ${str(name)} of ${str(zone)}`,
    );
    const number = (key: string): Value => (found[key] ?? 0) as number;
    return {
      id: String(found["id"]),
      domain: zone!,
      name: found["name"],
      type: found["type"],
      data: found["data"],
      ttl: found["ttl"],
      priority: number("priority"),
      port: number("port"),
      weight: number("weight"),
      flags: number("flags"),
      tag: found["tag"] ?? "",
    };
  };

const droplet =
  (client: Client): Lookup =>
  async (args, work) => {
    const found =
      args["id"] !== undefined
        ? one(
            (await client.find(`/droplets/${str(args["id"])}`, work))?.["droplet"] as
              Json | undefined,
            `droplet ${str(args["id"])}`,
          )
        : single(
            (
              await client.list(
                args["tag"]
                  ? `/droplets?tag_name=${encodeURIComponent(str(args["tag"]))}`
                  : "/droplets",
                "droplets",
                work,
              )
            ).filter((each) => args["name"] === undefined || each["name"] === args["name"]),
            `droplet ${str(args["name"] ?? args["tag"])}`,
          );
    return {
      ...dropletView(found, {}),
      ...args,
      id: found["id"],
      urn: `do:droplet:${String(found["id"])}`,
    };
  };

const image =
  (client: Client): Lookup =>
  async (args, work) => {
    const found =
      args["id"] !== undefined || args["slug"] !== undefined
        ? one(
            (await client.find(`/images/${str(args["id"] ?? args["slug"])}`, work))?.["image"] as
              Json | undefined,
            `image ${str(args["id"] ?? args["slug"])}`,
          )
        : single(
            (await client.list("/images?private=true", "images", work)).filter(
              (each) => each["name"] === args["name"],
            ),
            `image ${str(args["name"])}`,
          );
    const id = found["id"] as number;
    return {
      id,
      image: found["slug"] || String(id),
      name: found["name"],
      slug: found["slug"] ?? "",
      type: found["type"],
      distribution: found["distribution"],
      private: !found["public"],
      minDiskSize: found["min_disk_size"],
      regions: (found["regions"] ?? []) as Value,
      sizeGigabytes: found["size_gigabytes"],
      description: found["description"] ?? "",
      tags: (found["tags"] ?? []) as Value,
      status: found["status"] ?? "",
      errorMessage: found["error_message"] ?? "",
      created: found["created_at"] ?? "",
    };
  };

const region =
  (client: Client): Lookup =>
  async ({ slug }, work) => {
    const found = one(
      (await client.list("/regions", "regions", work)).find((each) => each["slug"] === slug),
      `region ${str(slug)}`,
    );
    return {
      id: found["slug"],
      slug: found["slug"],
      name: found["name"],
      available: found["available"],
      sizes: found["sizes"] as Value,
      features: found["features"] as Value,
    };
  };

const reservedIp =
  (client: Client): Lookup =>
  async ({ ipAddress }, work) => {
    const found = one(
      (await client.find(`/reserved_ips/${str(ipAddress)}`, work))?.["reserved_ip"] as
        Json | undefined,
      `reserved IP ${str(ipAddress)}`,
    );
    return {
      id: found["ip"],
      ipAddress: found["ip"],
      region: found["region"]["slug"],
      urn: `do:reservedip:${String(found["ip"])}`,
      dropletId: (found["droplet"]?.["id"] as number | undefined) ?? 0,
    };
  };

const vpc =
  (client: Client): Lookup =>
  async (args, work) => {
    const found = single(
      (await client.list("/vpcs", "vpcs", work)).filter((each) =>
        args["id"] !== undefined
          ? each["id"] === args["id"]
          : args["name"] !== undefined
            ? each["name"] === args["name"]
            : each["region"] === args["region"] && each["default"] === true,
      ),
      `VPC ${str(args["id"] ?? args["name"] ?? args["region"])}`,
    );
    return {
      id: found["id"],
      name: found["name"],
      region: found["region"],
      default: found["default"],
      description: found["description"] ?? "",
      ipRange: found["ip_range"],
      createdAt: goTime(found["created_at"] as string),
      urn: found["urn"] ?? "",
    };
  };

/** The provider's getX functions. */
export const lookups = (client: Client): Readonly<Record<string, Lookup>> => {
  const all = {
    getAccount: account,
    getSshKey: sshKey,
    getDomain: domain,
    getRecord: record,
    getDroplet: droplet,
    getImage: image,
    getRegion: region,
    getReservedIp: reservedIp,
    getVpc: vpc,
  };
  return Object.fromEntries(
    Object.entries(all).map(([name, lookup]) => [
      `digitalocean:index/${name}:${name}`,
      lookup(client),
    ]),
  );
};
