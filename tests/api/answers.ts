import type {
  Account,
  Action,
  AlertPolicy,
  Domain,
  DomainRecord,
  Droplet,
  Firewall,
  FloatingIp,
  Image,
  Project,
  ProjectResource,
  Region,
  ReservedIp,
  ReservedIpv6,
  Size,
  Snapshot,
  SshKey,
  Tag,
  UptimeAlert,
  UptimeCheck,
  UptimeState,
  Volume,
  Vpc,
  VpcMember,
  VpcPeering,
} from "@second-server/digitalocean-api/types";

/**
 * The document leaves most of an answer open; a test that reads a part fails where it is not there.
 */
type Whole<T> = T extends readonly (infer One)[]
  ? Listed<One>
  : T extends object
    ? { readonly [Part in keyof T]-?: Whole<NonNullable<T[Part]>> }
    : T;
/** A test that reads the first of a list fails where there is none. */
type Listed<T> = readonly [Whole<T>, ...Whole<T>[]];

interface Series {
  readonly metric: Readonly<Record<string, string>>;
  readonly values: readonly [Sample, ...Sample[]];
}
type Sample = readonly [number, string];

/**
 * What answers hold, by the key that they have it under. Each answer is held against DigitalOcean's
 * document before a test sees it.
 */
export interface AnswerBody {
  /** Of an error. */
  readonly id: string;
  readonly message: string;
  readonly request_id: string;
  readonly account: Whole<Account>;
  readonly action: Whole<Action>;
  readonly actions: Listed<Action>;
  readonly alert: Whole<UptimeAlert>;
  readonly alerts: Listed<UptimeAlert>;
  readonly backups: Listed<Image>;
  readonly check: Whole<UptimeCheck>;
  readonly checks: Listed<UptimeCheck>;
  /** Of a query of metrics. */
  readonly data: {
    readonly result: readonly [Series, ...Series[]];
  };
  readonly domain: Whole<Domain>;
  readonly domains: Listed<Domain>;
  readonly domain_record: Whole<DomainRecord>;
  readonly domain_records: Listed<DomainRecord>;
  readonly droplet: Whole<Droplet>;
  readonly droplets: Listed<Droplet>;
  readonly firewall: Whole<Firewall>;
  readonly firewalls: Listed<Firewall>;
  readonly floating_ip: Whole<FloatingIp>;
  readonly image: Whole<Image>;
  readonly images: Listed<Image>;
  readonly kernels: readonly unknown[];
  readonly links: {
    readonly actions: Listed<{ id: number; rel: string; href: string }>;
    readonly droplets: Listed<{ id: number; rel: string; href: string }>;
    readonly pages: { readonly next: string; readonly last: string };
  };
  readonly members: Listed<VpcMember>;
  readonly meta: { readonly total: number };
  readonly peering: Whole<VpcPeering>;
  readonly peerings: Listed<VpcPeering>;
  readonly policy: Whole<AlertPolicy>;
  readonly policies: Listed<AlertPolicy>;
  readonly project: Whole<Project>;
  readonly projects: Listed<Project>;
  readonly regions: Listed<Region>;
  readonly reserved_ip: Whole<ReservedIp>;
  readonly reserved_ips: Listed<ReservedIp>;
  readonly reserved_ipv6: Whole<ReservedIpv6>;
  readonly reserved_ipv6s: Listed<ReservedIpv6>;
  readonly resources: Listed<ProjectResource>;
  readonly sizes: Listed<Size>;
  readonly snapshot: Whole<Snapshot>;
  readonly snapshots: Listed<Snapshot>;
  readonly ssh_key: Whole<SshKey>;
  readonly ssh_keys: Listed<SshKey>;
  readonly state: Whole<UptimeState>;
  readonly supported_policies: readonly unknown[];
  readonly tag: Whole<Tag>;
  readonly tags: Listed<Tag>;
  readonly volume: Whole<Volume>;
  readonly volumes: Listed<Volume>;
  readonly vpc: Whole<Vpc>;
  readonly vpcs: Listed<Vpc>;
  readonly vpc_peering: Whole<VpcPeering>;
  readonly vpc_peerings: Listed<VpcPeering>;
}
