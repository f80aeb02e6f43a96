import * as digitalocean from "@pulumi/digitalocean";
import * as pulumi from "@pulumi/pulumi";

export interface FloatingIpArgs {
  /** Region slug; the address is bound to it for good. */
  readonly region: string;
  readonly holder: digitalocean.Droplet;
}

/** A public address that outlives the server behind it. */
export class FloatingIp extends pulumi.ComponentResource {
  readonly address: pulumi.Output<string>;
  /** What must be done before anything is reachable through the address. */
  readonly assignment: digitalocean.ReservedIpAssignment;

  constructor(name: string, args: FloatingIpArgs, opts?: pulumi.ComponentResourceOptions) {
    super("second-server:network:FloatingIp", name, {}, opts);
    const child = { parent: this };
    // Not before its holder: where that may not be replaced, names must not be pointed at an
    // address of another region.
    const ip = new digitalocean.ReservedIp(
      name,
      { region: args.region },
      { ...child, dependsOn: [args.holder] },
    );
    this.assignment = new digitalocean.ReservedIpAssignment(
      name,
      { ipAddress: ip.ipAddress, dropletId: args.holder.id.apply(Number) },
      child,
    );
    this.address = ip.ipAddress;
    this.registerOutputs({ address: this.address });
  }
}
