import { readFileSync } from "node:fs";
import { argv } from "node:process";

const path = argv[2];
if (path === undefined) throw new Error("Give the path of DigitalOcean's OpenAPI document.");
/** The document as it stands: one file, whose references lead into itself. */
export const source = JSON.parse(readFileSync(path, "utf8"));

const stepsOf = (reference) =>
  reference
    .slice(2)
    .split("/")
    .map((step) => decodeURIComponent(step).replaceAll("~1", "/").replaceAll("~0", "~"));

/** What is behind a reference, and behind the one that stands there. */
export const followed = (node) => {
  if (node?.$ref === undefined) return node;
  return followed(stepsOf(node.$ref).reduce((at, step) => followed(at)?.[step], source));
};

/** The schema of a request's body, or of an answer when all is well. */
export const schemaOf = (described) => followed(described)?.content?.["application/json"]?.schema;

/** What files that are made from the document begin with. */
export const header = (
  changed,
) => `// Made by \`npm run types:api -- PATH\` from DigitalOcean's OpenAPI document; not written by hand.
// The document: https://github.com/digitalocean/openapi, Copyright DigitalOcean, LLC, under the
// Apache License 2.0 (local/digitalocean-api/LICENSE). Changed: ${changed}
`;
