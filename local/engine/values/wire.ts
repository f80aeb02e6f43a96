import type { JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";

import { readArchive, readAsset } from "./assets";
import {
  ARCHIVE,
  ASSET,
  OUTPUT,
  REFERENCE,
  SECRET,
  SIGNATURE,
  UNKNOWN_TEXT,
  UNKNOWN_TEXTS,
} from "./signatures";
import {
  Archive,
  Asset,
  isList,
  isProps,
  type Props,
  Reference,
  Secret,
  type Source,
  UNKNOWN,
  Unknown,
  type Value,
} from "./value";

type Plain = Readonly<Record<string, unknown>>;
const isPlain = (value: unknown): value is Plain =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const textAt = (value: Plain, key: string): string | undefined => {
  const found = value[key];
  return typeof found === "string" ? found : undefined;
};
const sourceOf = (value: Plain): Source => ({
  path: textAt(value, "path"),
  text: textAt(value, "text"),
  uri: textAt(value, "uri"),
});

/** The members of an archive that the program has put together. */
const membersOf = async (
  members: Plain,
  folder: string,
): Promise<Readonly<Record<string, Asset | Archive>>> =>
  Object.fromEntries(
    Object.entries(await decodeAll(members, folder)).map(([name, member]) => {
      if (member instanceof Asset || member instanceof Archive) return [name, member];
      throw new Error(`the archive's member ${name} is neither asset nor archive`);
    }),
  );

const special = async (value: Plain, folder: string): Promise<Value> => {
  switch (value[SIGNATURE]) {
    case SECRET:
      return new Secret(await decode(value["value"], folder));
    case ASSET:
      return await readAsset(sourceOf(value), folder);
    case ARCHIVE: {
      const members = value["assets"];
      const assets = isPlain(members) ? await membersOf(members, folder) : undefined;
      return await readArchive(sourceOf(value), assets, folder);
    }
    case REFERENCE:
      return new Reference(
        textAt(value, "urn") ?? "",
        value["id"] === undefined ? undefined : await decode(value["id"], folder),
        textAt(value, "packageVersion") ?? "",
      );
    case OUTPUT: {
      const inner = "value" in value ? await decode(value["value"], folder) : UNKNOWN;
      return value["secret"] === true ? new Secret(inner) : inner;
    }
    default:
      throw new Error(
        `the program sent a value with the mark ${String(value[SIGNATURE])}, which this engine does not know`,
      );
  }
};

const decode = async (value: unknown, folder: string): Promise<Value> => {
  if (typeof value === "string") return UNKNOWN_TEXTS.has(value) ? UNKNOWN : value;
  if (Array.isArray(value)) return await Promise.all(value.map((item) => decode(item, folder)));
  if (isPlain(value))
    return SIGNATURE in value ? await special(value, folder) : await decodeAll(value, folder);
  return typeof value === "boolean" || typeof value === "number" ? value : null;
};

const decodeAll = async (value: Plain, folder: string): Promise<Props> =>
  Object.fromEntries(
    await Promise.all(
      Object.entries(value).map(async ([key, item]) => [key, await decode(item, folder)] as const),
    ),
  );

/**
 * What the program sent. Relative paths of assets are relative to `folder`, the program's working
 * directory.
 */
export const fromWire = async (struct: Struct | undefined, folder: string): Promise<Props> =>
  struct === undefined ? {} : await decodeAll(struct.toJavaScript(), folder);

const encode = (value: Value): JavaScriptValue => {
  if (value instanceof Secret) return { [SIGNATURE]: SECRET, value: encode(value.value) };
  if (value instanceof Unknown) return UNKNOWN_TEXT;
  if (value instanceof Asset) return { [SIGNATURE]: ASSET, hash: value.hash, ...value.source };
  if (value instanceof Archive)
    return {
      [SIGNATURE]: ARCHIVE,
      hash: value.hash,
      ...value.source,
      ...(value.assets ? { assets: encode(value.assets) } : {}),
    };
  if (value instanceof Reference)
    return {
      [SIGNATURE]: REFERENCE,
      urn: value.urn,
      packageVersion: value.packageVersion,
      ...(value.id === undefined ? {} : { id: encode(value.id) }),
    };
  if (isList(value)) return value.map(encode);
  return isProps(value) ? encodeAll(value) : value;
};
const encodeAll = (props: Props): { [key: string]: JavaScriptValue } =>
  Object.fromEntries(Object.entries(props).map(([key, item]) => [key, encode(item)]));

export const toWire = (props: Props): Struct => Struct.fromJavaScript(encodeAll(props));
