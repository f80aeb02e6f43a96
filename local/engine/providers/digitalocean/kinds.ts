import { dnsRecord } from "./dns-record";
import { domain } from "./domain";
import { droplet } from "./droplet";
import { dropletSnapshot } from "./droplet-snapshot";
import { firewall } from "./firewall";
import type { ResourceKind } from "./kind";
import { monitorAlert } from "./monitor-alert";
import { project } from "./project";
import { projectResources } from "./project-resources";
import { floatingIp, reservedIp } from "./reserved-ip";
import { reservedIpAssignment } from "./reserved-ip-assignment";
import { reservedIpv6 } from "./reserved-ipv6";
import { reservedIpv6Assignment } from "./reserved-ipv6-assignment";
import { sshKey } from "./ssh-key";
import { tag } from "./tag";
import { uptimeAlert } from "./uptime-alert";
import { uptimeCheck } from "./uptime-check";
import { volume } from "./volume";
import { volumeAttachment } from "./volume-attachment";
import { volumeSnapshot } from "./volume-snapshot";
import { vpc } from "./vpc";
import { vpcPeering } from "./vpc-peering";

/**
 * Every type of resource that this provider has, by its name in Pulumi's package. A new one is its
 * file and its line here.
 */
export const KINDS: Readonly<Record<string, ResourceKind>> = {
  Droplet: droplet,
  ReservedIp: reservedIp,
  ReservedIpAssignment: reservedIpAssignment,
  FloatingIp: floatingIp,
  FloatingIpAssignment: reservedIpAssignment,
  ReservedIpv6: reservedIpv6,
  ReservedIpv6Assignment: reservedIpv6Assignment,
  Domain: domain,
  DnsRecord: dnsRecord,
  SshKey: sshKey,
  Firewall: firewall,
  Tag: tag,
  Volume: volume,
  VolumeAttachment: volumeAttachment,
  Vpc: vpc,
  VpcPeering: vpcPeering,
  Project: project,
  ProjectResources: projectResources,
  DropletSnapshot: dropletSnapshot,
  VolumeSnapshot: volumeSnapshot,
  UptimeCheck: uptimeCheck,
  UptimeAlert: uptimeAlert,
  MonitorAlert: monitorAlert,
};
