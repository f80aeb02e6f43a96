import type { Props, Value } from "../../values/value";
import type { Work } from "../provider";
import type { Client, Json } from "./client";
import { isSame, list, num, type Spec, str, uniqueSuffix } from "./resource";
import { retag } from "./tags";
import { actionDone } from "./wait";

const find = async (client: Client, id: string, work: Work): Promise<Json | null> =>
  ((await client.find(`/volumes/${id}`, work))?.["volume"] as Json | undefined) ?? null;

const act = async (client: Client, id: string, action: object, work: Work): Promise<void> => {
  const path = `/volumes/${id}/actions`;
  const answer = await client.post(path, action, work);
  await actionDone(client, path, answer["action"] as Json, work);
};

const body = (inputs: Props): object => ({
  region: inputs["region"],
  name: inputs["name"],
  description: inputs["description"] ?? "",
  size_gigabytes: num(inputs["size"]),
  tags: list(inputs["tags"]),
  ...(inputs["snapshotId"] ? { snapshot_id: inputs["snapshotId"] } : {}),
  ...((inputs["initialFilesystemType"] ?? inputs["filesystemType"])
    ? { filesystem_type: inputs["initialFilesystemType"] ?? inputs["filesystemType"] }
    : {}),
  ...(inputs["initialFilesystemLabel"]
    ? { filesystem_label: inputs["initialFilesystemLabel"] }
    : {}),
});

export const volume = (client: Client): Spec => ({
  label: "Volume",
  required: ["region", "size"],
  autoName: 64,
  lowerCaseName: true,
  sets: ["tags"],
  zeros: {
    description: null,
    filesystemLabel: null,
    initialFilesystemLabel: null,
    initialFilesystemType: null,
    snapshotId: null,
    tags: null,
  },
  outputs: ["dropletIds", "filesystemLabel", "volumeUrn"],
  computed: ["filesystemType"],
  replaces: [
    "region",
    "name",
    "description",
    "snapshotId",
    "filesystemType",
    "initialFilesystemType",
    "initialFilesystemLabel",
  ],
  // A disk can grow only.
  replacesWhen: (property, old, now) =>
    property === "size" && Number(now["size"]) < Number(old["size"]),
  create: async (inputs, work) =>
    str(((await client.post("/volumes", body(inputs), work))["volume"] as Json)["id"] as string),
  view: async (id, _before, work) => {
    const found = await find(client, id, work);
    return (
      found && {
        name: found["name"],
        region: found["region"]["slug"],
        size: num(found["size_gigabytes"] as number),
        description: found["description"] ?? "",
        dropletIds: (found["droplet_ids"] ?? []) as Value,
        filesystemType: found["filesystem_type"] ?? "",
        filesystemLabel: found["filesystem_label"] ?? "",
        tags: (found["tags"] ?? []) as Value,
        volumeUrn: `do:volume:${String(found["id"])}`,
      }
    );
  },
  update: async (id, old, now, work) => {
    if (!isSame(old["size"], now["size"]))
      await act(
        client,
        id,
        { type: "resize", size_gigabytes: num(now["size"]), region: old["region"] },
        work,
      );
    await retag(client, "volume", id, list(old["tags"]), list(now["tags"]), work);
  },
  find: async (inputs, _since, work) => {
    const found = (
      await client.list(
        `/volumes?name=${encodeURIComponent(str(inputs["name"]))}&region=${str(inputs["region"])}`,
        "volumes",
        work,
      )
    )[0];
    return found && str(found["id"] as string);
  },
  delete: async (id, _state, work) => await client.delete(`/volumes/${id}`, work),
});

export const volumeAttachment = (client: Client): Spec => ({
  label: "volume attachment",
  required: ["dropletId", "volumeId"],
  replaces: ["dropletId", "volumeId"],
  create: async (inputs, work) => {
    const [droplet, id] = [num(inputs["dropletId"]), str(inputs["volumeId"])];
    const found = await find(client, id, work);
    if (!found) throw new Error(`there is no volume ${id}`);
    if (!((found["droplet_ids"] ?? []) as number[]).includes(droplet))
      await act(
        client,
        id,
        { type: "attach", droplet_id: droplet, region: found["region"]["slug"] },
        work,
      );
    return `${droplet}-${id}-${uniqueSuffix()}`;
  },
  view: async (_id, before, work) => {
    const found = await find(client, str(before["volumeId"]), work);
    if (!((found?.["droplet_ids"] ?? []) as number[]).includes(num(before["dropletId"])))
      return null;
    return { dropletId: num(before["dropletId"]), volumeId: str(before["volumeId"]) };
  },
  delete: async (_id, state, work) => {
    const id = str(state["volumeId"]);
    const found = await find(client, id, work);
    if (!((found?.["droplet_ids"] ?? []) as number[]).includes(num(state["dropletId"]))) return;
    await act(
      client,
      id,
      { type: "detach", droplet_id: num(state["dropletId"]), region: found!["region"]["slug"] },
      work,
    );
  },
});
