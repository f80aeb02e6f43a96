import * as digitalocean from "@pulumi/digitalocean";
import * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";

/** A key pair as OpenSSH text; `publicKey` is one line without a final newline. */
export interface KeyPair {
  readonly privateKey: pulumi.Output<string>;
  readonly publicKey: pulumi.Output<string>;
}

export interface SshKeysArgs {
  /** Name of the operators' key in the DigitalOcean account. */
  readonly accountKeyName: string;
}

/**
 * Every SSH key of the fleet: operators', machine-to-machine, and the host keys, so that no
 * connection ever trusts on first use.
 */
export class SshKeys extends pulumi.ComponentResource {
  readonly admin: KeyPair;
  /** The operators' public key in the account, put on droplets when they are made. */
  readonly account: digitalocean.SshKey;
  /** Each machine's permanent host key. */
  readonly host: { readonly primary: KeyPair; readonly watcher: KeyPair };
  /** Known from user data, so worth nothing once `identity` has taken it away. */
  readonly firstBoot: { readonly primary: KeyPair; readonly watcher: KeyPair };
  /** What each machine shows the other. */
  readonly peer: { readonly primary: KeyPair; readonly watcher: KeyPair };

  constructor(name: string, args: SshKeysArgs, opts?: pulumi.ComponentResourceOptions) {
    super("second-server:access:SshKeys", name, {}, opts);
    const child = { parent: this };
    const pair = (suffix: string, kind: tls.PrivateKeyArgs = { algorithm: "ED25519" }): KeyPair => {
      const key = new tls.PrivateKey(`${name}-${suffix}`, kind, child);
      return {
        privateKey: key.privateKeyOpenssh,
        publicKey: key.publicKeyOpenssh.apply((line) => line.trim()),
      };
    };
    this.admin = pair("admin");
    this.host = { primary: pair("host-primary"), watcher: pair("host-watcher") };
    // Of another type than the permanent one: sshd holds one key of each, and both are there until
    // `identity` has come by the permanent one.
    const firstBoot: tls.PrivateKeyArgs = { algorithm: "ECDSA", ecdsaCurve: "P256" };
    this.firstBoot = {
      primary: pair("first-boot-primary", firstBoot),
      watcher: pair("first-boot-watcher", firstBoot),
    };
    this.peer = { primary: pair("peer-primary"), watcher: pair("peer-watcher") };
    this.account = new digitalocean.SshKey(
      `${name}-account`,
      { name: args.accountKeyName, publicKey: this.admin.publicKey },
      child,
    );
    this.registerOutputs({ fingerprint: this.account.fingerprint });
  }
}
