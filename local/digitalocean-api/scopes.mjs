import { followed, header, schemaOf, source } from "./document.mjs";

/** Paths that are not served; metrics are, of droplets. */
const UNSERVED_PATHS =
  /^\/v2\/(customers\/my\/(?!balance)|monitoring\/(metrics\/(?!droplet\/)|sinks)|droplets\/autoscale)/;
/** "api:read" beside a resource's own scope is what tokens were called before there were custom scopes: no token has it. */
const isCustomScope = (scope) => !scope.startsWith("api:");
const METHODS = ["get", "put", "post", "patch", "delete"];

const operations = Object.entries(source.paths)
  .filter(([route]) => !UNSERVED_PATHS.test(route))
  .flatMap(([route, item]) =>
    METHODS.filter((method) => item[method]).map((method) => ({
      key: `${method.toUpperCase()} ${route}`,
      ...item[method],
    })),
  );
/** One list for each way that suffices; all of a list are needed. */
const scopes = Object.fromEntries(
  operations.map(({ key, security = [] }) => [
    key,
    security.map(({ bearer_auth = [] }) => bearer_auth.filter(isCustomScope)),
  ]),
);

/** A request's fields at the top, by name, whatever its schema is put together of. */
const fieldsOf = (schema) => {
  const { properties = {}, allOf = [], oneOf = [], anyOf = [] } = followed(schema) ?? {};
  return [
    ...Object.entries(properties),
    ...[...allOf, ...oneOf, ...anyOf].flatMap((part) => fieldsOf(part)),
  ];
};
/** The document says it in words: "Requires `ssh_key:read` scope." */
const scopesInWords = (schema) => {
  const { description = "", allOf = [] } = followed(schema) ?? {};
  const [words = ""] = /requires? `.*? scope/i.exec(description) ?? [];
  return [...words.matchAll(/`([a-z_]+:[a-z_]+)`/g), ...allOf.flatMap(scopesInWords)].map(
    (found) => (typeof found === "string" ? found : found[1]),
  );
};
const fieldScopes = Object.fromEntries(
  operations.flatMap(({ key, requestBody }) => {
    const needed = fieldsOf(schemaOf(requestBody))
      .map(([field, schema]) => [field, [...new Set(scopesInWords(schema))]])
      .filter(([, needs]) => needs.length > 0);
    return needed.length > 0 ? [[key, Object.fromEntries(needed)]] : [];
  }),
);

/** The text of the file of scopes. */
export const scopesText = `${header("only which scopes a token needs.")}
/** What a token needs for a call: one of the lists, and all of that list. */
export const CALL_SCOPES: Readonly<Record<string, readonly (readonly string[])[]>> = ${JSON.stringify(scopes, undefined, 2)};

/** What it needs besides where a request has these fields. */
export const FIELD_SCOPES: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = ${JSON.stringify(fieldScopes, undefined, 2)};
`;
