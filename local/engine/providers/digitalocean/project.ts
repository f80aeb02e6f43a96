import type { Props } from "../../values/value";
import type { Work } from "../provider";
import type { Client, Json } from "./client";
import { isSame, list, type Spec, str } from "./resource";

const put = async (
  client: Client,
  project: string,
  urns: readonly string[],
  work: Work,
): Promise<void> => {
  if (urns.length > 0)
    await client.post(`/projects/${project}/resources`, { resources: urns }, work);
};

/** What leaves a project goes to the default one: everything is in some project. */
const giveBack = async (client: Client, urns: readonly string[], work: Work): Promise<void> => {
  if (urns.length === 0) return;
  const home = (await client.get("/projects/default", work))["project"] as Json;
  await put(client, String(home["id"]), urns, work);
};

/** The API calls a reserved IP by its old name. */
const urnOf = (resource: Json): string =>
  String(resource["urn"]).replace(/^do:floatingip:/, "do:reservedip:");
const resourcesOf = async (client: Client, project: string, work: Work): Promise<string[]> =>
  (await client.list(`/projects/${project}/resources`, "resources", work)).map(urnOf);

const body = (inputs: Props): object => ({
  name: inputs["name"],
  description: inputs["description"] ?? "",
  purpose: inputs["purpose"],
  environment: inputs["environment"] ?? "",
  is_default: inputs["isDefault"] ?? false,
});

export const project = (client: Client): Spec => ({
  label: "Project",
  required: [],
  autoName: 175,
  sets: ["resources"],
  shared: ["resources"],
  computed: ["resources"],
  defaults: { purpose: "Web Application" },
  zeros: { isDefault: false },
  meta: '{"e2bfb730-ecaa-11e6-8f88-34363bc7c4c0":{"delete":180000000000}}',
  outputs: ["createdAt", "ownerId", "ownerUuid", "updatedAt"],
  volatile: ["updatedAt"],
  create: async (inputs, work, made) => {
    const id = str(
      ((await client.post("/projects", body(inputs), work))["project"] as Json)["id"] as string,
    );
    made(id);
    await put(client, id, list(inputs["resources"]), work);
    return id;
  },
  view: async (id, _before, work) => {
    const found = (await client.find(`/projects/${id}`, work))?.["project"] as Json | undefined;
    return found
      ? {
          name: found["name"],
          description: found["description"] ?? "",
          purpose: String(found["purpose"]).replace(/^Other: /, ""),
          environment: found["environment"] ?? "",
          isDefault: found["is_default"] ?? false,
          ownerUuid: found["owner_uuid"] ?? "",
          ownerId: found["owner_id"] ?? 0,
          createdAt: found["created_at"],
          updatedAt: found["updated_at"],
          resources: await resourcesOf(client, id, work),
        }
      : null;
  },
  update: async (id, old, now, work) => {
    if (
      ["name", "description", "purpose", "environment", "isDefault"].some(
        (key) => !isSame(old[key], now[key]),
      )
    )
      await client.patch(`/projects/${id}`, body(now), work);
    if (now["resources"] === undefined) return;
    const [was, is] = [list(old["resources"]), list(now["resources"])];
    await giveBack(
      client,
      was.filter((urn) => !is.includes(urn)),
      work,
    );
    await put(
      client,
      id,
      is.filter((urn) => !was.includes(urn)),
      work,
    );
  },
  find: async (inputs, _since, work) => {
    const found = (await client.list("/projects", "projects", work)).find(
      (each) => each["name"] === inputs["name"],
    );
    return found && str(found["id"] as string);
  },
  delete: async (id, _state, work) => {
    await giveBack(client, await resourcesOf(client, id, work), work);
    await client.delete(`/projects/${id}`, work);
  },
});

export const projectResources = (client: Client): Spec => ({
  label: "project resources",
  required: ["project", "resources"],
  replaces: ["project"],
  sets: ["resources"],
  create: async (inputs, work) => {
    await put(client, str(inputs["project"]), list(inputs["resources"]), work);
    return str(inputs["project"]);
  },
  // Others may put things into the project too: only the program's own are looked at.
  view: async (id, before, work) => {
    if (!(await client.find(`/projects/${id}`, work))) return null;
    const there = await resourcesOf(client, id, work);
    const own = list(before["resources"]);
    return {
      project: id,
      resources: own.length === 0 ? there : own.filter((urn) => there.includes(urn)),
    };
  },
  update: async (id, old, now, work) => {
    const [was, is] = [list(old["resources"]), list(now["resources"])];
    await giveBack(
      client,
      was.filter((urn) => !is.includes(urn)),
      work,
    );
    await put(
      client,
      id,
      is.filter((urn) => !was.includes(urn)),
      work,
    );
  },
  delete: async (id, state, work) => {
    const there = await resourcesOf(client, id, work);
    await giveBack(
      client,
      list(state["resources"]).filter((urn) => there.includes(urn)),
      work,
    );
  },
});
