import type { paths } from "./schema";

/**
 * The document's paths as clients of the API write them, without the version:
 * "/droplets/{droplet_id}".
 */
export type Path = keyof paths extends infer Full
  ? Full extends `/v2${infer Rest}`
    ? Rest
    : never
  : never;
export type Method = "get" | "put" | "post" | "patch" | "delete";
type Operation<M extends Method, P extends Path> =
  paths[`/v2${P}`] extends Record<M, infer Described> ? Described : never;

type Content<T> = T extends { content: { "application/json": infer Body } } ? Body : never;
type Responses<T> = T extends { responses: infer All } ? All : never;
type Success<T> = T[keyof T & (200 | 201 | 202)];

/** What the API takes: `RequestOf<"post", "/droplets">`. */
export type RequestOf<M extends Method, P extends Path> =
  Operation<M, P> extends { requestBody?: infer Body } ? Content<NonNullable<Body>> : never;

/** What the API answers when all is well: `ResponseOf<"get", "/droplets/{droplet_id}">`. */
export type ResponseOf<M extends Method, P extends Path> = Content<
  Success<Responses<Operation<M, P>>>
>;

/**
 * What is below one key of such an answer; the document leaves open whether it is there, the API
 * does not.
 */
type In<T, Key extends string> = T extends { [K in Key]?: infer Inner }
  ? NonNullable<Inner>
  : never;
type Shown<P extends Path, Key extends string> = In<ResponseOf<"get", P>, Key>;
type Listed<P extends Path, Key extends string> =
  Shown<P, Key> extends readonly (infer One)[] ? One : never;

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

export type ErrorAnswer = Content<paths["/v2/tags"]["get"]["responses"]["default"]>;

export type Account = Shown<"/account", "account">;
export type Action = Shown<"/actions/{action_id}", "action">;
export type AlertPolicy = Shown<"/monitoring/alerts/{alert_uuid}", "policy">;
export type BackupPolicy = Shown<"/droplets/{droplet_id}/backups/policy", "policy">;
export type Domain = Shown<"/domains/{domain_name}", "domain">;
export type DomainRecord = Shown<
  "/domains/{domain_name}/records/{domain_record_id}",
  "domain_record"
>;
export type Droplet = Shown<"/droplets/{droplet_id}", "droplet">;
export type Firewall = Shown<"/firewalls/{firewall_id}", "firewall">;
export type FloatingIp = Shown<"/floating_ips/{floating_ip}", "floating_ip">;
export type Image = Shown<"/images/{image_id}", "image">;
export type Project = Shown<"/projects/{project_id}", "project">;
export type ProjectResource = Listed<"/projects/{project_id}/resources", "resources">;
export type Region = Listed<"/regions", "regions">;
export type ReservedIp = Shown<"/reserved_ips/{reserved_ip}", "reserved_ip">;
export type ReservedIpv6 = Shown<"/reserved_ipv6/{reserved_ipv6}", "reserved_ipv6">;
export type Size = Listed<"/sizes", "sizes">;
export type Snapshot = Shown<"/snapshots/{snapshot_id}", "snapshot">;
export type SshKey = Shown<"/account/keys/{ssh_key_identifier}", "ssh_key">;
export type Tag = Shown<"/tags/{tag_id}", "tag">;
export type UptimeAlert = Shown<"/uptime/checks/{check_id}/alerts/{alert_id}", "alert">;
export type UptimeCheck = Shown<"/uptime/checks/{check_id}", "check">;
export type UptimeState = Shown<"/uptime/checks/{check_id}/state", "state">;
export type Volume = Shown<"/volumes/{volume_id}", "volume">;
export type Vpc = Shown<"/vpcs/{vpc_id}", "vpc">;
export type VpcMember = Listed<"/vpcs/{vpc_id}/members", "members">;
export type VpcPeering = Listed<"/vpcs/{vpc_id}/peerings", "peerings">;
