import type { Props, Value } from "../../values/value";
import type { Body } from "./answers";
import type { Client } from "./client";
import { isSame, optionalFlag, optionalText, toText, toTexts } from "./convert";
import type { Operations, ResourceKind, Schema } from "./kind";
import {
  giveBack,
  isSameMembership,
  moveResources,
  projectEntity,
  putIn,
  resourcesOf,
} from "./project-resources";

const newBody = (inputs: Props): Body<"post /projects"> => ({
  name: optionalText(inputs["name"]),
  description: toText(inputs["description"]),
  purpose: optionalText(inputs["purpose"]),
  ...(inputs["environment"] ? { environment: toText(inputs["environment"]) } : {}),
});
const changedBody = (inputs: Props): Body<"patch /projects/{project_id}"> => ({
  ...newBody(inputs),
  environment: toText(inputs["environment"]),
  is_default: optionalFlag(inputs["isDefault"]) ?? false,
});

/**
 * What the provider takes for the same: an environment in any case of letters, a reserved IP by its
 * old name.
 */
const isAlike = (property: string, told: Value | undefined, wanted: Value | undefined): boolean => {
  if (property === "resources") return isSameMembership(told, wanted);
  return property === "environment" && toText(told).toLowerCase() === toText(wanted).toLowerCase();
};

const schema: Schema = {
  label: "Project",
  required: [],
  autoName: 175,
  sets: ["resources"],
  shared: ["resources"],
  computed: ["resources"],
  alike: isAlike,
  defaults: { purpose: "Web Application" },
  zeros: { isDefault: false },
  meta: '{"e2bfb730-ecaa-11e6-8f88-34363bc7c4c0":{"delete":180000000000}}',
  outputs: ["createdAt", "ownerId", "ownerUuid", "updatedAt"],
  volatile: ["updatedAt"],
};

const PATCHED = ["name", "description", "purpose", "environment", "isDefault"];

const operations = (client: Client): Operations => ({
  create: async (inputs, work, made) => {
    const { id } = await client.create("/projects", newBody(inputs), projectEntity, work);
    made(id);
    try {
      await putIn(client, id, toTexts(inputs["resources"]), work);
    } catch (error) {
      await client.delete(`/projects/${id}`, work);
      made(undefined);
      throw error;
    }
    // A project can't be made as the default one, only become it.
    if (optionalFlag(inputs["isDefault"]) === true)
      await client.patch(`/projects/${id}`, changedBody(inputs), work);
    return id;
  },
  view: async (id, _before, work) => {
    const found = await client.find(`/projects/${id}`, projectEntity, work);
    return (
      found && {
        name: found.name,
        description: found.description ?? "",
        purpose: String(found.purpose).replace(/^Other: /, ""),
        environment: found.environment ?? "",
        isDefault: found.is_default ?? false,
        ownerUuid: found.owner_uuid ?? "",
        ownerId: found.owner_id ?? 0,
        createdAt: found.created_at,
        updatedAt: found.updated_at,
        resources: await resourcesOf(client, id, work),
      }
    );
  },
  update: async (id, old, now, work) => {
    if (PATCHED.some((key) => !isSame(old[key], now[key])))
      await client.patch(`/projects/${id}`, changedBody(now), work);
    if (now["resources"] === undefined || isSameMembership(old["resources"], now["resources"]))
      return;
    await moveResources(client, id, toTexts(old["resources"]), toTexts(now["resources"]), work);
  },
  find: async ({ name }, work) => {
    const all = await client.list("/projects", projectEntity, work);
    return all.find((each) => each.name === name)?.id;
  },
  delete: async (id, _state, work) => {
    await giveBack(client, await resourcesOf(client, id, work), work);
    await client.delete(`/projects/${id}`, work);
  },
});

export const project: ResourceKind = { schema, operations };
