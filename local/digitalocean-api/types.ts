import type { Bodies as AccountBodies } from "./schema/account";
import type { Bodies as DomainBodies } from "./schema/domains";
import type { Bodies as DropletActionBodies } from "./schema/droplet-actions";
import type { Bodies as DropletBodies } from "./schema/droplets";
import type { Bodies as FirewallBodies } from "./schema/firewalls";
import type { Bodies as MonitoringBodies } from "./schema/monitoring";
import type { Bodies as ProjectBodies } from "./schema/projects";
import type { Bodies as ReservedIpBodies } from "./schema/reserved-ips";
import type { Bodies as TagBodies } from "./schema/tags";
import type { Bodies as UptimeBodies } from "./schema/uptime";
import type { Bodies as VolumeBodies } from "./schema/volumes";
import type { Bodies as VpcBodies } from "./schema/vpcs";

export type { Account, SshKey } from "./schema/account";
export type { Action } from "./schema/actions";
export type { Region, Size } from "./schema/catalog";
export type { Domain, DomainRecord } from "./schema/domains";
export type { BackupPolicy, Droplet } from "./schema/droplets";
export type { Firewall } from "./schema/firewalls";
export type { Image } from "./schema/images";
export type { AlertPolicy } from "./schema/monitoring";
export type { Project, ProjectResource } from "./schema/projects";
export type { FloatingIp, ReservedIp, ReservedIpv6 } from "./schema/reserved-ips";
export type { Tag } from "./schema/tags";
export type { UptimeAlert, UptimeCheck, UptimeState } from "./schema/uptime";
export type { Snapshot, Volume } from "./schema/volumes";
export type { Vpc, VpcMember, VpcPeering } from "./schema/vpcs";

/** What requests carry, by method and path without the version: "post /droplets". */
export interface Bodies
  extends
    AccountBodies,
    DomainBodies,
    DropletActionBodies,
    DropletBodies,
    FirewallBodies,
    MonitoringBodies,
    ProjectBodies,
    ReservedIpBodies,
    TagBodies,
    UptimeBodies,
    VolumeBodies,
    VpcBodies {}

/**
 * What one that answers for the API has to say: every key that the document knows, also where that
 * leaves open whether it is there. `Absent` are those at its top that are not answered.
 */
export type Answer<T, Absent extends keyof T = never> = Whole<Omit<T, Absent>>;
/** The same where what is not set is left out. */
export type Sparse<T> = T extends readonly (infer One)[]
  ? readonly Sparse<One>[]
  : T extends object
    ? { readonly [Key in keyof T]: Sparse<T[Key]> }
    : T;
type Whole<T> = T extends readonly (infer One)[]
  ? readonly Whole<One>[]
  : T extends object
    ? { readonly [Key in keyof T]-?: Whole<T[Key]> }
    : T;
