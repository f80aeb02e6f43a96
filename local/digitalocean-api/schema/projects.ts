// Made by `npm run types:api -- PATH` from DigitalOcean's OpenAPI document; not written by hand.
// The document: https://github.com/digitalocean/openapi, Copyright DigitalOcean, LLC, under the
// Apache License 2.0 (local/digitalocean-api/LICENSE). Changed: turned into
// TypeScript's types, of what the code names (wanted.mjs).

export type Project = {
  readonly id?: string;
  readonly owner_uuid?: string;
  readonly owner_id?: number;
  name?: string;
  description?: string;
  purpose?: string;
  environment?: "Development" | "Staging" | "Production";
  readonly created_at?: string;
  readonly updated_at?: string;
} & {
  is_default?: boolean;
};

export type ProjectResource = {
  urn?: string;
  assigned_at?: string;
  links?: {
    self?: string;
  };
  status?: "ok" | "not_found" | "assigned" | "already_assigned" | "service_down";
};

export interface Bodies {
  "post /projects": {
    readonly id?: string;
    readonly owner_uuid?: string;
    readonly owner_id?: number;
    name: string;
    description?: string;
    purpose: string;
    environment?: "Development" | "Staging" | "Production";
    readonly created_at?: string;
    readonly updated_at?: string;
  };
  "patch /projects/{project_id}": Project;
  "post /projects/{project_id}/resources": {
    resources?: string[];
  };
}
