import { randomUUID } from "node:crypto";

import type { Answer, Project, ProjectResource } from "@second-server/digitalocean-api/types";
import { Hono, type Context } from "hono";
import { z } from "zod";

import type { ProjectRecord } from "../../records/account";
import { timestamp, type Api, type ApiEnv, type Cloud, type Resource } from "../cloud";
import { ApiError, conflict, found } from "../errors";
import { page } from "../paging";
import { body, pathParameter } from "../request";
import { assignToProject, checkMemberType, membersThatExist, nameOf } from "./membership";

const environments = ["Development", "Staging", "Production"] as const;
/** In any case of letters; clients send an empty text for "not given". */
const environment = z
  .string()
  .transform((text) => environments.find((one) => one.toLowerCase() === text.toLowerCase()) ?? text)
  .pipe(z.enum(["", ...environments]));
const newProject = z.object({
  name: z.string().min(1).max(175),
  description: z.string().max(255).nullish(),
  purpose: z.string().min(1).max(255),
  environment: environment.nullish(),
});
/** The Go client sends null for what stays as it is. */
const change = z.object({
  name: newProject.shape.name.nullish(),
  description: newProject.shape.description,
  purpose: newProject.shape.purpose.nullish(),
  environment: newProject.shape.environment,
  is_default: z.boolean().nullish(),
});
const urn = z.string().regex(/^do:[a-z]+:.+$/, "is not a URN like do:droplet:123");
const urns = z.object({ resources: z.array(urn).max(200) });

const view = (
  cloud: Cloud,
  {
    id,
    name,
    description,
    purpose,
    environment,
    is_default,
    created_at,
    updated_at,
  }: ProjectRecord,
): Answer<Project, "environment"> & Pick<ProjectRecord, "environment"> => ({
  id,
  owner_uuid: cloud.store.state.account.uuid,
  owner_id: 1,
  name,
  description,
  purpose,
  environment,
  is_default,
  created_at,
  updated_at,
});

const memberView = (
  cloud: Cloud,
  c: Context<ApiEnv>,
  member: ProjectRecord["resources"][number],
  status: Answer<ProjectResource>["status"],
): Answer<ProjectResource> => ({
  ...member,
  links: { self: new URL(`/v2/${nameOf(cloud, member.urn).path}`, c.req.url).toString() },
  status,
});

const asked = ({ store }: Cloud, c: Context<ApiEnv>): ProjectRecord => {
  const id = pathParameter(c, "id");
  return found(
    id === "default" ? store.projects.find((one) => one.is_default) : store.projects.get(id),
  );
};

const nameIsFree = (
  { store }: Cloud,
  name: string | null | undefined,
  but?: ProjectRecord,
): void => {
  const isTaken = (one: ProjectRecord): boolean =>
    one !== but && one.name.toLowerCase() === name?.toLowerCase();
  if (name && store.projects.some(isTaken)) throw conflict("name is already in use");
};

const addProject = (cloud: Cloud, wanted: z.infer<typeof newProject>): ProjectRecord => {
  nameIsFree(cloud, wanted.name);
  const now = timestamp(cloud);
  return cloud.store.projects.insert({
    id: randomUUID(),
    name: wanted.name,
    description: wanted.description ?? "",
    purpose: wanted.purpose,
    environment: wanted.environment ?? "",
    is_default: false,
    created_at: now,
    updated_at: now,
    resources: [],
  });
};

const changeProject = (
  cloud: Cloud,
  project: ProjectRecord,
  wanted: z.infer<typeof change>,
): ProjectRecord => {
  const { projects } = cloud.store;
  nameIsFree(cloud, wanted.name, project);
  if (wanted.is_default)
    for (const other of projects.all()) projects.update(other, { is_default: other === project });
  return projects.update(project, {
    name: wanted.name ?? project.name,
    description: wanted.description ?? project.description,
    purpose: wanted.purpose ?? project.purpose,
    environment: wanted.environment ?? project.environment,
    updated_at: timestamp(cloud),
  });
};

const memberRoutes = (cloud: Cloud, api: Api): void => {
  api.get("/projects/:id/resources", (c) => {
    const members = membersThatExist(cloud, asked(cloud, c));
    const views = members.map((one) => memberView(cloud, c, one, "ok"));
    return c.json(page(c, "resources", views));
  });
  api.post("/projects/:id/resources", async (c) => {
    const wanted = await body(c, urns);
    const project = asked(cloud, c);
    wanted.resources.forEach(checkMemberType);
    const assigned_at = timestamp(cloud);
    // The provider moves a deleted droplet back to the default project: that is told, not refused.
    const resources = wanted.resources.map((given) => {
      const { urn, exists } = nameOf(cloud, given);
      const member = { urn, assigned_at };
      if (!exists) return memberView(cloud, c, member, "not_found");
      if (project.resources.some((one) => one.urn === urn))
        return memberView(cloud, c, member, "already_assigned");
      assignToProject(cloud, urn, project);
      return memberView(cloud, c, member, "assigned");
    });
    return c.json({ resources });
  });
};

const routes = (cloud: Cloud): Api => {
  const api: Api = new Hono();
  const { store } = cloud;
  api.get("/projects", (c) => {
    const views = store.projects.all().map((one) => view(cloud, one));
    return c.json(page(c, "projects", views));
  });
  api.post("/projects", async (c) => {
    const project = addProject(cloud, await body(c, newProject));
    return c.json({ project: view(cloud, project) }, 201);
  });
  api.get("/projects/:id", (c) => c.json({ project: view(cloud, asked(cloud, c)) }));
  api.on(["PUT", "PATCH"], "/projects/:id", async (c) => {
    const wanted = await body(c, change);
    const project = changeProject(cloud, asked(cloud, c), wanted);
    return c.json({ project: view(cloud, project) });
  });
  api.delete("/projects/:id", (c) => {
    const project = asked(cloud, c);
    if (project.is_default || membersThatExist(cloud, project).length)
      throw new ApiError(412, "precondition_failed", "cannot delete a project with resources");
    store.projects.remove((one) => one === project);
    return c.body(null, 204);
  });
  memberRoutes(cloud, api);
  return api;
};

export const projects: Resource = { routes };
