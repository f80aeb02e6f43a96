import * as pulumi from "@pulumi/pulumi";

import { DnsZone } from "./components/dns-zone";
import { PrimaryServer } from "./components/primary-server";
import { Rollout } from "./components/rollout";
import { SshKeys } from "./components/ssh-keys";
import { WatcherServer } from "./components/watcher-server";
import { readFleet } from "./config/load";
import { SECRET_NAMES, SETTING_NAMES } from "./config/settings";

const config = new pulumi.Config();
const stack = pulumi.getStack();
const settings = Object.fromEntries(
  SETTING_NAMES.map((name) => [name, config.get(name)]).filter(
    (pair): pair is [string, string] => pair[1] !== undefined,
  ),
);
const secrets = Object.fromEntries(
  SECRET_NAMES.flatMap((name) => {
    const value = config.getSecret(name);
    return value ? [[name, value] as const] : [];
  }),
);
const fleet = readFleet(
  process.cwd(),
  { settings, secrets: Object.keys(secrets) },
  `Pulumi.${stack}.yaml`,
);

const keys = new SshKeys("keys", { accountKeyName: `${fleet.name}-${stack}` });
const watcher = new WatcherServer("watcher", { fleet, keys });
const primary = new PrimaryServer("primary", { fleet, keys, watcherTag: watcher.server.tag });
const address = primary.floatingIp.address;
const zone = new DnsZone("zone", { fleet, floatingIp: address, watcher: watcher.server.droplet });
new Rollout("rollout", {
  fleet,
  folder: process.cwd(),
  keys,
  primary,
  watcher,
  zone,
  secrets,
});

const facts = (role: "primary" | "watcher", { server }: { server: PrimaryServer["server"] }) => ({
  address: server.address,
  dropletId: server.droplet.id,
  hostKey: keys.host[role].publicKey,
  size: fleet[role].size,
  region: fleet[role].region,
});

export const urls = Object.fromEntries(
  fleet.services.map(({ name, host }) => [name, `https://${host}/`]),
);
export const statusUrl = `https://${fleet.status.host}/`;
export const floatingIp = address;
const [primaryFacts, watcherFacts] = [facts("primary", primary), facts("watcher", watcher)];
export { primaryFacts as primary, watcherFacts as watcher };
/** US dollars a month for both droplets. */
export const monthlyUsd = fleet.primary.monthlyUsd + fleet.watcher.monthlyUsd;
export const adminUser = fleet.admin.user;
export const adminPrivateKey = pulumi.secret(keys.admin.privateKey);
