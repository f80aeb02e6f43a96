import { randomUUID } from "node:crypto";

import { Hono, type Context } from "hono";
import { z } from "zod";

import type { CloudState, ProjectRecord } from "../records";
import { timestamp, type Api, type ApiEnv, type Cloud } from "./cloud";
import { ApiError, conflict, notFound } from "./errors";
import { page } from "./paging";
import { body, pathParameter } from "./request";

const environments = ["Development", "Staging", "Production"] as const;
/** In any case of letters; clients send an empty text for "not given". */
const environment = z
  .string()
  .transform((text) => environments.find((one) => one.toLowerCase() === text.toLowerCase()) ?? text)
  .pipe(z.enum(["", ...environments]))
  .transform((text) => text || null);
const newProject = z.object({
  name: z.string().min(1).max(175),
  description: z.string().max(255).nullish(),
  purpose: z.string().min(1).max(255),
  environment: environment.nullish(),
});
const change = newProject.partial().extend({ is_default: z.boolean().nullish() });
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
): Record<string, unknown> => ({
  id,
  owner_uuid: cloud.state.account.uuid,
  owner_id: 1,
  name,
  description,
  purpose,
  environment,
  is_default,
  created_at,
  updated_at,
});

const exists = (state: CloudState, urn: string): boolean => {
  const [, kind, id] = /^do:([a-z]+):(.+)$/.exec(urn) ?? [];
  switch (kind) {
    case "droplet":
      return state.droplets.some((one) => String(one.id) === id);
    case "floatingip":
    case "reservedip":
      return state.reservedIps.some((one) => one.ip === id);
    case "domain":
      return state.domains.some((one) => one.name === id);
    case "volume":
      return state.volumes.some((one) => one.id === id);
    case "vpc":
      return state.vpcs.some((one) => one.id === id);
    default:
      return false;
  }
};

/** Listed as `do:floatingip:` whatever name the client used. */
const listed = (urn: string): string => urn.replace(/^do:reservedip:/, "do:floatingip:");
const paths: Readonly<Record<string, string>> = {
  droplet: "droplets",
  floatingip: "floating_ips",
  domain: "domains",
  volume: "volumes",
  vpc: "vpcs",
};
const resourceView = (
  c: Context<ApiEnv>,
  urn: string,
  assigned_at: string,
  status: string,
): Record<string, unknown> => {
  const [, kind = "", id = ""] = urn.split(/:(.*?):(.*)/);
  return {
    urn,
    assigned_at,
    links: { self: new URL(`/v2/${paths[kind] ?? kind}/${id}`, c.req.url).toString() },
    status,
  };
};

/** A resource is in exactly one project. */
export const assignToProject = (
  cloud: Cloud,
  urn: string,
  project = cloud.state.projects.find((one) => one.is_default)!,
): void => {
  const name = listed(urn);
  for (const other of cloud.state.projects)
    other.resources = other.resources.filter((one) => one.urn !== name);
  project.resources.push({ urn: name, assigned_at: timestamp(cloud) });
};

const asked = (cloud: Cloud, c: Context<ApiEnv>): ProjectRecord => {
  const id = pathParameter(c, "id");
  const project = cloud.state.projects.find((one) =>
    id === "default" ? one.is_default : one.id === id,
  );
  if (!project) throw notFound();
  return project;
};

/** Resources come and go without telling the project: what no longer exists is not shown and not kept. */
const present = (state: CloudState, project: ProjectRecord): ProjectRecord["resources"] => {
  project.resources = project.resources.filter((one) => exists(state, one.urn));
  return project.resources;
};

export const projectRoutes = (cloud: Cloud): Api => {
  const api: Api = new Hono();
  const { state } = cloud;
  const nameIsFree = (name: string | null | undefined, but?: ProjectRecord): void => {
    if (
      name &&
      state.projects.some((one) => one !== but && one.name.toLowerCase() === name.toLowerCase())
    )
      throw conflict("name is already in use");
  };
  api.get("/projects", (c) =>
    c.json(
      page(
        c,
        "projects",
        state.projects.map((one) => view(cloud, one)),
      ),
    ),
  );
  api.post("/projects", async (c) => {
    const wanted = await body(c, newProject);
    nameIsFree(wanted.name);
    const now = timestamp(cloud);
    const project: ProjectRecord = {
      id: randomUUID(),
      name: wanted.name,
      description: wanted.description ?? "",
      purpose: wanted.purpose,
      environment: wanted.environment ?? "Development",
      is_default: false,
      created_at: now,
      updated_at: now,
      resources: [],
    };
    state.projects.push(project);
    return c.json({ project: view(cloud, project) }, 201);
  });
  api.get("/projects/:id", (c) => c.json({ project: view(cloud, asked(cloud, c)) }));
  api.on(["PUT", "PATCH"], "/projects/:id", async (c) => {
    const wanted = await body(c, change);
    const project = asked(cloud, c);
    nameIsFree(wanted.name, project);
    if (wanted.is_default) for (const other of state.projects) other.is_default = other === project;
    Object.assign(project, {
      name: wanted.name ?? project.name,
      description: wanted.description ?? project.description,
      purpose: wanted.purpose ?? project.purpose,
      environment: wanted.environment ?? project.environment,
      updated_at: timestamp(cloud),
    });
    return c.json({ project: view(cloud, project) });
  });
  api.delete("/projects/:id", (c) => {
    const project = asked(cloud, c);
    if (project.is_default || present(state, project).length)
      throw new ApiError(412, "precondition_failed", "cannot delete a project with resources");
    state.projects = state.projects.filter((one) => one !== project);
    return c.body(null, 204);
  });
  api.get("/projects/:id/resources", (c) =>
    c.json(
      page(
        c,
        "resources",
        present(state, asked(cloud, c)).map((one) =>
          resourceView(c, one.urn, one.assigned_at, "ok"),
        ),
      ),
    ),
  );
  api.post("/projects/:id/resources", async (c) => {
    const wanted = await body(c, urns);
    const project = asked(cloud, c);
    // The provider moves a deleted droplet back to the default project: that is told, not refused.
    const views = wanted.resources.map((urn) => {
      if (!exists(state, urn)) return resourceView(c, listed(urn), timestamp(cloud), "not_found");
      const already = project.resources.some((one) => one.urn === listed(urn));
      if (!already) assignToProject(cloud, urn, project);
      return resourceView(
        c,
        listed(urn),
        timestamp(cloud),
        already ? "already_assigned" : "assigned",
      );
    });
    return c.json({ resources: views });
  });
  return api;
};
