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
  mapProps,
  type Props,
  Reference,
  Secret,
  UNKNOWN,
  Unknown,
  type Value,
} from "./value";

type Plain = Record<string, unknown>;

const special = async (value: Plain, folder: string): Promise<Value> => {
  switch (value[SIGNATURE]) {
    case SECRET:
      return new Secret(await decode(value["value"], folder));
    case ASSET:
      return await readAsset(value, folder);
    case ARCHIVE: {
      const members = value["assets"] as Plain | undefined;
      const assets =
        members &&
        ((await decodeAll(members, folder)) as unknown as Readonly<
          Record<string, Asset | Archive>
        >);
      return await readArchive(value, assets, folder);
    }
    case REFERENCE:
      return new Reference(
        value["urn"] as string,
        value["id"] === undefined ? undefined : await decode(value["id"], folder),
        (value["packageVersion"] as string | undefined) ?? "",
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
  if (typeof value !== "object" || value === null) return value as null | boolean | number;
  return SIGNATURE in value
    ? await special(value, folder)
    : await decodeAll(value as Plain, folder);
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
  if (isProps(value)) return mapProps(value, (item) => encode(item) as Value) as JavaScriptValue;
  return value;
};

export const toWire = (props: Props): Struct =>
  Struct.fromJavaScript(encode(props) as { [key: string]: JavaScriptValue });
