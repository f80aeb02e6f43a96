import type { Resource } from "../state/resource";
import { store, type Json, type SecretStyle } from "../values/stored";
import type { Props, Secret } from "../values/value";

/** Everything equal, secrecy included: then there is nothing to write. */
export const identical = (a: Resource, b: Resource): boolean => canonical(a) === canonical(b);

const canonical = ({ inputs, outputs, ...others }: Resource): string =>
  JSON.stringify(sorted({ ...others, inputs: storeAll(inputs), outputs: storeAll(outputs) } as unknown as Json));

const revealing: SecretStyle = (secret: Secret) => ({ secret: store(secret.value, revealing) });
const storeAll = (props: Props): Json => store(props, revealing);

const isEmpty = (value: Json): boolean => value === undefined || value === false || (typeof value === "object" && value !== null && Object.keys(value).length === 0);

const sorted = (json: Json, top = true): Json => {
  if (Array.isArray(json)) return json.map((item) => sorted(item as Json, false));
  if (typeof json !== "object" || json === null) return json;
  return Object.fromEntries(Object.entries(json as Record<string, Json>).filter(([, value]) => value !== undefined && !(top && isEmpty(value))).sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, value]) => [key, sorted(value, false)]));
};
