import { isList, type Props } from "../../values/value";
import type { Client, Json } from "./client";
import type { Spec } from "./resource";

export interface Listing {
  readonly client: Client;
  readonly path: (inputs: Props) => string;
  readonly key: string;
  readonly id: (item: Json) => string;
  /** Whether a creation with these inputs may have made it. */
  readonly fits: (item: Json, inputs: Props) => boolean;
}

/** What has no name of its own, or none that is only its own: an interrupted creation's is the one that was not there before and that fits. */
export const newcomer = ({
  client,
  path,
  key,
  id,
  fits,
}: Listing): Required<Pick<Spec, "before" | "find">> => ({
  before: async (inputs, work) => ({ known: (await client.list(path(inputs), key, work)).map(id) }),
  find: async (inputs, _since, work, { known }) => {
    if (!isList(known)) return undefined;
    const found = (await client.list(path(inputs), key, work)).filter(
      (item) => !known.includes(id(item)) && fits(item, inputs),
    );
    return found.length === 1 ? id(found[0]!) : undefined;
  },
});
