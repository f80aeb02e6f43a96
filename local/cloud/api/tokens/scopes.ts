import { CALL_SCOPES, FIELD_SCOPES } from "@second-server/digitalocean-api/scopes";

type Ways = readonly (readonly string[])[];

/** Not in the document that the others are made of; by the names that DigitalOcean's reference has for them. */
const PEERING_SCOPES: Readonly<Record<string, Ways>> = {
  "GET /v2/vpc_peerings": [["vpc_peering:read"]],
  "POST /v2/vpc_peerings": [["vpc_peering:create"]],
  "GET /v2/vpc_peerings/{vpc_peering_id}": [["vpc_peering:read"]],
  "PATCH /v2/vpc_peerings/{vpc_peering_id}": [["vpc_peering:update"]],
  "DELETE /v2/vpc_peerings/{vpc_peering_id}": [["vpc_peering:delete"]],
};

/** What every token of the control panel's two classic kinds may. */
const FULL_SCOPES = ["read", "write"] as const;

interface Operation {
  readonly key: string;
  readonly pattern: RegExp;
  readonly ways: Ways;
}

/** Plain paths first: "/v2/droplets/actions" is no droplet of that name. */
const operations: readonly Operation[] = Object.entries({ ...CALL_SCOPES, ...PEERING_SCOPES })
  .sort(([one], [other]) => one.split("{").length - other.split("{").length)
  .map(([key, ways]) => ({
    key,
    ways,
    pattern: new RegExp(`^${key.replaceAll(/\{[^}]+\}/g, "[^/]+")}/?$`),
  }));

/** All that a token may be given. */
export const knownScopes: ReadonlySet<string> = new Set([
  ...FULL_SCOPES,
  ...operations.flatMap(({ ways }) => ways.flat()),
  ...Object.values(FIELD_SCOPES).flatMap((fields) => Object.values(fields).flat()),
]);

export interface Call {
  readonly method: string;
  /** With /v2. */
  readonly path: string;
  /** Of a request with a JSON object. */
  readonly body?: Readonly<Record<string, unknown>>;
}

const operationOf = ({ method, path }: Call): Operation | undefined => {
  const asked = `${method === "HEAD" ? "GET" : method} ${path}`;
  return operations.find(({ pattern }) => pattern.test(asked));
};

const isGiven = (value: unknown): boolean =>
  value !== undefined &&
  value !== null &&
  value !== "" &&
  (value as { length?: number }).length !== 0;

const fieldsNeed = (key: string, body: Call["body"] = {}): string[] =>
  Object.entries(FIELD_SCOPES[key] ?? {}).flatMap(([field, scopes]) =>
    isGiven(body[field]) ? scopes : [],
  );

/** What a token has to have, in one of these ways; undefined where only a full one will do. */
export const scopesNeeded = (call: Call): Ways | undefined => {
  const operation = operationOf(call);
  if (!operation || operation.ways.length === 0) return undefined;
  const besides = fieldsNeed(operation.key, call.body);
  return operation.ways.map((way) => [...way, ...besides]);
};

/** Whether a token of these scopes may make that call. */
export const allows = (scopes: readonly string[], call: Call): boolean => {
  // "write" is given together with "read" only: full access.
  if (scopes.includes("write")) return true;
  const reads = ["GET", "HEAD"].includes(call.method);
  if (scopes.includes("read") && reads) return true;
  return (scopesNeeded(call) ?? []).some((way) => way.every((scope) => scopes.includes(scope)));
};
