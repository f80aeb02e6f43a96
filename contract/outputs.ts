/** What the Pulumi program says of one machine. */
export interface MachineOutputs {
  readonly address: string;
  readonly dropletId: string;
  readonly hostKey: string;
  /** Absent in states of before they were said. */
  readonly size?: string;
  readonly region?: string;
}

/** A second primary, with the name of the release that it is to apply. */
export interface PreparedOutputs extends MachineOutputs {
  readonly sha256: string;
}

/** All that the Pulumi program says, for the command line. */
export interface FleetOutputs {
  readonly floatingIp: string;
  /** `prepared`: one that is made beside it. */
  readonly primary: MachineOutputs & { readonly prepared?: PreparedOutputs };
  readonly watcher: MachineOutputs;
  readonly monthlyUsd: number;
  readonly urls: Readonly<Record<string, string>>;
  readonly statusUrl: string;
  readonly adminUser: string;
  /** A secret. */
  readonly adminPrivateKey?: string;
  /** A secret. Absent in states of before it was said. */
  readonly repositoryPassword?: string;
}
