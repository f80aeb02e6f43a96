import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { argv } from "node:process";

import openapiTS, { astToString } from "openapi-typescript";
import prettier from "prettier";

const HEADER = `// Made by \`npm run types:api -- PATH\` from DigitalOcean's OpenAPI document; not written by hand.
// The document: https://github.com/digitalocean/openapi, Copyright DigitalOcean, LLC, under the Apache License 2.0
// (LICENSE beside this file). Changed: turned into TypeScript's types, with names for what is used twice; left out are
// descriptions, examples, headers, parameters, and the paths that nobody here calls.
`;
const SCOPES_HEADER = `// Made by \`npm run types:api -- PATH\` from DigitalOcean's OpenAPI document; not written by hand.
// The document: https://github.com/digitalocean/openapi, Copyright DigitalOcean, LLC, under the Apache License 2.0
// (LICENSE beside this file). Changed: only which scopes a token needs.

`;

/** Billing, metrics, autoscaling and log sinks are neither served nor called here. */
const UNUSED_PATHS =
  /^\/v2\/(customers\/my\/(?!balance)|monitoring\/(?!alerts)|droplets\/autoscale)/;
/** What no type says; a discriminator's mapping names files of a repository that is not here. */
const UNUSED_KEYS = new Set(
  "description summary discriminator example examples headers links parameters security tags".split(
    " ",
  ),
);
/** Steps of a reference that tell nothing about what it leads to. */
const PLAIN_STEPS = new Set(
  "responses requestBody content application/json schema properties allOf anyOf oneOf".split(" "),
);

const path = argv[2];
if (path === undefined) throw new Error("Give the path of DigitalOcean's OpenAPI document.");
const source = JSON.parse(readFileSync(path, "utf8"));

const stepsOf = (reference) =>
  reference
    .slice(2)
    .split("/")
    .map((step) => decodeURIComponent(step).replaceAll("~1", "/").replaceAll("~0", "~"));

/** What is behind a reference, and behind the one that stands there. */
const followed = (node) => {
  if (node?.$ref === undefined) return node;
  return followed(stepsOf(node.$ref).reduce((at, step) => followed(at)?.[step], source));
};

const names = new Map();
const schemas = {};

/** "#/paths/~1v2~1domains/post/requestBody/content/application~1json/schema" → "domains_create". */
const nameOf = (reference) => {
  const [, route, method, ...inner] = stepsOf(reference);
  const { operationId } = source.paths[route][method];
  const telling = inner.filter((step) => !PLAIN_STEPS.has(step));
  const name = [operationId, ...telling].join("_").replaceAll(/\W/g, "_");
  const taken = new Set(names.values());
  let unique = name;
  for (let count = 2; taken.has(unique); count++) unique = `${name}_${count}`;
  return unique;
};

/** The same schema by a name of its own: the generator knows references to components only. */
const named = (reference) => {
  const target = followed({ $ref: reference });
  for (const [known, name] of names) if (followed({ $ref: known }) === target) return name;
  const name = nameOf(reference);
  names.set(reference, name);
  schemas[name] = simplified(target);
  return name;
};

/** Successes, and the one shape of errors. */
const isTold = (status) => status === "default" || status.startsWith("2");

/** Parameters and answers are put in place, schemas get names. */
const simplified = (node, inSchema = true, isMap = false) => {
  if (Array.isArray(node)) return node.map((item) => simplified(item, inSchema));
  if (typeof node !== "object" || node === null) return node;
  if (typeof node.$ref === "string" && !isMap) {
    if (inSchema) return { $ref: `#/components/schemas/${named(node.$ref)}` };
    return simplified(followed(node), false);
  }
  return Object.fromEntries(
    Object.entries(node)
      .filter(([key]) => isMap || !UNUSED_KEYS.has(key))
      .map(([key, item]) => [
        key,
        simplified(item, inSchema || key === "schema", inSchema && key === "properties" && !isMap),
      ]),
  );
};

const operation = ({ responses, ...rest }) => ({
  ...simplified(rest, false),
  responses: Object.fromEntries(
    Object.entries(responses)
      .filter(([status]) => isTold(status))
      .map(([status, response]) => [status, simplified(response, false)]),
  ),
});

const pathItem = (item) =>
  Object.fromEntries(
    Object.entries(item).map(([method, described]) => [
      method,
      described.responses === undefined ? simplified(described, false) : operation(described),
    ]),
  );

const paths = Object.fromEntries(
  Object.entries(source.paths)
    .filter(([route]) => !UNUSED_PATHS.test(route))
    .map(([route, item]) => [route, pathItem(item)]),
);
const document = { openapi: source.openapi, info: source.info, paths, components: { schemas } };
const types = astToString(
  await openapiTS(document, { defaultNonNullable: false, emptyObjectsUnknown: true, silent: true }),
);
/** What says that there is nothing: methods that a path does not have, parameters and headers, which are left out. */
const said = types
  .replaceAll(/^ *\w+\?: never;\n/gm, "")
  .replaceAll(/^ *headers: \{\s*\[name: string\]: unknown;\s*\};\n/gm, "")
  .replaceAll(/^ *parameters: \{\s*\};\n/gm, "");
writeFileSync(join(import.meta.dirname, "schema.d.ts"), `${HEADER}${said}`);

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
    const body = followed(requestBody)?.content?.["application/json"]?.schema;
    const needed = fieldsOf(body)
      .map(([field, schema]) => [field, [...new Set(scopesInWords(schema))]])
      .filter(([, needs]) => needs.length > 0);
    return needed.length > 0 ? [[key, Object.fromEntries(needed)]] : [];
  }),
);
const scopesFile = join(import.meta.dirname, "scopes.ts");
const scopesText = `${SCOPES_HEADER}/** What a token needs for a call: one of the lists, and all of that list. */
export const CALL_SCOPES: Readonly<Record<string, readonly (readonly string[])[]>> = ${JSON.stringify(scopes, null, 2)};

/** What it needs besides where a request has these fields. */
export const FIELD_SCOPES: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = ${JSON.stringify(fieldScopes, null, 2)};
`;
const style = await prettier.resolveConfig(scopesFile);
writeFileSync(scopesFile, await prettier.format(scopesText, { ...style, parser: "typescript" }));
