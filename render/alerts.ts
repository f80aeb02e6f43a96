import { SECRETS } from "@second-server/contract/names";
import type { AlertConfig, Channel } from "@second-server/contract/observatory";

import type { ChannelFacts, FleetFacts } from "../config/fleet";

/** The secrets that the Observatory is handed. */
export const observatorySecrets = ({ alerts, status }: FleetFacts): readonly string[] => [
  ...new Set([
    SECRETS.signingKey,
    ...(alerts.relay.user ? [SECRETS.relayPassword] : []),
    ...(status.operator ? [SECRETS.operatorPassword] : []),
    ...alerts.channels.flatMap((channel) =>
      "secret" in channel && channel.secret ? [channel.secret] : [],
    ),
  ]),
];
/** How alerts leave a machine whose secrets lie in that folder. */
export const alertConfig = ({ alerts }: FleetFacts, secrets: string): AlertConfig => {
  const { relay, channels, deadMan } = alerts;
  const channelOf = (channel: ChannelFacts): Channel => {
    switch (channel.kind) {
      case "slack":
      case "discord":
        return { kind: channel.kind, urlFile: `${secrets}/${channel.secret}` };
      case "telegram":
        return { kind: "telegram", chat: channel.chat, tokenFile: `${secrets}/${channel.secret}` };
      case "ntfy":
        return {
          kind: "ntfy",
          url: channel.url,
          ...(channel.secret ? { tokenFile: `${secrets}/${channel.secret}` } : {}),
        };
      default:
        return channel;
    }
  };
  return {
    to: alerts.to,
    from: alerts.from,
    relay: {
      ...relay,
      ...(relay.user ? { passwordFile: `${secrets}/${SECRETS.relayPassword}` } : {}),
    },
    fallback: channels.map(channelOf),
    remindMinutes: alerts.remindMinutes,
    flapsPerHour: alerts.flapsPerHour,
    maintenance: alerts.maintenance,
    ...(deadMan ? { deadMan: { url: deadMan } } : {}),
  };
};
