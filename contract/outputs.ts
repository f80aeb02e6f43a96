/** What the Pulumi program says of one machine. */
export interface MachineOutputs {
  readonly address: string;
  readonly dropletId: string;
  readonly hostKey: string;
  /** Absent in states of before they were said. */
  readonly size?: string;
  readonly region?: string;
}

/** All that the Pulumi program says, for the command line. */
export interface FleetOutputs {
  readonly floatingIp: string;
  readonly primary: MachineOutputs;
  readonly watcher: MachineOutputs;
  /** One that is made beside the primary, with the name of the release that it is to apply. */
  readonly preparedPrimary?: MachineOutputs & { readonly sha256: string };
  readonly monthlyUsd: number;
  readonly urls: Readonly<Record<string, string>>;
  readonly statusUrl: string;
  readonly adminUser: string;
  /** A secret. */
  readonly adminPrivateKey?: string;
  /** A secret. Absent in states of before it was said. */
  readonly repositoryPassword?: string;
}
