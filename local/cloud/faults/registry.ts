import { z } from "zod";

import { acme } from "./acme";
import { api } from "./api";
import { clockSkew } from "./clock-skew";
import { diskFull } from "./disk-full";
import { dns } from "./dns";
import { freeze } from "./freeze";
import type { CloudFaultKind, MachineFaultKind } from "./kind";
import { latency } from "./latency";
import { loss } from "./loss";
import { networkCut } from "./network-cut";
import { powerCut } from "./power-cut";
import { relay } from "./relay";

const MACHINE_KINDS = [powerCut, networkCut, loss, latency, freeze, diskFull, clockSkew] as const;
const CLOUD_KINDS = [api, dns, acme, relay] as const;

export type FaultKind = MachineFaultKind | CloudFaultKind;

/** Every kind of fault, in the order in which they are listed to people. */
export const faultKinds: readonly FaultKind[] = [...MACHINE_KINDS, ...CLOUD_KINDS];

const schemas = [...MACHINE_KINDS.slice(1), ...CLOUD_KINDS].map(({ schema }) => schema);
/** What anyone may ask for. */
export const faultRequest = z.discriminatedUnion("kind", [MACHINE_KINDS[0].schema, ...schemas]);

export type FaultRequest = z.output<typeof faultRequest>;
export type MachineFault = z.output<(typeof MACHINE_KINDS)[number]["schema"]>;
export type CloudFault = z.output<(typeof CLOUD_KINDS)[number]["schema"]>;
/** One in force. */
export type ActiveFault = FaultRequest & { readonly id: string; readonly since: string };

const kinds = new Map(faultKinds.map((kind) => [kind.name, kind]));
const machineKinds = new Map<string, MachineFaultKind>(
  MACHINE_KINDS.map((kind) => [kind.name, kind]),
);

const known = <T>(kind: T | undefined, name: string): T => {
  if (kind === undefined) throw new Error(`there is no fault "${name}"`);
  return kind;
};

export const kindOf = ({ kind }: FaultRequest): FaultKind => known(kinds.get(kind), kind);
export const machineKindOf = ({ kind }: MachineFault): MachineFaultKind =>
  known(machineKinds.get(kind), kind);

export const isMachineFault = (fault: FaultRequest): fault is MachineFault =>
  machineKinds.has(fault.kind);
