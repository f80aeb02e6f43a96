import type { ChannelOption } from "@second-server/contract/channels/channel";
import {
  type ChannelInputs,
  type ChannelKind,
  MANIFEST_CHANNELS,
} from "@second-server/contract/channels/registry";
import { z } from "zod";

import { oneOrMore, url } from "./values";

/** Where an alert goes when the mail can't leave. */
export interface ChannelFacts {
  readonly kind: ChannelKind;
  /** Its fields that fleet.yaml gives. */
  readonly options: Readonly<Record<string, string>>;
  /** Its fields that name a secret's file, each with the name of the stack's secret. */
  readonly secrets: Readonly<Record<string, string>>;
}

/** An item of fleet.yaml, and the names of the secrets that are set. */
type Resolve = (secretsSet: readonly string[]) => ChannelFacts;

const option = ({ is }: ChannelOption): z.ZodType<string, string> =>
  is === "url" ? url : z.string().regex(is);

/**
 * A channel that needs nothing from fleet.yaml stands there as its name alone ("slack"); others as
 * { NAME: VALUE }.
 */
const channelSchema = ({ kind, options, secrets }: ChannelInputs) => {
  const given = Object.entries(options);
  const facts =
    (values: Readonly<Record<string, string>>): Resolve =>
    (secretsSet) => ({
      kind,
      options: values,
      // One that it can do without and that is not set is not named: nothing would be in its file.
      secrets: Object.fromEntries(
        Object.entries(secrets)
          .filter(([, { name, isOptional }]) => !isOptional || secretsSet.includes(name))
          .map(([field, { name }]) => [field, name]),
      ),
    });
  if (given.length === 0) return z.literal(kind).transform(() => facts({}));
  const shape = Object.fromEntries(given.map(([, one]) => [one.key, option(one)]));
  return z
    .strictObject(shape)
    .transform((item) =>
      facts(Object.fromEntries(given.map(([field, { key }]) => [field, item[key] ?? ""]))),
    );
};

const example = ({ kind, options }: ChannelInputs): string => {
  const keys = Object.values(options).map(({ key, shownAs }) => `${key}: ${shownAs}`);
  return keys.length === 0 ? kind : `{ ${keys.join(", ")} }`;
};
const examples = MANIFEST_CHANNELS.map(example);

/** An item of `alerts.channels`. */
export const channel = z.union(oneOrMore(MANIFEST_CHANNELS.map(channelSchema)), {
  error: () => `has to be ${examples.slice(0, -1).join(", ")} or ${examples.at(-1)}.`,
});
