import type { Crypter } from "../state/secrets";
import { ARCHIVE, ASSET, REFERENCE, SECRET, SIGNATURE, UNKNOWN_TEXT } from "./signatures";
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

export type Json =
  null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };

const parseJson = (text: string): Json => JSON.parse(text) as Json;
const isJsonList = (json: Json): json is readonly Json[] => Array.isArray(json);
const textAt = (object: JsonObject, key: string): string | undefined => {
  const found = object[key];
  return typeof found === "string" ? found : undefined;
};
/** The members of an archive that a program has put together. */
const membersOf = (value: Value): Readonly<Record<string, Asset | Archive>> =>
  Object.fromEntries(
    Object.entries(isProps(value) ? value : {}).map(([name, member]) => {
      if (member instanceof Asset || member instanceof Archive) return [name, member];
      throw new Error(`the state has an archive whose member ${name} is neither asset nor archive`);
    }),
  );

/**
 * How a secret is written: encrypted for the state, bare for `--show-secrets`, masked for
 * everything shown.
 */
export type SecretStyle = (secret: Secret) => Json;

export const store = (value: Value, style: SecretStyle): Json => {
  if (value instanceof Secret) return style(value);
  if (value instanceof Unknown) return UNKNOWN_TEXT;
  if (value instanceof Asset) return { [SIGNATURE]: ASSET, hash: value.hash, ...value.source };
  if (value instanceof Archive)
    return {
      [SIGNATURE]: ARCHIVE,
      ...(value.assets ? { assets: store(value.assets, style) } : {}),
      hash: value.hash,
      ...value.source,
    };
  if (value instanceof Reference)
    return {
      [SIGNATURE]: REFERENCE,
      ...(value.id === undefined ? {} : { id: store(value.id, style) }),
      packageVersion: value.packageVersion,
      urn: value.urn,
    };
  if (isList(value)) return value.map((item) => store(item, style));
  return isProps(value) ? storeProps(value, style) : value;
};

/** By name, as the CLI has them: then the same properties are the same text. */
export const storeProps = (props: Props, style: SecretStyle): JsonObject =>
  Object.fromEntries(
    Object.keys(props)
      .sort()
      .map((key) => [key, store(props[key] ?? null, style)]),
  );

export const masked: SecretStyle = () => "[secret]";
export const bare: SecretStyle = (secret) => store(secret.value, bare);

/** For `stack export --show-secrets`: marked, so that it can be imported again. */
export const plaintext: SecretStyle = (secret) => ({
  [SIGNATURE]: SECRET,
  plaintext: JSON.stringify(store(secret.value, plaintext)),
});

/** For comparing: bare, but marked. */
export const revealing: SecretStyle = (secret) => ({
  [SIGNATURE]: SECRET,
  value: store(secret.value, revealing),
});

/**
 * Inside a secret: marked, but not encrypted once more. The CLI's way, and it compares the marks
 * too.
 */
const inside: SecretStyle = (secret) => ({
  [SIGNATURE]: SECRET,
  ciphertext: JSON.stringify(store(secret.value, inside)),
});
const NO_CRYPTER: Pick<Crypter, "decrypt"> = { decrypt: (text) => text };

/**
 * The ciphertext of a secret that has not changed is kept, so that a state without changes stays
 * byte-identical.
 */
export const encrypted =
  (crypter: Crypter, known: WeakMap<Secret, string>): SecretStyle =>
  (secret) => {
    let ciphertext = known.get(secret);
    if (ciphertext === undefined) {
      ciphertext = crypter.encrypt(JSON.stringify(store(secret.value, inside)));
      known.set(secret, ciphertext);
    }
    return { [SIGNATURE]: SECRET, ciphertext };
  };

/** The reverse of `store` with `encrypted`. */
export const loader = (crypter: Pick<Crypter, "decrypt">, known: WeakMap<Secret, string>) => {
  const load = (json: Json): Value => {
    if (json === UNKNOWN_TEXT) return UNKNOWN;
    if (isJsonList(json)) return json.map(load);
    return typeof json === "object" && json !== null ? loadObject(json) : json;
  };
  const loadObject = (object: JsonObject): Value => {
    switch (object[SIGNATURE]) {
      case undefined:
        return loadProps(object);
      case SECRET:
        return loadSecret(object);
      case ASSET:
        return new Asset(textAt(object, "hash") ?? "", sourceOf(object));
      case ARCHIVE:
        return new Archive(
          textAt(object, "hash") ?? "",
          sourceOf(object),
          object["assets"] === undefined ? undefined : membersOf(load(object["assets"])),
        );
      case REFERENCE:
        return new Reference(
          textAt(object, "urn") ?? "",
          object["id"] === undefined ? undefined : load(object["id"]),
          textAt(object, "packageVersion") ?? "",
        );
      default:
        throw new Error(
          `the state has a value with the unknown mark ${JSON.stringify(object[SIGNATURE])}`,
        );
    }
  };
  const loadSecret = (object: JsonObject): Secret => {
    const ciphertext = textAt(object, "ciphertext");
    if (ciphertext === undefined)
      return new Secret(load(parseJson(textAt(object, "plaintext") ?? "null")));
    const secret = new Secret(loadInside(parseJson(crypter.decrypt(ciphertext))));
    known.set(secret, ciphertext);
    return secret;
  };
  const loadProps = (object: JsonObject): Props =>
    Object.fromEntries(Object.entries(object).map(([key, item]) => [key, load(item)]));
  const loadInside = (json: Json): Value =>
    crypter === NO_CRYPTER
      ? load(json)
      : (loader(NO_CRYPTER, new WeakMap())({ it: json })["it"] ?? null);
  return loadProps;
};

const sourceOf = (object: JsonObject): Source => {
  const [path, text, uri] = [textAt(object, "path"), textAt(object, "text"), textAt(object, "uri")];
  return {
    ...(path === undefined ? {} : { path }),
    ...(text === undefined ? {} : { text }),
    ...(uri === undefined ? {} : { uri }),
  };
};
