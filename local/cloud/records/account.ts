// What belongs to the account as a whole.

export interface SshKeyRecord {
  readonly id: number;
  readonly name: string;
  readonly fingerprint: string;
  readonly public_key: string;
}

export interface ProjectRecord {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly purpose: string;
  readonly environment: "" | "Development" | "Staging" | "Production";
  readonly is_default: boolean;
  readonly created_at: string;
  readonly updated_at: string;
  readonly resources: readonly { urn: string; assigned_at: string }[];
}

/** What opens the API; its value is kept nowhere, only what it is known again by. */
export interface TokenRecord {
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly string[];
  readonly sha256: string;
  readonly created_at: string;
  /** Null: never. */
  readonly expires_at: string | null;
}
