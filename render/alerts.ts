import { type Channel, channelOf } from "@second-server/contract/channels/registry";
import { SECRETS } from "@second-server/contract/names";
import type { AlertConfig } from "@second-server/contract/observatory";

import type { ChannelFacts } from "../config/channels";
import type { FleetFacts } from "../config/fleet";

/** The secrets that the Observatory is handed. */
export const observatorySecrets = ({ alerts, status }: FleetFacts): readonly string[] => [
  ...new Set([
    SECRETS.signingKey,
    ...(alerts.relay.user ? [SECRETS.relayPassword] : []),
    ...(status.operator ? [SECRETS.operatorPassword] : []),
    ...alerts.channels.flatMap((channel) => Object.values(channel.secrets)),
  ]),
];

const channelConfig = ({ kind, options, secrets }: ChannelFacts, folder: string): Channel =>
  channelOf(kind, {
    ...options,
    ...Object.fromEntries(
      Object.entries(secrets).map(([field, name]) => [field, `${folder}/${name}`]),
    ),
  });

/** How alerts leave a machine whose secrets lie in that folder. */
export const alertConfig = ({ alerts }: FleetFacts, secrets: string): AlertConfig => {
  const { relay, channels, deadMan } = alerts;
  return {
    to: alerts.to,
    from: alerts.from,
    relay: {
      ...relay,
      ...(relay.user ? { passwordFile: `${secrets}/${SECRETS.relayPassword}` } : {}),
    },
    fallback: channels.map((channel) => channelConfig(channel, secrets)),
    remindMinutes: alerts.remindMinutes,
    flapsPerHour: alerts.flapsPerHour,
    maintenance: alerts.maintenance,
    ...(deadMan ? { deadMan: { url: deadMan } } : {}),
  };
};
