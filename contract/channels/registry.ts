import type {
  ChannelDefinition,
  ChannelOption,
  ChannelSecret,
  Delivery,
  HttpDispatch,
  SmtpDispatch,
} from "./channel";
import { discord } from "./discord";
import { email } from "./email";
import type { Message } from "./message";
import { ntfy } from "./ntfy";
import { slack } from "./slack";
import { telegram } from "./telegram";
import { webhook } from "./webhook";

/** Every way by which a message leaves, by the name that fleet.yaml has for it. */
const CHANNELS = {
  email,
  slack,
  discord,
  telegram,
  ntfy,
  webhook,
};

type Registry = typeof CHANNELS;
export type ChannelKind = keyof Registry;
type FieldsByKind = {
  [Kind in ChannelKind]: Registry[Kind] extends ChannelDefinition<infer Fields> ? Fields : never;
};
/** A channel as the machines' files have it. */
export type Channel<Kind extends ChannelKind = ChannelKind> = {
  [One in Kind]: { readonly kind: One } & FieldsByKind[One];
}[Kind];

const DEFINITIONS: {
  readonly [Kind in ChannelKind]: ChannelDefinition<FieldsByKind[Kind]>;
} = CHANNELS;

/** What fleet.yaml and the stack have to give a channel, by the fields that the values go to. */
export interface ChannelInputs {
  readonly kind: ChannelKind;
  readonly options: Readonly<Record<string, ChannelOption>>;
  readonly secrets: Readonly<Record<string, ChannelSecret>>;
}
const isKind = (kind: string): kind is ChannelKind => Object.hasOwn(CHANNELS, kind);
const KINDS = Object.keys(CHANNELS).filter(isKind);

/** The channels that an owner chooses in fleet.yaml. */
export const MANIFEST_CHANNELS: readonly ChannelInputs[] = KINDS.filter(
  (kind) => CHANNELS[kind].configuredBy !== "stack",
).map((kind) => ({ kind, options: CHANNELS[kind].options, secrets: CHANNELS[kind].secrets }));

/** Secrets of the stack that channels use. */
export const CHANNEL_SECRETS: readonly string[] = KINDS.flatMap((kind) =>
  Object.values<ChannelSecret>(CHANNELS[kind].secrets).map(({ name }) => name),
);

type Fields = Readonly<Record<string, string>>;
const isChannel = (value: Fields & { readonly kind: ChannelKind }): value is Channel & Fields => {
  const { options, secrets } = DEFINITIONS[value.kind];
  const needed = Object.entries<ChannelOption | ChannelSecret>({ ...options, ...secrets });
  return needed.every(([field, input]) => "isOptional" in input || value[field] !== undefined);
};

/** @throws when a field is missing that the channel can't do without. */
export const channelOf = (kind: ChannelKind, fields: Fields): Channel => {
  const value = { kind, ...fields };
  if (isChannel(value)) return value;
  throw new Error(`channel ${kind}: ${JSON.stringify(fields)} is not all that it needs`);
};

export const channelLabel = <Kind extends ChannelKind>(channel: Channel<Kind>): string =>
  DEFINITIONS[channel.kind].label(channel);

export const dispatchOf = <Kind extends ChannelKind>(
  channel: Channel<Kind>,
  message: Message,
  delivery: Delivery,
): HttpDispatch | SmtpDispatch => DEFINITIONS[channel.kind].dispatch(channel, message, delivery);
