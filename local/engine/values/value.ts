/** A property value as the engine holds it: JSON, plus what Pulumi adds to it. */
export type Value =
  | null
  | boolean
  | number
  | string
  | Secret
  | Unknown
  | Asset
  | Archive
  | Reference
  | readonly Value[]
  | Props;
export interface Props {
  readonly [key: string]: Value;
}

/** Encrypted wherever it is stored, masked wherever it is shown. */
// eslint-disable-next-line no-restricted-syntax -- a value type, told from plain objects by instanceof
export class Secret {
  constructor(readonly value: Value) {}
}

/** Known only once something has been made; occurs in previews alone. */
// eslint-disable-next-line no-restricted-syntax -- a value type, told from plain objects by instanceof
export class Unknown {
  readonly unknown = true;
}
export const UNKNOWN = new Unknown();

export interface Source {
  readonly path?: string;
  readonly text?: string;
  readonly uri?: string;
}

/** A file's content; equal when the hash is. */
// eslint-disable-next-line no-restricted-syntax -- a value type, told from plain objects by instanceof
export class Asset {
  /** `hash`: SHA-256 of the content in hex. */
  constructor(
    readonly hash: string,
    readonly source: Source,
  ) {}
}

/** A folder or an archive file; equal when the hash is. */
// eslint-disable-next-line no-restricted-syntax -- a value type, told from plain objects by instanceof
export class Archive {
  constructor(
    readonly hash: string,
    readonly source: Source,
    readonly assets?: Readonly<Record<string, Asset | Archive>>,
  ) {}
}

/** Another resource passed as a value. */
// eslint-disable-next-line no-restricted-syntax -- a value type, told from plain objects by instanceof
export class Reference {
  constructor(
    readonly urn: string,
    readonly id: Value | undefined,
    readonly packageVersion: string,
  ) {}
}

export const isProps = (value: Value | undefined): value is Props =>
  typeof value === "object" &&
  value !== null &&
  !Array.isArray(value) &&
  !(
    value instanceof Secret ||
    value instanceof Unknown ||
    value instanceof Asset ||
    value instanceof Archive ||
    value instanceof Reference
  );

export const isList = (value: Value | undefined): value is readonly Value[] => Array.isArray(value);

export const mapProps = (props: Props, change: (value: Value, key: string) => Value): Props =>
  Object.fromEntries(Object.entries(props).map(([key, value]) => [key, change(value, key)]));

/** The same value with every secret bare. */
export const reveal = (value: Value): Value => {
  if (value instanceof Secret) return reveal(value.value);
  if (isList(value)) return value.map(reveal);
  return isProps(value) ? mapProps(value, reveal) : value;
};

/** The same for a resource's properties. */
export const revealProps = (props: Props): Props => mapProps(props, reveal);

const some = (value: Value, test: (value: Value) => boolean): boolean => {
  if (test(value)) return true;
  if (value instanceof Secret) return some(value.value, test);
  if (value instanceof Reference) return value.id !== undefined && some(value.id, test);
  if (isList(value)) return value.some((item) => some(item, test));
  return isProps(value) && Object.values(value).some((item) => some(item, test));
};

export const hasSecret = (value: Value): boolean => some(value, (each) => each instanceof Secret);
export const hasUnknown = (value: Value): boolean => some(value, (each) => each instanceof Unknown);

/** Equal in content: secrecy does not count, and nothing equals an unknown. */
export const same = (a: Value | undefined, b: Value | undefined): boolean => {
  if (a instanceof Secret) return same(a.value, b);
  if (b instanceof Secret) return same(a, b.value);
  if (a instanceof Unknown || b instanceof Unknown) return false;
  if (a instanceof Asset || a instanceof Archive)
    return (
      (b instanceof Asset || b instanceof Archive) &&
      a.constructor === b.constructor &&
      a.hash === b.hash
    );
  if (a instanceof Reference) return b instanceof Reference && a.urn === b.urn;
  if (isList(a))
    return isList(b) && a.length === b.length && a.every((item, index) => same(item, b[index]));
  if (isProps(a)) {
    if (!isProps(b)) return false;
    const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
    return [...keys].every((key) => same(a[key], b[key]));
  }
  return a === b;
};
