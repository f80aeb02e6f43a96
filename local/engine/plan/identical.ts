import { storeResource, type Resource } from "../state/resource";
import { revealing } from "../values/stored";

/** Everything equal, secrecy included: then there is nothing to write. */
export const identical = (a: Resource, b: Resource): boolean => canonical(a) === canonical(b);

const canonical = (resource: Resource): string =>
  JSON.stringify(sorted(storeResource(resource, revealing)));

const sorted = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, item]) => [key, sorted(item)]),
  );
};
