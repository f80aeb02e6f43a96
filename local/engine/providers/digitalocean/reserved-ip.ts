import type { Props } from "../../values/value";
import type { Work } from "../provider";
import type { Client, Json } from "./client";
import { newcomer } from "./newcomer";
import { num, type Spec, str, uniqueSuffix } from "./resource";
import { actionDone } from "./wait";

const assign = async (
  client: Client,
  address: string,
  action: object,
  work: Work,
): Promise<void> => {
  const path = `/reserved_ips/${address}/actions`;
  const answer = await client.post(path, action, work);
  await actionDone(client, path, answer["action"] as Json, work);
};

const find = async (client: Client, address: string, work: Work): Promise<Json | null> =>
  ((await client.find(`/reserved_ips/${address}`, work))?.["reserved_ip"] as Json | undefined) ??
  null;

/** The provider has it under its old name as well, which shows in its URN. */
export const reservedIp = (client: Client, name: "reserved" | "floating" = "reserved"): Spec => ({
  label: "reserved IP",
  required: ["region"],
  zeros: { dropletId: null },
  replaces: ["region"],
  computed: ["ipAddress"],
  outputs: [`${name}IpUrn`, "ipAddress"],
  create: async (inputs, work, made) => {
    const address = str(
      (
        (await client.post("/reserved_ips", { region: inputs["region"] }, work))[
          "reserved_ip"
        ] as Json
      )["ip"] as string,
    );
    made(address);
    if (inputs["dropletId"] !== undefined)
      await assign(client, address, { type: "assign", droplet_id: num(inputs["dropletId"]) }, work);
    return address;
  },
  view: async (id, before, work) => {
    const found = await find(client, id, work);
    if (!found) return null;
    // Who holds it is this resource's business only where the program says so: it may be an assignment's.
    const holder: Props =
      (before["dropletId"] ?? undefined) === undefined
        ? {}
        : { dropletId: (found["droplet"]?.["id"] as number | undefined) ?? 0 };
    return {
      ipAddress: found["ip"],
      region: found["region"]["slug"],
      [`${name}IpUrn`]: `do:${name}ip:${String(found["ip"])}`,
      ...holder,
    };
  },
  ...newcomer({
    client,
    path: () => "/reserved_ips",
    key: "reserved_ips",
    id: ({ ip }) => String(ip),
    // Nobody has taken it since.
    fits: ({ region, droplet: holder }, { region: wanted, dropletId }) =>
      region["slug"] === wanted &&
      (!holder || (dropletId !== undefined && holder["id"] === num(dropletId))),
  }),
  update: async (id, old, now, work) => {
    if (num(old["dropletId"]) === num(now["dropletId"])) return;
    if (now["dropletId"] === undefined) await assign(client, id, { type: "unassign" }, work);
    else await assign(client, id, { type: "assign", droplet_id: num(now["dropletId"]) }, work);
  },
  delete: async (id, _state, work) => {
    const found = await find(client, id, work);
    if (found?.["droplet"]) await assign(client, id, { type: "unassign" }, work);
    await client.delete(`/reserved_ips/${id}`, work);
  },
});

export const reservedIpAssignment = (client: Client): Spec => ({
  label: "reserved IP assignment",
  required: ["dropletId", "ipAddress"],
  replaces: ["dropletId", "ipAddress"],
  create: async (inputs, work) => {
    const [address, droplet] = [str(inputs["ipAddress"]), num(inputs["dropletId"])];
    // A droplet that has only just been made may still be locked by its own creation.
    const actions = await client.list(`/droplets/${droplet}/actions`, "actions", work);
    for (const action of actions.filter(({ status }) => status === "in-progress"))
      await actionDone(client, `/droplets/${droplet}/actions`, action, work);
    await assign(client, address, { type: "assign", droplet_id: droplet }, work);
    return `${droplet}-${address}-${uniqueSuffix()}`;
  },
  // Someone else's assignment is not this one: a failover made outside shows as "gone", and the next `up` makes it again.
  view: async (_id, before, work) => {
    const found = await find(client, str(before["ipAddress"]), work);
    if (!found?.["droplet"] || found["droplet"]["id"] !== num(before["dropletId"])) return null;
    return { dropletId: found["droplet"]["id"], ipAddress: found["ip"] };
  },
  find: async (inputs, _since, work) => {
    const found = await find(client, str(inputs["ipAddress"]), work);
    return found?.["droplet"]?.["id"] === num(inputs["dropletId"])
      ? `${num(inputs["dropletId"])}-${str(inputs["ipAddress"])}-${uniqueSuffix()}`
      : undefined;
  },
  delete: async (_id, state, work) => {
    const found = await find(client, str(state["ipAddress"]), work);
    if (found?.["droplet"]?.["id"] === num(state["dropletId"]))
      await assign(client, str(state["ipAddress"]), { type: "unassign" }, work);
  },
  parseId: (id): { id: string; known: Props } => {
    const [ipAddress, dropletId] = id.split(",");
    return dropletId === undefined
      ? { id, known: {} }
      : {
          id: `${dropletId}-${ipAddress}`,
          known: { ipAddress: ipAddress!, dropletId: Number(dropletId) },
        };
  },
});
