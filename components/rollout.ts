import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import type { OffsitePlace } from "@second-server/contract/backups";
import { SECRETS } from "@second-server/contract/names";
import type { Role } from "@second-server/contract/roles";

import type { FleetFacts } from "../config/fleet";
import { secretsOf } from "../render/alerts";
import { buildRelease } from "../render/release";
import type { DnsZone } from "./dns-zone";
import { FirstBackup } from "./first-backup";
import { type IdentityArgs, identityOf } from "./identity";
import { LastBackup } from "./last-backup";
import { type PreparedMachine, machineOutputs } from "./outputs";
import type { PrimaryServer } from "./primary-server";
import { Delivery, Release } from "./release";
import { Restore } from "./restore";
import type { Server } from "./server";
import type { SshKeys } from "./ssh-keys";
import type { WatcherServer } from "./watcher-server";

export interface RolloutArgs {
  readonly fleet: FleetFacts;
  /** The folder that the manifest and its services lie in. */
  readonly folder: string;
  readonly keys: SshKeys;
  readonly primary: PrimaryServer;
  readonly watcher: WatcherServer;
  readonly zone: DnsZone;
  /** Name → value; kept on the machines as files that only root can read. */
  readonly secrets: Readonly<Record<string, pulumi.Input<string>>>;
}

type Secrets = RolloutArgs["secrets"];

/**
 * Signing keys, one for each side, and the password of the watcher's repository of backups: in the
 * state too, so that a watcher that is lost leaves no backup unreadable.
 */
const madeSecrets = (opts: pulumi.CustomResourceOptions): Secrets =>
  Object.fromEntries(
    [SECRETS.primaryKey, SECRETS.ownerKey, SECRETS.repositoryPassword].map((name) => [
      name,
      new random.RandomPassword(name, { length: 48, special: false }, opts).result,
    ]),
  );

/** The third place with what it asks for, as one secret of the watcher's. */
const offsiteSecret = ({ offsite }: FleetFacts, given: Secrets): Secrets => {
  if (offsite === undefined) return {};
  const { address, user, hostKey, appendOnly } = offsite;
  const facts = { address, user, hostKey, appendOnly };
  const secret = pulumi.output(given[SECRETS.offsiteSecret]);
  const place = secret.apply((text) =>
    JSON.stringify({
      ...facts,
      ...(text !== undefined && { secret: text }),
    } satisfies OffsitePlace),
  );
  return { [SECRETS.offsite]: pulumi.secret(place) };
};

/** What each machine gets of all secrets. */
const dealt =
  (fleet: FleetFacts, all: Secrets) =>
  (role: Role): Secrets =>
    Object.fromEntries(
      secretsOf(fleet, role).flatMap((name) =>
        all[name] === undefined ? [] : [[name, all[name]]],
      ),
    );

interface Sender {
  readonly fleet: FleetFacts;
  readonly folder: string;
  readonly given: (role: Role) => Secrets;
  readonly parent: pulumi.Resource;
}

/** Builds a machine's release and brings it there, with who the machine is. */
const deliverer =
  ({ fleet, folder, given, parent }: Sender, identities: Omit<IdentityArgs, "secrets">) =>
  (role: Role, beside?: Server) => {
    const servers = { ...identities.servers, ...(beside && { [role]: beside }) };
    const server = servers[role];
    const built = buildRelease(fleet, role, folder);
    const identity = identityOf(role, { ...identities, servers, secrets: given(role) });
    const name = beside ? `prepared-${role}` : role;
    const delivery = new Delivery(name, { server, built, identity }, { parent });
    return { server, delivery, sha256: built.sha256 };
  };

/**
 * Brings both machines to their release, in the order that a rebuild needs: what the watcher has to
 * give back, the primary's services, what the watcher watches of them, then a first backup; and
 * what takes a last one before a primary goes.
 */
export class Rollout extends pulumi.ComponentResource {
  readonly watcher: Release;
  readonly restore: Restore;
  readonly primary: Release;
  readonly firstBackup: FirstBackup;
  readonly lastBackup: LastBackup;
  /** While a second primary is made: where it is, and the release that it is to apply. */
  readonly prepared?: PreparedMachine;
  /** Opens the watcher's repository of backups, and its copy in the third place. */
  readonly repositoryPassword: pulumi.Output<string>;

  constructor(
    name: string,
    { fleet, folder, keys, primary, watcher, zone, secrets }: RolloutArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("second-server:release:Rollout", name, {}, opts);
    const child = { parent: this };
    const servers = { primary: primary.server, watcher: watcher.server };
    // A repository that was there before this state has a password of its own, which is set.
    const all = { ...madeSecrets(child), ...secrets, ...offsiteSecret(fleet, secrets) };
    this.repositoryPassword = pulumi.secret(all[SECRETS.repositoryPassword] ?? "");
    const given = dealt(fleet, all);
    const deliver = deliverer(
      { fleet, folder, given, parent: this },
      {
        operatorKeys: fleet.admin.authorizedKeys,
        keys,
        servers,
        floatingIp: primary.floatingIp.address,
      },
    );
    const delivered = { primary: deliver("primary"), watcher: deliver("watcher") };
    if (primary.prepared) {
      const { server, sha256 } = deliver("primary", primary.prepared);
      this.prepared = { ...machineOutputs("primary", { fleet, keys, server }), sha256 };
    }
    this.restore = new Restore(
      "restore",
      {
        from: servers.watcher,
        to: servers.primary,
        after: [delivered.watcher, delivered.primary].map(({ delivery }) => delivery.identity),
      },
      child,
    );
    // The certificate is issued to whom the names point at: so they do, first.
    this.primary = new Release(
      "primary",
      {
        ...delivered.primary,
        after: [this.restore.command, primary.floatingIp.assignment, zone.caa, ...zone.services],
      },
      child,
    );
    // What the watcher watches is what runs: it hears of services once they are there. An unchanged
    // primary, dead or alive, holds nothing up.
    this.watcher = new Release(
      "watcher",
      { ...delivered.watcher, after: [this.primary.apply, ...zone.status], readyBefore: true },
      child,
    );
    const pulled = { by: servers.watcher, of: servers.primary };
    this.firstBackup = new FirstBackup(
      "first-backup",
      { ...pulled, after: [this.primary.apply, this.watcher.apply] },
      child,
    );
    const after = [this.firstBackup.command, ...zone.services];
    this.lastBackup = new LastBackup("last-backup", { ...pulled, after }, child);
    this.registerOutputs({});
  }
}
