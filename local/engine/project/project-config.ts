import { z } from "zod";

import { EngineError } from "../errors";

/** A value as YAML has it. */
export type Tree =
  null | boolean | number | string | readonly Tree[] | { readonly [key: string]: Tree };
/** Whatever the YAML parser makes is a Tree: nothing is left to check. */
export const tree = z.custom<Tree>();

interface Items {
  readonly type: string;
  readonly items?: Items;
}
const items: z.ZodType<Items> = z.lazy(() =>
  z.strictObject({ type: z.string(), items: items.optional() }),
);
const declaration = z.strictObject({
  type: z.enum(["string", "integer", "boolean", "array", "object"]).optional(),
  description: z.string().optional(),
  items: items.optional(),
  default: tree.optional(),
  value: tree.optional(),
  secret: z.boolean().optional(),
});

/** What Pulumi.yaml says of one configuration key. */
export interface Declaration {
  /** With its namespace: "project:key". */
  readonly key: string;
  /** As it is written there. */
  readonly name: string;
  readonly type?: string;
  readonly items?: Items;
  readonly secret: boolean;
  /** What stacks have that do not say otherwise; undefined: each has to. */
  readonly value?: Tree;
  readonly own: boolean;
}

const isShorthand = (given: Tree): boolean =>
  Array.isArray(given) || typeof given !== "object" || given === null;

const typeText = (type: string, of: Items | undefined): string =>
  of ? `array<${typeText(of.type, of.items)}>` : type;

/** A stack's plain values are texts: what reads as a number or a boolean is one. */
const isOfType = (value: unknown, type: string, of: Items | undefined): boolean => {
  switch (type) {
    case "string":
      return typeof value === "string";
    case "integer":
      return Number.isInteger(value) || (typeof value === "string" && /^[+-]?\d+$/.test(value));
    case "boolean":
      return typeof value === "boolean" || value === "true" || value === "false";
    case "object":
      return typeof value === "object" && value !== null && !Array.isArray(value);
    default:
      return (
        Array.isArray(value) &&
        of !== undefined &&
        value.every((item) => isOfType(item, of.type, of.items))
      );
  }
};

type Parsed = z.infer<typeof declaration>;

/**
 * What may be said of a key of the project's own, and what of another's; undefined where all is
 * well.
 */
const complaintOf = (name: string, own: boolean, parsed: Parsed): string | undefined => {
  const { type, items: of, value, default: preset } = parsed;
  if (value !== undefined && preset !== undefined)
    return `project config '${name}' cannot have both a 'default' and 'value' attribute`;
  if (type === "array" && !of)
    return `The configuration key '${name}' declares an array but does not specify the underlying type via the 'items' attribute`;
  if (!own && type !== undefined)
    return `Configuration key '${name}' is not namespaced by the project and should not define a type`;
  if (!own && preset !== undefined)
    return (
      `Configuration key '${name}' is not namespaced by the project and should not ` +
      "define a default value. Did you mean to use the 'value' attribute instead of 'default'?"
    );
  if (!own && value === undefined)
    return `Configuration key '${name}' is namespaced and must provide an attribute 'value'`;
  if (type !== undefined && preset !== undefined && !isOfType(preset, type, of))
    return `The default value specified for configuration key '${name}' is not of the expected type '${typeText(type, of)}'`;
  return undefined;
};

const readDeclaration = (name: string, entry: Tree, project: string, file: string): Declaration => {
  const own = !name.includes(":") || name.startsWith(`${project}:`);
  const key = name.includes(":") ? name : `${project}:${name}`;
  if (isShorthand(entry))
    return {
      key,
      name,
      own,
      secret: false,
      value: entry,
    };
  const parsed = declaration.safeParse(entry);
  if (!parsed.success)
    throw new EngineError(
      parsed.error.issues
        .map(({ path, message }) => `${file}: config.${[name, ...path].join(".")}: ${message}`)
        .join("\n"),
    );
  const complaint = complaintOf(name, own, parsed.data);
  if (complaint !== undefined) throw new EngineError(`${file}: ${complaint}`);
  const { type, items: of, secret = false, value, default: preset } = parsed.data;
  return {
    key,
    name,
    own,
    secret,
    value: value ?? preset,
    ...(type === undefined ? {} : { type }),
    ...(of === undefined ? {} : { items: of }),
  };
};

/** `config:` of Pulumi.yaml: values, or declarations of type and default. */
export const readDeclarations = (
  given: Readonly<Record<string, Tree>>,
  project: string,
  file: string,
): readonly Declaration[] =>
  Object.entries(given).map(([name, entry]) => readDeclaration(name, entry, project, file));

const listed = (names: readonly string[]): string => {
  const quoted = [...names].sort().map((name) => `'${name}'`);
  return quoted.length === 1
    ? quoted.join("")
    : `${quoted.slice(0, -1).join(", ")} and ${quoted.at(-1)}`;
};

/** What the stack has, as the program will see it; `content`: a list or object as such. */
export interface Given {
  readonly content: unknown;
  readonly secret: boolean;
}

/** Throws where a stack lacks what the project asks for, or has it of another type. */
export const validateStack = (
  stack: string,
  declarations: readonly Declaration[],
  given: (key: string) => Given | undefined,
): void => {
  const missing = declarations.filter(
    ({ key, own, value }) => own && value === undefined && given(key) === undefined,
  );
  const problem = (text: string): EngineError =>
    new EngineError(`validating stack config: Stack '${stack}' ${text}`);
  if (missing.length > 0)
    throw problem(
      `is missing configuration value${missing.length > 1 ? "s" : ""} ${listed(missing.map(({ name }) => name))}`,
    );
  for (const { key, name, type, items: of, secret } of declarations) {
    const found = given(key);
    if (type === undefined || found === undefined) continue;
    if (secret && !found.secret)
      throw problem(`with configuration key '${name}' must be encrypted as it's secret`);
    if (!isOfType(found.content, type, of))
      throw problem(`with configuration key '${name}' must be of type '${typeText(type, of)}'`);
  }
};
