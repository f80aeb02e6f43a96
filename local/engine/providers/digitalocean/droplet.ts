import type { Props, Value } from "../../values/value";
import type { Work } from "../provider";
import { ApiError, type Client, type Json } from "./client";
import { isSame, list, num, type Spec, str } from "./resource";
import { retag } from "./tags";
import { actionDone, until } from "./wait";

const HOUR = 3600;

const networks = (droplet: Json): Props => {
  const find = (family: "v4" | "v6", type: string): Json | undefined =>
    ((droplet["networks"]?.[family] ?? []) as Json[]).find((network) => network["type"] === type);
  const v6 = find("v6", "public")?.["ip_address"] as string | undefined;
  return {
    ipv4Address: find("v4", "public")?.["ip_address"] ?? "",
    ipv4AddressPrivate: find("v4", "private")?.["ip_address"] ?? "",
    ipv6Address: v6 ?? "",
  };
};

export const dropletView = (droplet: Json, before: Props): Props => {
  const features = (droplet["features"] ?? []) as string[];
  const image = droplet["image"] as Json | undefined;
  return {
    name: droplet["name"],
    region: droplet["region"]["slug"],
    size: droplet["size"]["slug"] ?? droplet["size_slug"],
    image: image?.["slug"]
      ? image["slug"]
      : image?.["id"] !== undefined
        ? String(image["id"])
        : before["image"]!,
    priceHourly: droplet["size"]["price_hourly"],
    priceMonthly: droplet["size"]["price_monthly"],
    disk: droplet["disk"],
    vcpus: droplet["vcpus"],
    memory: droplet["memory"],
    status: droplet["status"],
    locked: droplet["locked"],
    createdAt: droplet["created_at"],
    vpcUuid: droplet["vpc_uuid"] ?? "",
    dropletUrn: `do:droplet:${String(droplet["id"])}`,
    volumeIds: (droplet["volume_ids"] ?? []) as Value,
    tags: (droplet["tags"] ?? []) as Value,
    backups: features.includes("backups"),
    ipv6: features.includes("ipv6"),
    monitoring: features.includes("monitoring"),
    privateNetworking: features.includes("private_networking"),
    ...networks(droplet),
  };
};

const body = (inputs: Props): object => ({
  name: inputs["name"],
  region: inputs["region"],
  size: inputs["size"],
  image: /^\d+$/.test(str(inputs["image"])) ? num(inputs["image"]) : inputs["image"],
  ssh_keys:
    inputs["sshKeys"] === undefined
      ? null
      : list(inputs["sshKeys"]).map((key) => (/^\d+$/.test(key) ? Number(key) : key)),
  backups: inputs["backups"] ?? false,
  ipv6: inputs["ipv6"] ?? false,
  private_networking: inputs["privateNetworking"] ?? false,
  monitoring: inputs["monitoring"] ?? false,
  ...(inputs["userData"] === undefined ? {} : { user_data: inputs["userData"] }),
  ...(inputs["volumeIds"] ? { volumes: list(inputs["volumeIds"]) } : {}),
  tags: list(inputs["tags"]),
  ...(inputs["vpcUuid"] ? { vpc_uuid: inputs["vpcUuid"] } : {}),
  ...(inputs["dropletAgent"] === undefined ? {} : { with_droplet_agent: inputs["dropletAgent"] }),
  ...(inputs["publicNetworking"] === undefined
    ? {}
    : { public_networking: inputs["publicNetworking"] }),
  ...(inputs["backupPolicy"] ? { backup_policy: inputs["backupPolicy"] } : {}),
});

const act = async (client: Client, id: string, action: object, work: Work): Promise<void> => {
  work.status(`${(action as { type: string }).type} …`);
  const path = `/droplets/${id}/actions`;
  const answer = await client.post(path, action, work);
  await actionDone(client, path, answer["action"] as Json, work);
};

const status = async (client: Client, id: string, work: Work): Promise<string> =>
  ((await client.get(`/droplets/${id}`, work))["droplet"] as Json)["status"] as string;

/** The size can only change while the droplet is off. */
const resize = async (client: Client, id: string, now: Props, work: Work): Promise<void> => {
  try {
    await act(client, id, { type: "power_off" }, work);
  } catch (error) {
    if (!(error instanceof ApiError && error.message.includes("Droplet is already powered off")))
      throw error;
  }
  await until(client, `droplet ${id} to be off`, HOUR, work, async () =>
    (await status(client, id, work)) === "off" ? true : undefined,
  );
  await act(
    client,
    id,
    { type: "resize", size: now["size"], disk: now["resizeDisk"] !== false },
    work,
  );
  await act(client, id, { type: "power_on" }, work);
  await until(client, `droplet ${id} to be active`, HOUR, work, async () =>
    (await status(client, id, work)) === "active" ? true : undefined,
  );
};

const moveVolumes = async (
  client: Client,
  id: string,
  old: readonly string[],
  now: readonly string[],
  region: string,
  work: Work,
): Promise<void> => {
  const move = async (volume: string, type: "attach" | "detach"): Promise<void> => {
    const path = `/volumes/${volume}/actions`;
    const answer = await client.post(path, { type, droplet_id: Number(id), region }, work);
    await actionDone(client, path, answer["action"] as Json, work);
  };
  for (const volume of old.filter((each) => !now.includes(each))) await move(volume, "detach");
  for (const volume of now.filter((each) => !old.includes(each))) await move(volume, "attach");
};

const remove = async (client: Client, id: string, state: Props, work: Work): Promise<void> => {
  const found = await client.find(`/droplets/${id}`, work);
  if (!found) return;
  await until(client, `droplet ${id} to be unlocked`, 60, work, async () => {
    const now = await client.find(`/droplets/${id}`, work);
    return !now || (now["droplet"] as Json)["locked"] !== true ? true : undefined;
  });
  if (state["gracefulShutdown"] === true) await act(client, id, { type: "shutdown" }, work);
  await client.delete(`/droplets/${id}`, work);
  await until(client, `droplet ${id} to be gone`, HOUR, work, async () =>
    (await client.find(`/droplets/${id}`, work)) === null ? true : undefined,
  );
};

export const droplet = (client: Client): Spec => ({
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
  validate: (inputs) =>
    typeof inputs["userData"] === "string" && Buffer.byteLength(inputs["userData"]) > 65_536
      ? [{ property: "userData", reason: "must be at most 64 KiB" }]
      : [],
  create: async (inputs, work, made) => {
    const answer = (await client.post("/droplets", body(inputs), work))["droplet"] as Json;
    const id = String(answer["id"]);
    made(id);
    work.status("waiting for it to be active");
    const reached = await until(client, `droplet (${id}) to become ready`, HOUR, work, async () => {
      const now = await status(client, id, work);
      return now === "new" ? undefined : now;
    });
    if (reached === "active") return id;
    // One that never came up has nothing on it; left there, the next update would take it for a droplet that is merely off.
    await remove(client, id, {}, work);
    made(undefined);
    throw new Error(
      `droplet (${id}) did not become ready: unexpected state "${reached}", wanted "active"; it has been deleted`,
    );
  },
  view: async (id, before, work) => {
    const found = await client.find(`/droplets/${id}`, work);
    return found && dropletView(found["droplet"] as Json, before);
  },
  update: async (id, old, now, work) => {
    const changed = (key: string): boolean => !isSame(old[key], now[key]);
    if (changed("size")) await resize(client, id, now, work);
    if (changed("name")) await act(client, id, { type: "rename", name: now["name"] }, work);
    if (changed("backups"))
      await act(
        client,
        id,
        {
          type: now["backups"] === true ? "enable_backups" : "disable_backups",
          ...(now["backups"] === true && now["backupPolicy"]
            ? { backup_policy: now["backupPolicy"] }
            : {}),
        },
        work,
      );
    else if (now["backups"] === true && changed("backupPolicy") && now["backupPolicy"])
      await act(
        client,
        id,
        { type: "change_backup_policy", backup_policy: now["backupPolicy"] },
        work,
      );
    if (now["ipv6"] === true && changed("ipv6"))
      await act(client, id, { type: "enable_ipv6" }, work);
    await retag(client, "droplet", id, list(old["tags"]), list(now["tags"]), work);
    if (now["volumeIds"] !== undefined && changed("volumeIds"))
      await moveVolumes(
        client,
        id,
        list(old["volumeIds"]),
        list(now["volumeIds"]),
        str(old["region"]),
        work,
      );
  },
  // Names need not be unique: one of this name that is younger than the attempt is the attempt's.
  find: async ({ name }, since, work) => {
    const found = (await client.list("/droplets", "droplets", work)).filter(
      (each) => each["name"] === name && Date.parse(String(each["created_at"])) >= since - 5000,
    );
    return found.length === 1 ? String(found[0]!["id"]) : undefined;
  },
  delete: async (id, state, work) => await remove(client, id, state, work),
});
