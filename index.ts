import * as pulumi from "@pulumi/pulumi";

import { DnsZone } from "./components/dns-zone";
import { machinesOf, serviceUrls } from "./components/outputs";
import { PrimaryServer } from "./components/primary-server";
import { Rollout } from "./components/rollout";
import { SshKeys } from "./components/ssh-keys";
import { stackSettings } from "./components/stack-settings";
import { WatcherServer } from "./components/watcher-server";
import { readFleet } from "./config/load";

const [folder, stack] = [process.cwd(), pulumi.getStack()];
const { config, secrets } = stackSettings();
const fleet = readFleet(folder, config, `Pulumi.${stack}.yaml`);

const keys = new SshKeys("keys", { accountKeyName: `${fleet.name}-${stack}` });
const watcher = new WatcherServer("watcher", { fleet, keys });
const primary = new PrimaryServer("primary", { fleet, keys, watcherTag: watcher.server.tag });
export const floatingIp = primary.floatingIp.address;
const zone = new DnsZone("zone", { fleet, floatingIp, watcher: watcher.server.droplet });
const rollout = new Rollout("rollout", {
  fleet,
  folder,
  keys,
  primary,
  watcher,
  zone,
  secrets,
});
const [primaryOutputs, watcherOutputs] = machinesOf({ fleet, keys }, { primary, watcher, rollout });
export { primaryOutputs as primary, watcherOutputs as watcher };
export const urls = serviceUrls(fleet);
export const statusUrl = `https://${fleet.status.host}/`;
/** US dollars a month for both droplets. */
export const monthlyUsd = fleet.primary.monthlyUsd + fleet.watcher.monthlyUsd;
export const adminUser = fleet.admin.user;
export const adminPrivateKey = pulumi.secret(keys.admin.privateKey);
/** For what the owner keeps on paper. */
export const { repositoryPassword } = rollout;
