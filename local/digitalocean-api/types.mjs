import openapiTS from "openapi-typescript";
import ts from "typescript";

import { followed, header, schemaOf, source } from "./document.mjs";
import { WANTED } from "./wanted.mjs";

const HEADER = header("turned into\n// TypeScript's types, of what the code names (wanted.mjs).");

/** What no type says; a discriminator's mapping names files of a repository that is not here. */
const UNUSED_KEYS = new Set(["description", "discriminator", "example", "examples", "summary"]);

/** What is below a key of an object, whatever its schema is put together of. */
const below = (schema, key) => {
  const { properties = {}, allOf = [] } = followed(schema) ?? {};
  return followed(properties[key]) ?? allOf.map((part) => below(part, key)).find(Boolean);
};

const thing = (route, key) => {
  const found = below(schemaOf(source.paths[`/v2${route}`].get.responses["200"]), key);
  if (found === undefined) throw new Error(`GET ${route} answers no "${key}".`);
  return found.type === "array" ? followed(found.items) : found;
};

const body = (request) => {
  const [method, route] = request.split(" ");
  return schemaOf(source.paths[`/v2${route}`][method].requestBody);
};

const files = Object.entries(WANTED).map(([file, { things, bodies }]) => ({
  file,
  things: new Map(Object.entries(things).map(([name, where]) => [name, thing(...where)])),
  bodies: new Map(bodies.map((request) => [request, body(request)])),
}));

/** The file of each thing. */
const homes = new Map(
  files.flatMap(({ file, things }) => [...things.keys()].map((name) => [name, file])),
);
/** The name of each thing's schema, so that it is meant wherever it stands. */
const names = new Map(
  files.flatMap(({ things }) => [...things].map(([name, schema]) => [schema, name])),
);

/** A schema as it stands, but for things: they get their names. */
const put = (node, isMap = false) => {
  if (Array.isArray(node)) return node.map((item) => put(item));
  if (typeof node !== "object" || node === null) return node;
  const target = isMap ? node : followed(node);
  const name = names.get(target);
  return name === undefined ? inPlace(target, isMap) : { $ref: `#/components/schemas/${name}` };
};

/** Of alternatives or parts, each once, and none that only says which keys are required. */
const distinct = (parts) => [
  ...new Map(
    parts
      .filter((part) => Object.keys(part).some((key) => key !== "required"))
      .map((part) => [JSON.stringify(part), part]),
  ).values(),
];
const COMPOSED = ["allOf", "anyOf", "oneOf"];

/** What is put together of one part is that part. */
const simplified = (schema) => {
  const [key, ...others] = Object.keys(schema);
  return others.length === 0 && COMPOSED.includes(key) && schema[key].length === 1
    ? schema[key][0]
    : schema;
};

/** `isMap`: its keys are the names of properties. */
const inPlace = (schema, isMap = false) =>
  simplified(
    Object.fromEntries(
      Object.entries(schema)
        .filter(([key]) => isMap || !UNUSED_KEYS.has(key))
        .map(([key, item]) => [key, put(item, !isMap && key === "properties")])
        .map(([key, item]) => [key, !isMap && COMPOSED.includes(key) ? distinct(item) : item]),
    ),
  );

const schemas = Object.fromEntries(
  files.flatMap(({ things, bodies }) => [
    ...[...things].map(([name, schema]) => [name, inPlace(schema)]),
    ...[...bodies].map(([request, schema]) => [request, put(schema)]),
  ]),
);

const nodes = await openapiTS(
  {
    openapi: source.openapi,
    info: source.info,
    paths: {},
    components: { schemas },
  },
  { defaultNonNullable: false, emptyObjectsUnknown: true, silent: true },
);
const printer = ts.createPrinter({ removeComments: true });
const blank = ts.createSourceFile("types.ts", "", ts.ScriptTarget.ESNext);
const members = nodes.find((node) => node.name?.text === "components").members;
const { members: typed } = members.find(({ name }) => name.text === "schemas").type;
/** Each schema's type as text, by the schema's name. */
const types = new Map(
  typed.map(({ name, type }) => [
    name.text,
    printer
      .printNode(ts.EmitHint.Unspecified, type, blank)
      .replaceAll(/components\["schemas"\]\["(\w+)"\]/g, "$1"),
  ]),
);

const importsOf = (file, text) => {
  const used = new Map();
  for (const [name, home] of homes)
    if (home !== file && new RegExp(`(?<!["\\w])${name}(?![\\w"?:])`).test(text))
      used.set(home, [...(used.get(home) ?? []), name]);
  return [...used].map(([home, all]) => `import type { ${all.join(", ")} } from "./${home}";`);
};

const textOf = ({ file, things, bodies }) => {
  const said = [...things.keys()].map((name) => `export type ${name} = ${types.get(name)};`);
  const requests = [...bodies.keys()].map(
    (request) => `${JSON.stringify(request)}: ${types.get(request)};`,
  );
  const all =
    requests.length > 0 ? [...said, `export interface Bodies {\n${requests.join("\n")}\n}`] : said;
  const text = all.join("\n\n");
  return `${[HEADER, ...importsOf(file, text), "", text].join("\n")}\n`;
};

/** The text of each file of types, by its name. */
export const typeFiles = new Map(files.map((one) => [`${one.file}.ts`, textOf(one)]));
