import { commandPackage } from "./command/command";
import { digitaloceanPackage } from "./digitalocean/digitalocean";
import type { Package } from "./provider";
import { randomPackage } from "./random/random";
import { tlsPackage } from "./tls/tls";

/** The provider packages that this engine has. */
export const packages: Readonly<Record<string, Package>> = {
  random: randomPackage,
  tls: tlsPackage,
  command: commandPackage,
  digitalocean: digitaloceanPackage,
};
