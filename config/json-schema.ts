import { z } from "zod";

import { manifestSchema } from "./schema";

type Node = {
  properties?: Record<string, Node>;
  additionalProperties?: Node | boolean;
  oneOf?: Node[];
  anyOf?: Node[];
  items?: Node;
  const?: unknown;
};

/**
 * The manifest's JSON Schema (draft 2020-12), for editors: config/fleet.schema.json holds exactly
 * this.
 */
export const manifestJsonSchema = (): object => ({
  title: "second-server: fleet.yaml",
  ...z.toJSONSchema(manifestSchema, { io: "input" }),
});

const step = (node: Node, key: PropertyKey): Node[] => {
  const own =
    typeof key === "number"
      ? node.items
      : (node.properties?.[String(key)] ??
        (typeof node.additionalProperties === "object" ? node.additionalProperties : undefined));
  return [
    ...(own ? [own] : []),
    ...[...(node.oneOf ?? []), ...(node.anyOf ?? [])].flatMap((branch) => step(branch, key)),
  ];
};
const keysOf = (node: Node): string[] => [
  ...Object.keys(node.properties ?? {}),
  ...[...(node.oneOf ?? []), ...(node.anyOf ?? [])].flatMap(keysOf),
];

/** The keys that the schema knows below a path of the manifest. */
export const knownKeys = (path: readonly PropertyKey[]): readonly string[] => {
  let nodes: Node[] = [manifestJsonSchema()];
  for (const key of path) nodes = nodes.flatMap((node) => step(node, key));
  return [...new Set(nodes.flatMap(keysOf))];
};
