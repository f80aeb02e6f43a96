import { remote, type types } from "@pulumi/command";
import * as digitalocean from "@pulumi/digitalocean";
import * as pulumi from "@pulumi/pulumi";
import { PATHS } from "@second-server/contract/paths";
import type { Role } from "@second-server/contract/roles";

import type { FleetFacts } from "../config/fleet";
import { firstBoot } from "../render/first-boot";
import { Firewall } from "./firewall";
import type { SshKeys } from "./ssh-keys";

export interface ServerArgs {
  readonly fleet: FleetFacts;
  readonly role: Role;
  readonly keys: SshKeys;
  /** Tag of the machine that may use SSH here besides the operators. */
  readonly sshFromTag?: digitalocean.Tag;
  /** What the manifest says of machines is not for this one: it stays as it was made. */
  readonly isFrozen?: boolean;
}

/** Both are read at the first boot only: a changed comment in a template must not cost a serving machine. A machine made anew gets the new ones. */
const FIRST_BOOT = ["userData", "sshKeys"];
const MADE_AS = ["image", "ipv6", "region", "size"];

/**
 * What both machines share: a tag, the firewall on it, a droplet, and a permanent host key beside
 * the first boot's, which `identity` then takes away.
 */
export class Server extends pulumi.ComponentResource {
  readonly tag: digitalocean.Tag;
  readonly firewall: Firewall;
  readonly droplet: digitalocean.Droplet;
  /** Runs once per droplet; every later connection waits for it. */
  readonly hostKey: remote.Command;
  readonly address: pulumi.Output<string>;
  /** How to reach it once it has its permanent host key. */
  readonly connection: types.input.remote.ConnectionArgs;

  constructor(
    name: string,
    { fleet, role, keys, sshFromTag, isFrozen = false }: ServerArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("second-server:compute:Server", name, {}, opts);
    const child = { parent: this };
    const machine = fleet[role];
    const label = `${fleet.name}-${pulumi.getStack()}-${name}`;
    // Another name of the fleet is another tag; the old one goes once nothing is found by it.
    const renamed = { ...child, deleteBeforeReplace: false };
    this.tag = new digitalocean.Tag(name, { name: label }, renamed);
    this.firewall = new Firewall(
      name,
      { firewallName: label, tag: this.tag, sshFrom: fleet.admin.allowFrom, sshFromTag },
      child,
    );
    this.droplet = new digitalocean.Droplet(
      name,
      {
        name,
        region: machine.region,
        size: machine.size,
        // A grown disk is for ever: DigitalOcean makes none smaller, so the smaller size would be
        // out of reach.
        resizeDisk: false,
        image: machine.image,
        ipv6: machine.ipv6,
        monitoring: true,
        sshKeys: [keys.account.fingerprint],
        tags: [this.tag.name],
        userData: userDataOf(fleet, role, keys),
      },
      {
        ...child,
        // Covered by its firewall from its first moment.
        dependsOn: [this.firewall.firewall],
        // Never two droplets of one name.
        deleteBeforeReplace: true,
        ignoreChanges: isFrozen ? [...FIRST_BOOT, ...MADE_AS] : FIRST_BOOT,
      },
    );
    this.address = this.droplet.ipv4Address;
    // A first boot takes a minute on a slow day: dialing goes on until it answers.
    const connect = (hostKey: pulumi.Output<string>) => ({
      host: this.address,
      user: fleet.admin.user,
      privateKey: keys.admin.privateKey,
      hostKey,
      dialErrorLimit: 60,
      perDialTimeout: 10,
    });
    this.connection = connect(keys.host[role].publicKey);
    this.hostKey = new remote.Command(
      `${name}-host-key`,
      {
        connection: connect(keys.firstBoot[role].publicKey),
        create: `sudo ${PATHS.agent} host-key`,
        stdin: keys.host[role].privateKey,
        triggers: [this.droplet.id],
        addPreviousOutputInEnv: false,
      },
      child,
    );
    this.registerOutputs({ address: this.address });
  }
}

const userDataOf = (fleet: FleetFacts, role: Role, keys: SshKeys): pulumi.Output<string> =>
  pulumi
    .all([keys.admin.publicKey, keys.firstBoot[role].privateKey, keys.firstBoot[role].publicKey])
    .apply(([admin, hostPrivateKey, hostPublicKey]) =>
      firstBoot(fleet, role, {
        authorizedKeys: [admin, ...fleet.admin.authorizedKeys],
        hostPrivateKey,
        hostPublicKey,
      }),
    );
