import { EngineError } from "../../errors";
import { type Package, text } from "../provider";
import { monitorAlert, uptimeAlert, uptimeCheck } from "./alerts";
import { openClient } from "./client";
import { dnsRecord, domain } from "./domain";
import { droplet } from "./droplet";
import { firewall } from "./firewall";
import { lookups } from "./lookups";
import { project, projectResources } from "./project";
import { reservedIp, reservedIpAssignment } from "./reserved-ip";
import { reservedIpv6, reservedIpv6Assignment } from "./reserved-ipv6";
import { resource, type Spec } from "./resource";
import { dropletSnapshot, volumeSnapshot } from "./snapshot";
import { sshKey } from "./ssh-key";
import { tag } from "./tags";
import { volume, volumeAttachment } from "./volume";
import { vpc } from "./vpc";
import { vpcPeering } from "./vpc-peering";

/** "Droplet" → "digitalocean:index/droplet:Droplet". */
const typeName = (name: string): string =>
  `digitalocean:index/${name[0]!.toLowerCase()}${name.slice(1)}:${name}`;

/** The digitalocean provider, for the account of DIGITALOCEAN_TOKEN at DIGITALOCEAN_API_URL. */
export const digitaloceanPackage: Package = {
  settings: ["token", "apiEndpoint"],
  open: (config) => {
    const token =
      text(config["token"]) ||
      process.env["DIGITALOCEAN_TOKEN"] ||
      process.env["DIGITALOCEAN_ACCESS_TOKEN"] ||
      "";
    const endpoint =
      text(config["apiEndpoint"]) ||
      process.env["DIGITALOCEAN_API_URL"] ||
      "https://api.digitalocean.com";
    if (token === "")
      throw new EngineError(
        "digitalocean: no token. Set DIGITALOCEAN_TOKEN (https://cloud.digitalocean.com/account/api/tokens).",
      );
    const client = openClient(endpoint, token);
    const specs: Readonly<Record<string, Spec>> = {
      Droplet: droplet(client),
      ReservedIp: reservedIp(client),
      ReservedIpAssignment: reservedIpAssignment(client),
      FloatingIp: reservedIp(client, "floating"),
      FloatingIpAssignment: reservedIpAssignment(client),
      ReservedIpv6: reservedIpv6(client),
      ReservedIpv6Assignment: reservedIpv6Assignment(client),
      Domain: domain(client),
      DnsRecord: dnsRecord(client),
      SshKey: sshKey(client),
      Firewall: firewall(client),
      Tag: tag(client),
      Volume: volume(client),
      VolumeAttachment: volumeAttachment(client),
      Vpc: vpc(client),
      VpcPeering: vpcPeering(client),
      Project: project(client),
      ProjectResources: projectResources(client),
      DropletSnapshot: dropletSnapshot(client),
      VolumeSnapshot: volumeSnapshot(client),
      UptimeCheck: uptimeCheck(client),
      UptimeAlert: uptimeAlert(client),
      MonitorAlert: monitorAlert(client),
    };
    return {
      kinds: Object.fromEntries(
        Object.entries(specs).map(([name, spec]) => [typeName(name), resource(spec)]),
      ),
      lookups: lookups(client),
    };
  },
};
