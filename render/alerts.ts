import { type Channel, channelOf } from "@second-server/contract/channels/registry";
import { SECRETS } from "@second-server/contract/names";
import type { AlertConfig } from "@second-server/contract/observatory";
import type { Role } from "@second-server/contract/roles";

import type { ChannelFacts } from "../config/channels";
import type { FleetFacts } from "../config/fleet";

/**
 * The secrets that the primary is given: its own key, and the relay's password, by which it says
 * that the watcher is gone.
 */
const primarySecrets = ({ alerts }: FleetFacts): readonly string[] => [
  SECRETS.primaryKey,
  ...(alerts.relay.user ? [SECRETS.relayPassword] : []),
];

/** The secrets that the Observatory is handed. */
export const observatorySecrets = ({ alerts, status }: FleetFacts): readonly string[] => [
  ...new Set([
    SECRETS.ownerKey,
    SECRETS.primaryKey,
    ...(alerts.relay.user ? [SECRETS.relayPassword] : []),
    ...(status.operator ? [SECRETS.operatorPassword] : []),
    ...alerts.channels.flatMap((channel) => Object.values(channel.secrets)),
  ]),
];

/** What a machine gets of the stack's secrets: those that it uses. */
export const secretsOf = (fleet: FleetFacts, role: Role): readonly string[] =>
  role === "primary"
    ? primarySecrets(fleet)
    : [
        ...observatorySecrets(fleet),
        SECRETS.repositoryPassword,
        ...(fleet.offsite === undefined ? [] : [SECRETS.offsite]),
        ...(fleet.failover === undefined ? [] : [SECRETS.failoverToken]),
      ];

const channelConfig = ({ kind, options, secrets }: ChannelFacts, folder: string): Channel =>
  channelOf(kind, {
    ...options,
    ...Object.fromEntries(
      Object.entries(secrets).map(([field, name]) => [field, `${folder}/${name}`]),
    ),
  });

/** How alerts leave a machine whose secrets lie in that folder: by mail. */
export const mailConfig = ({ alerts }: FleetFacts, secrets: string): AlertConfig => {
  const { relay } = alerts;
  return {
    to: alerts.to,
    from: alerts.from,
    relay: {
      ...relay,
      ...(relay.user ? { passwordFile: `${secrets}/${SECRETS.relayPassword}` } : {}),
    },
    remindMinutes: alerts.remindMinutes,
    flapsPerHour: alerts.flapsPerHour,
    maintenance: alerts.maintenance,
  };
};

/**
 * The Observatory's: the channels and the outside switch besides. Their addresses are as good as
 * passwords, and the watcher's alone.
 */
export const alertConfig = (fleet: FleetFacts, secrets: string): AlertConfig => {
  const { channels, deadMan } = fleet.alerts;
  return {
    ...mailConfig(fleet, secrets),
    fallback: channels.map((channel) => channelConfig(channel, secrets)),
    ...(deadMan ? { deadMan: { url: deadMan } } : {}),
  };
};
