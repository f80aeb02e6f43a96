import type { Props } from "../../values/value";
import type { Work } from "../provider";
import type { Client, Json } from "./client";
import { newcomer } from "./newcomer";
import { num, type Spec, str, uniqueSuffix } from "./resource";
import { actionDone } from "./wait";

const act = async (client: Client, address: string, action: object, work: Work): Promise<void> => {
  const answer = await client.post(`/reserved_ipv6/${address}/actions`, action, work);
  await actionDone(client, "/actions", answer["action"] as Json, work);
};

export const findReservedIpv6 = async (
  client: Client,
  address: string,
  work: Work,
): Promise<Json | null> =>
  ((await client.find(`/reserved_ipv6/${address}`, work))?.["reserved_ipv6"] as Json | undefined) ??
  null;

/** Unlike its older sister it leaves assigning to the assignment, even where the program names a droplet. */
export const reservedIpv6 = (client: Client): Spec => ({
  label: "reserved IPv6",
  required: ["regionSlug"],
  zeros: { dropletId: null },
  replaces: ["regionSlug"],
  computed: ["ip", "dropletId"],
  outputs: ["reservedIpv6Urn", "ip", "dropletId"],
  create: async (inputs, work) =>
    str(
      (
        (await client.post("/reserved_ipv6", { region_slug: inputs["regionSlug"] }, work))[
          "reserved_ipv6"
        ] as Json
      )["ip"] as string,
    ),
  view: async (id, _before, work) => {
    const found = await findReservedIpv6(client, id, work);
    return (
      found && {
        ip: found["ip"],
        regionSlug: found["region_slug"],
        reservedIpv6Urn: `do:reservedipv6:${String(found["ip"])}`,
      }
    );
  },
  ...newcomer({
    client,
    path: () => "/reserved_ipv6",
    key: "reserved_ipv6s",
    id: ({ ip }) => String(ip),
    fits: ({ region_slug, droplet }, { regionSlug }) => region_slug === regionSlug && !droplet,
  }),
  delete: async (id, _state, work) => {
    const found = await findReservedIpv6(client, id, work);
    if (found?.["droplet"]) await act(client, id, { type: "unassign" }, work);
    await client.delete(`/reserved_ipv6/${id}`, work);
  },
});

const holds = (found: Json | null, droplet: number): boolean =>
  found?.["droplet"]?.["id"] === droplet;

export const reservedIpv6Assignment = (client: Client): Spec => ({
  label: "reserved IPv6 assignment",
  required: ["dropletId", "ip"],
  replaces: ["dropletId", "ip"],
  create: async (inputs, work) => {
    const [address, droplet] = [str(inputs["ip"]), num(inputs["dropletId"])];
    await act(client, address, { type: "assign", droplet_id: droplet }, work);
    return `${droplet}-${address}-${uniqueSuffix()}`;
  },
  view: async (_id, before, work) => {
    const [ip, dropletId] = [str(before["ip"]), num(before["dropletId"])];
    return holds(await findReservedIpv6(client, ip, work), dropletId) ? { ip, dropletId } : null;
  },
  find: async (inputs, _since, work) => {
    const [ip, dropletId] = [str(inputs["ip"]), num(inputs["dropletId"])];
    return holds(await findReservedIpv6(client, ip, work), dropletId)
      ? `${dropletId}-${ip}-${uniqueSuffix()}`
      : undefined;
  },
  delete: async (_id, state, work) => {
    if (holds(await findReservedIpv6(client, str(state["ip"]), work), num(state["dropletId"])))
      await act(client, str(state["ip"]), { type: "unassign" }, work);
  },
  parseId: (id): { id: string; known: Props } => {
    const [ip, dropletId] = id.split(",");
    return dropletId === undefined
      ? { id, known: {} }
      : { id: `${dropletId}-${ip}`, known: { ip: ip!, dropletId: Number(dropletId) } };
  },
});
