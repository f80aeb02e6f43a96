import type { Store } from "../../record-store";
import type { ProjectRecord } from "../../records/account";
import { timestamp, type Cloud, type ProjectMember } from "../cloud";
import { badRequest, found } from "../errors";

const membersOf = ({ resources }: Pick<Cloud, "resources">): ProjectMember[] =>
  resources.flatMap(({ projectMember }) => projectMember ?? []);

/** What a URN names, and the URN as it reads back: by the kind's present name. */
export interface Named {
  readonly urn: string;
  readonly path: string;
  readonly exists: boolean;
}

export const nameOf = (
  { store, resources }: Pick<Cloud, "store" | "resources">,
  urn: string,
): Named => {
  const [, kind = "", id = ""] = /^do:([a-z]+):(.+)$/.exec(urn) ?? [];
  const member = membersOf({ resources }).find((one) => one.kind === kind || one.alias === kind);
  return {
    urn: member ? `do:${member.kind}:${id}` : urn,
    path: `${member?.path ?? kind}/${id}`,
    exists: member?.exists(store, id) ?? false,
  };
};

/**
 * What can be in a project, as DigitalOcean names it when it refuses the rest (a VPC, above all:
 * https://github.com/digitalocean/terraform-provider-digitalocean/blob/v2.99.1/digitalocean/project/resource_project_test.go).
 */
const MEMBER_TYPES =
  "AppPlatformApp Bucket Database Domain DomainRecord Droplet Firewall FloatingIp Image Kubernetes LoadBalancer MarketplaceApp Saas Volume";
/** By the kind in a URN; those that are not emulated are not found. */
const MEMBER_KINDS = new Set([
  ...["app", "dbaas", "domain", "droplet", "firewall", "floatingip", "image", "kubernetes"],
  ...["loadbalancer", "reservedip", "space", "volume"],
]);

export const checkMemberType = (urn: string): void => {
  if (!MEMBER_KINDS.has(urn.split(":")[1] ?? ""))
    throw badRequest(`resource types must be one of the following: ${MEMBER_TYPES}`);
};

export const defaultProject = ({ projects }: Store): ProjectRecord =>
  found(projects.find((one) => one.is_default));

/** A resource is in exactly one project. */
export const assignToProject = (
  cloud: Cloud,
  urn: string,
  project = defaultProject(cloud.store),
): void => {
  const { projects } = cloud.store;
  const name = nameOf(cloud, urn).urn;
  for (const other of projects.all())
    projects.update(other, { resources: other.resources.filter((one) => one.urn !== name) });
  projects.update(project, {
    resources: [...project.resources, { urn: name, assigned_at: timestamp(cloud) }],
  });
};

/**
 * Resources come and go without telling the project: what no longer exists is not shown and not
 * kept.
 */
export const membersThatExist = (
  cloud: Cloud,
  project: ProjectRecord,
): ProjectRecord["resources"] => {
  const resources = project.resources.filter((one) => nameOf(cloud, one.urn).exists);
  if (resources.length < project.resources.length)
    cloud.store.projects.update(project, { resources });
  return resources;
};
