import { isList, type Props } from "../../values/value";
import type { Entity } from "./answers";
import type { Client } from "./client";
import type { Operations } from "./kind";

export interface Listing<T> {
  readonly client: Client;
  readonly path: (inputs: Props) => string;
  readonly entity: Entity<T>;
  readonly id: (item: T) => string;
  /** Whether a creation with these inputs may have made it. */
  readonly fits: (item: T, inputs: Props) => boolean;
}

/**
 * What has no name of its own, or none that is only its own: an interrupted creation's is the one
 * that was not there before and that fits.
 */
export const createdSince = <T>({
  client,
  path,
  entity,
  id,
  fits,
}: Listing<T>): Required<Pick<Operations, "before" | "find">> => ({
  before: async (inputs, work) => ({
    known: (await client.list(path(inputs), entity, work)).map(id),
  }),
  find: async (inputs, work, { known }) => {
    if (!isList(known)) return undefined;
    const all = await client.list(path(inputs), entity, work);
    const [found, ...others] = all.filter(
      (item) => !known.includes(id(item)) && fits(item, inputs),
    );
    return found === undefined || others.length > 0 ? undefined : id(found);
  },
});
