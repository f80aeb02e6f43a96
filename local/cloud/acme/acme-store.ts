import { coalesce } from "../coalesce";
import { readIfThere, writeAtomically } from "../files";
import type { AccountKey } from "./jws";
import type { Problem } from "./problem";

export interface Account {
  readonly id: string;
  readonly key: AccountKey;
  readonly thumbprint: string;
  status: "valid" | "deactivated";
  contact: string[];
}
export interface Challenge {
  readonly id: string;
  readonly type: "http-01" | "dns-01";
  readonly token: string;
  status: "pending" | "processing" | "valid" | "invalid";
  validated?: string;
  error?: Problem;
}
export interface Authorization {
  readonly id: string;
  readonly host: string;
  readonly wildcard: boolean;
  readonly expires: string;
  readonly challenges: Challenge[];
}
export interface Order {
  readonly id: string;
  readonly account: string;
  readonly hosts: string[];
  readonly expires: string;
  readonly authorizations: Authorization[];
  status: "pending" | "ready" | "valid" | "invalid";
  certificate?: string;
  error?: Problem;
}
export interface Issued {
  readonly id: string;
  readonly account: string;
  readonly hosts: string[];
  readonly issued: string;
  readonly pem: string;
  revoked?: string;
}

export interface AcmeState {
  accounts: Account[];
  orders: Order[];
  certificates: Issued[];
}
export interface AcmeStore {
  readonly state: AcmeState;
  save(): Promise<void>;
}

/** Orders and certificates beyond these are forgotten, oldest first; accounts never are. */
const KEPT = 500;

/** @param path null keeps everything in memory. */
export const openAcmeStore = async (path: string | null): Promise<AcmeStore> => {
  const text = path ? await readIfThere(path) : null;
  const state: AcmeState = text
    ? (JSON.parse(text) as AcmeState)
    : { accounts: [], orders: [], certificates: [] };
  const write = async (): Promise<void> => {
    state.orders = state.orders.slice(-KEPT);
    state.certificates = state.certificates.slice(-KEPT);
    if (path) await writeAtomically(path, JSON.stringify(state));
  };
  return { state, save: coalesce(write) };
};
