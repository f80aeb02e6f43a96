import * as digitalocean from "@pulumi/digitalocean";
import * as pulumi from "@pulumi/pulumi";

const EVERYWHERE = ["0.0.0.0/0", "::/0"];
const ALL_PORTS = "1-65535";

export interface FirewallArgs {
  /** Name in the account. */
  readonly firewallName: string;
  /**
   * Covers every droplet with this tag. By tag, because a firewall named by droplet comes about 10
   * s after the droplet.
   */
  readonly tag: digitalocean.Tag;
  /** CIDR ranges that may use SSH. */
  readonly sshFrom: readonly string[];
  /** Tag of the machine that may use SSH as well. */
  readonly sshFromTag?: digitalocean.Tag;
}

/**
 * What reaches a machine: SSH for operators and its peer, HTTP, HTTPS (1 to 3) and ping for all. Everything
 * may leave (DigitalOcean itself blocks SMTP).
 */
export class Firewall extends pulumi.ComponentResource {
  readonly firewall: digitalocean.Firewall;

  constructor(name: string, args: FirewallArgs, opts?: pulumi.ComponentResourceOptions) {
    super("second-server:network:Firewall", name, {}, opts);
    const open = (port: string) => ({
      protocol: "tcp",
      portRange: port,
      sourceAddresses: EVERYWHERE,
    });
    this.firewall = new digitalocean.Firewall(
      name,
      {
        name: args.firewallName,
        tags: [args.tag.name],
        inboundRules: [
          {
            protocol: "tcp",
            portRange: "22",
            sourceAddresses: [...args.sshFrom],
            ...(args.sshFromTag ? { sourceTags: [args.sshFromTag.name] } : {}),
          },
          open("80"),
          open("443"),
          // HTTP/3.
          { protocol: "udp", portRange: "443", sourceAddresses: EVERYWHERE },
          { protocol: "icmp", sourceAddresses: EVERYWHERE },
        ],
        outboundRules: [
          { protocol: "tcp", portRange: ALL_PORTS, destinationAddresses: EVERYWHERE },
          { protocol: "udp", portRange: ALL_PORTS, destinationAddresses: EVERYWHERE },
          { protocol: "icmp", destinationAddresses: EVERYWHERE },
        ],
      },
      // Renamed with its tag, the new one stands before the droplet changes tags, and the old one goes
      // after that: moved in place, it would cover nothing meanwhile.
      { parent: this, replaceOnChanges: ["name"], deleteBeforeReplace: false },
    );
    this.registerOutputs({ id: this.firewall.id });
  }
}
