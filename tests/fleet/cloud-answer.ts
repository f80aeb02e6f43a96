interface Address {
  readonly ip_address: string;
  readonly type: string;
}

interface CloudDroplet {
  readonly id: number;
  readonly name: string;
  readonly status: string;
  readonly locked: boolean;
  readonly vpc_uuid: string;
  readonly networks: { readonly v4: readonly Address[]; readonly v6: readonly Address[] };
}

/**
 * What the tests read of the local cloud's answers. Each answer has the part that was asked for,
 * and no other.
 */
export interface CloudAnswer {
  readonly droplet: CloudDroplet;
  readonly droplets: readonly CloudDroplet[];
  readonly action: { readonly id: number; readonly status: string };
  readonly image: { readonly id: number; readonly status: string };
  readonly volume: { readonly id: string };
  readonly snapshot: { readonly id: string };
  readonly snapshots: readonly { readonly id: number }[];
  readonly vpc: { readonly id: string };
  readonly vpc_peering: { readonly id: string; readonly status: string };
  readonly firewall: { readonly id: string };
  readonly reserved_ip: { readonly ip: string };
  readonly reserved_ipv6: { readonly ip: string };
  readonly check: { readonly id: string };
  readonly state: { readonly regions: { readonly eu_west: { readonly status: string } } };
  /** Samples of a metric: time and value. */
  readonly data: { readonly result: readonly { readonly values: readonly [number, string][] }[] };
  readonly faults: readonly unknown[];
  readonly helpers: readonly {
    readonly pid?: number;
    readonly restarts: number;
    readonly lastEnd?: { readonly how: string };
  }[];
  readonly token: { readonly value: string };
  readonly mails: readonly { readonly subject: string; readonly text: string }[];
}
