import type { Props } from "../../values/value";
import type { Work } from "../provider";
import type { Body } from "./answers";
import type { Client } from "./client";
import { optionalFlag, optionalText, toText, toTexts } from "./convert";
import { createdSince } from "./created-since";
import {
  backupPolicyOf,
  hasFailedToBoot,
  removeDroplet,
  statusOf,
  updateDroplet,
} from "./droplet-actions";
import { dropletEntity, viewDroplet } from "./droplet-view";
import type { Operations, ResourceKind, Schema } from "./kind";
import { HOUR, until } from "./wait";

const schema: Schema = {
  label: "droplet",
  required: ["image", "size"],
  autoName: 255,
  sets: ["tags", "volumeIds"],
  hashed: ["userData"],
  defaults: { resizeDisk: true },
  zeros: {
    backupPolicy: null,
    backups: false,
    dropletAgent: null,
    gracefulShutdown: false,
    ipv6: false,
    monitoring: false,
    publicNetworking: true,
    sshKeys: null,
    tags: null,
    userData: null,
  },
  meta: '{"e2bfb730-ecaa-11e6-8f88-34363bc7c4c0":{"create":3600000000000,"delete":60000000000,"update":3600000000000},"schema_version":"1"}',
  computed: ["region", "vpcUuid", "privateNetworking", "ipv6Address", "volumeIds", "dropletAgent"],
  outputs: [
    "createdAt",
    "disk",
    "dropletUrn",
    "ipv4Address",
    "ipv4AddressPrivate",
    "ipv6Address",
    "locked",
    "memory",
    "priceHourly",
    "priceMonthly",
    "status",
    "vcpus",
    "privateNetworking",
  ],
  volatile: ["disk", "memory", "vcpus", "priceHourly", "priceMonthly", "status", "locked"],
  replaces: [
    "image",
    "region",
    "publicNetworking",
    "sshKeys",
    "userData",
    "monitoring",
    "dropletAgent",
    "vpcUuid",
    "gpuPartitionMode",
  ],
  replacesWhen: (property, old, now) =>
    property === "ipv6" && old["ipv6"] === "true" && now["ipv6"] !== "true",
  validate: ({ userData }) =>
    typeof userData === "string" && Buffer.byteLength(userData) > 65_536
      ? [{ property: "userData", reason: "must be at most 64 KiB" }]
      : [],
};

/** Images and keys are named by a number or by a text. */
const numberOrText = (text: string): number | string => (/^\d+$/.test(text) ? Number(text) : text);

const optionalBody = (inputs: Props): Partial<Body<"post /droplets">> => {
  const { userData, volumeIds, vpcUuid, dropletAgent, publicNetworking, backupPolicy } = inputs;
  const agent = optionalFlag(dropletAgent);
  const isPublic = optionalFlag(publicNetworking);
  return {
    ...(userData === undefined ? {} : { user_data: toText(userData) }),
    ...(volumeIds ? { volumes: toTexts(volumeIds) } : {}),
    tags: toTexts(inputs["tags"]),
    ...(vpcUuid ? { vpc_uuid: toText(vpcUuid) } : {}),
    ...(agent === undefined ? {} : { with_droplet_agent: agent }),
    ...(isPublic === undefined ? {} : { public_networking: isPublic }),
    ...(backupPolicy ? { backup_policy: backupPolicyOf(backupPolicy) } : {}),
  };
};

const body = (inputs: Props): Body<"post /droplets"> => ({
  name: optionalText(inputs["name"]),
  region: optionalText(inputs["region"]),
  size: optionalText(inputs["size"]),
  image: numberOrText(toText(inputs["image"])),
  ssh_keys: inputs["sshKeys"] === undefined ? null : toTexts(inputs["sshKeys"]).map(numberOrText),
  backups: optionalFlag(inputs["backups"]) ?? false,
  ipv6: optionalFlag(inputs["ipv6"]) ?? false,
  private_networking: optionalFlag(inputs["privateNetworking"]) ?? false,
  monitoring: optionalFlag(inputs["monitoring"]) ?? false,
  ...optionalBody(inputs),
});

/** Waits until it is no longer new; says what it is then. */
const statusAfterNew = async (client: Client, id: string, work: Work): Promise<string> => {
  work.status("waiting for it to be active");
  return await until(client, `droplet (${id}) to become ready`, HOUR, work, async () => {
    const now = await statusOf(client, id, work);
    return now === "new" ? undefined : now;
  });
};

const operations = (client: Client): Operations => ({
  create: async (inputs, work, made) => {
    const id = String((await client.create("/droplets", body(inputs), dropletEntity, work)).id);
    made(id);
    const reached = await statusAfterNew(client, id, work);
    if (reached === "active") return id;
    // One that never came up has nothing on it; left there, the next update would take it for a
    // droplet that is merely off.
    await removeDroplet(client, id, {}, work);
    made(undefined);
    throw new Error(
      `droplet (${id}) did not become ready: unexpected state "${reached}", wanted "active"; it has been deleted`,
    );
  },
  view: async (id, before, work) => {
    const found = await client.find(`/droplets/${id}`, dropletEntity, work);
    return found && viewDroplet(found, before);
  },
  // Left by a run that was killed while it was made, or by one that was not told how that ended.
  unusable: async (id, work) => {
    const found = await client.find(`/droplets/${id}`, dropletEntity, work);
    if (!found) return `droplet (${id}) is gone`;
    const reached = found.status === "new" ? await statusAfterNew(client, id, work) : found.status;
    if (reached === "active" || !(await hasFailedToBoot(client, id, work))) return undefined;
    return `droplet (${id}) is ${reached}: its creation has errored, and it never came up`;
  },
  update: async (id, old, now, work) => await updateDroplet(client, id, old, now, work),
  // Its age says nothing: others are recorded while it is made, for minutes on a busy host.
  ...createdSince({
    client,
    path: () => "/droplets",
    entity: dropletEntity,
    id: ({ id }) => String(id),
    fits: (found, { name }) => found.name === name,
  }),
  delete: async (id, state, work) => await removeDroplet(client, id, state, work),
});

export const droplet: ResourceKind = { schema, operations };
