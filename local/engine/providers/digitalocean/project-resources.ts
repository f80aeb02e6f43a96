import type { Project, ProjectResource } from "@second-server/digitalocean-api/types";
import { z } from "zod";

import type { Value } from "../../values/value";
import type { Work } from "../provider";
import { type Body, entity, type Fields, maybeFlag, maybeNumber, maybeText } from "./answers";
import type { Client } from "./client";
import { toText, toTexts } from "./convert";
import type { Operations, ResourceKind, Schema } from "./kind";

export const projectEntity = entity(
  "project",
  "projects",
  z.object({
    id: z.string(),
    name: z.string(),
    description: maybeText,
    purpose: maybeText,
    environment: maybeText,
    owner_uuid: maybeText,
    owner_id: maybeNumber,
    is_default: maybeFlag,
    created_at: maybeText,
    updated_at: maybeText,
  } satisfies Fields<Project & { is_default: boolean }>),
);

const projectResource = entity(
  "resource",
  "resources",
  z.object({ urn: z.string() } satisfies Fields<ProjectResource>),
);

/** The API calls a reserved IP by its old name. */
const presentName = (urn: string): string => urn.replace(/^do:floatingip:/, "do:reservedip:");

/** Whether two lists name the same things, in whatever order and by whichever name. */
export const isSameMembership = (a: Value | undefined, b: Value | undefined): boolean => {
  const [one, other] = [a, b].map((urns) => new Set(toTexts(urns).map(presentName)));
  return one?.size === other?.size && [...(one ?? [])].every((urn) => other?.has(urn));
};

export const resourcesOf = async (
  client: Client,
  project: string,
  work: Work,
): Promise<readonly string[]> => {
  const all = await client.list(`/projects/${project}/resources`, projectResource, work);
  return all.map(({ urn }) => presentName(urn));
};

export const putIn = async (
  client: Client,
  project: string,
  urns: readonly string[],
  work: Work,
): Promise<void> => {
  const body: Body<"post /projects/{project_id}/resources"> = { resources: urns };
  if (urns.length > 0) await client.post(`/projects/${project}/resources`, body, work);
};

/** What leaves a project goes to the default one: everything is in some project. */
export const giveBack = async (
  client: Client,
  urns: readonly string[],
  work: Work,
): Promise<void> => {
  if (urns.length === 0) return;
  const home = await client.get("/projects/default", projectEntity, work);
  await putIn(client, home.id, urns, work);
};

/** Takes out of the project what is no longer wanted in it, and puts in what is new. */
export const moveResources = async (
  client: Client,
  project: string,
  old: readonly string[],
  now: readonly string[],
  work: Work,
): Promise<void> => {
  const left = old.filter((urn) => !now.includes(urn));
  const added = now.filter((urn) => !old.includes(urn));
  await giveBack(client, left, work);
  await putIn(client, project, added, work);
};

const schema: Schema = {
  label: "project resources",
  required: ["project", "resources"],
  replaces: ["project"],
  sets: ["resources"],
  alike: (property, told, wanted) => property === "resources" && isSameMembership(told, wanted),
};

const operations = (client: Client): Operations => ({
  create: async ({ project, resources }, work) => {
    await putIn(client, toText(project), toTexts(resources), work);
    return toText(project);
  },
  // Others may put things into the project too: only the program's own are looked at.
  view: async (id, before, work) => {
    if (!(await client.find(`/projects/${id}`, projectEntity, work))) return undefined;
    const there = await resourcesOf(client, id, work);
    const own = toTexts(before["resources"]);
    return {
      project: id,
      resources: own.length === 0 ? there : own.filter((urn) => there.includes(presentName(urn))),
    };
  },
  update: async (id, old, now, work) =>
    await moveResources(client, id, toTexts(old["resources"]), toTexts(now["resources"]), work),
  delete: async (id, state, work) => {
    const there = await resourcesOf(client, id, work);
    const own = toTexts(state["resources"]).filter((urn) => there.includes(presentName(urn)));
    await giveBack(client, own, work);
  },
});

export const projectResources: ResourceKind = { schema, operations };
