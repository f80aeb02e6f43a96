import { randomUUID } from "node:crypto";

import { z } from "zod";

import type { Clock } from "../clock";
import type { Fault as MachineFault, Hypervisor } from "../machines/hypervisor";
import { dropletKey, type KeyedQueue } from "../queue";
import type { Store } from "../record-store";
import type { DropletRecord } from "../records";

const dropletId = z.number().int();
/** Faults that anyone may ask for; those with a droplet are done to its machine, the others to the cloud's own services. */
export const faultRequest = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("network-cut"), dropletId, peerId: z.number().int().optional() }),
  z.object({ kind: z.literal("freeze"), dropletId, unit: z.string().max(255).optional() }),
  z.object({ kind: z.literal("disk-full"), dropletId }),
  z.object({ kind: z.literal("loss"), dropletId, percent: z.number().min(0).max(100) }),
  z.object({ kind: z.literal("latency"), dropletId, milliseconds: z.number().min(0).max(60_000) }),
  z.object({
    kind: z.literal("clock-skew"),
    dropletId,
    seconds: z.number().min(-3_155_760_000).max(3_155_760_000),
    unit: z.string().max(255).optional(),
  }),
  z.object({ kind: z.literal("power-cut"), dropletId }),
  z
    .object({
      kind: z.literal("api"),
      method: z.string().toUpperCase().optional(),
      /** Begins the path after /v2, e.g. "/droplets"; all calls without it. */
      path: z.string().startsWith("/").optional(),
      status: z
        .union([400, 401, 403, 404, 409, 422, 429, 500, 503].map((code) => z.literal(code)))
        .optional(),
      message: z.string().max(1_000).optional(),
      retryAfterSeconds: z.number().int().min(0).optional(),
      delayMs: z.number().min(0).max(600_000).optional(),
      /** After this many calls the fault is over. */
      times: z.number().int().min(1).optional(),
    })
    .refine(
      ({ status, delayMs }) => status !== undefined || delayMs !== undefined,
      "status or delayMs is needed: what the calls do",
    ),
  z.object({
    kind: z.literal("dns"),
    /** Names ending in it; all without. */ name: z.string().optional(),
    answer: z.enum(["SERVFAIL", "NXDOMAIN", "silence"]).default("SERVFAIL"),
  }),
  z.object({ kind: z.literal("acme") }),
  z.object({
    kind: z.literal("relay"),
    /** "defer": 451 to each mail; "refuse": no connection. */ how: z
      .enum(["defer", "refuse"])
      .default("refuse"),
  }),
]);
export type FaultRequest = z.infer<typeof faultRequest>;
export type ServiceFault = Exclude<FaultRequest, MachineFault>;
export type ActiveFault = FaultRequest & { readonly id: string; readonly since: string };

const isMachineFault = (
  fault: FaultRequest,
): fault is Extract<FaultRequest, { dropletId: number }> => "dropletId" in fault;

/** The droplets that a fault names. */
export const dropletsOf = (fault: FaultRequest): number[] =>
  isMachineFault(fault)
    ? [fault.dropletId, ...("peerId" in fault && fault.peerId !== undefined ? [fault.peerId] : [])]
    : [];

export interface Faults {
  list(): readonly ActiveFault[];
  /** Resolves when it is in force; rejects with the hypervisor's reason. The same fault with other figures takes the place of the earlier one. */
  inject(fault: FaultRequest): Promise<ActiveFault>;
  /** @returns false when there is none with that id. */
  clear(id: string): Promise<boolean>;
  clearAll(): Promise<void>;
  /** What was on a machine that no longer exists. */
  forget(dropletId: number): void;
  /** After the daemon's restart: machines' faults are put in force again; @returns why some could not be. */
  restore(): Promise<string[]>;
  /** The first service fault of a kind that the test accepts; `times` is counted down. */
  find<K extends ServiceFault["kind"]>(
    kind: K,
    accepts?: (fault: Extract<ActiveFault, { kind: K }>) => boolean,
  ): Extract<ActiveFault, { kind: K }> | undefined;
}

/** What makes two requests the same fault: everything but its figures. */
const identity = (fault: FaultRequest): string => {
  const { kind, dropletId, peerId, unit, method, path, name } = fault as { kind: string } & Record<
    string,
    unknown
  >;
  return JSON.stringify([kind, dropletId, peerId, unit, method, path, name]);
};

/** Faults are kept with the records: they outlive the daemon, as what they did to machines does. */
export const createFaults = ({
  store,
  hypervisor,
  queue,
  clock,
}: {
  store: Store;
  hypervisor: Hypervisor;
  queue: KeyedQueue;
  clock: Clock;
}): Faults => {
  const uses = new Map<string, number>();
  const droplet = (id: number): DropletRecord | undefined => store.droplets.get(id);
  /** Somebody has switched the machine on again: the cut is over, and another power_off is no cut. */
  const isOver = (fault: ActiveFault): boolean =>
    fault.kind === "power-cut" && droplet(fault.dropletId)?.status === "active";
  const drop = (gone: (fault: ActiveFault) => boolean): void => {
    const ended = new Set(
      kept()
        .filter(gone)
        .map(({ id }) => id),
    );
    store.faults.remove(({ id }) => ended.has(id));
  };
  const kept = (): ActiveFault[] => store.faults.all() as unknown as ActiveFault[];
  const active = (): ActiveFault[] => {
    if (kept().some(isOver)) drop(isOver);
    return kept();
  };
  const power = (fault: FaultRequest, status: DropletRecord["status"]): void => {
    const found = fault.kind === "power-cut" ? droplet(fault.dropletId) : undefined;
    if (found) store.droplets.update(found, { status });
  };
  /** Power is the machine's: its turn has to come. Everything else may happen in the middle of a boot. */
  const inTurn = (fault: MachineFault, work: () => Promise<void>): Promise<void> =>
    fault.kind === "power-cut" ? queue.run(dropletKey(fault.dropletId), work) : work();
  const end = async (fault: ActiveFault): Promise<void> => {
    if (isMachineFault(fault)) await inTurn(fault, () => hypervisor.clearFault(fault));
    power(fault, "active");
    drop((one) => one.id === fault.id);
    uses.delete(fault.id);
  };
  const spend = (fault: ActiveFault): void => {
    if (fault.kind !== "api" || fault.times === undefined) return;
    const used = (uses.get(fault.id) ?? 0) + 1;
    uses.set(fault.id, used);
    if (used >= fault.times) drop((one) => one.id === fault.id);
  };
  return {
    list: active,
    inject: async (fault) => {
      if (isMachineFault(fault)) await inTurn(fault, () => hypervisor.injectFault(fault));
      power(fault, "off");
      drop((one) => identity(one) === identity(fault));
      const added: ActiveFault = {
        ...fault,
        id: randomUUID().slice(0, 8),
        since: clock.now().toISOString(),
      };
      store.faults.insert(added);
      return added;
    },
    clear: async (id) => {
      const fault = active().find((one) => one.id === id);
      if (fault) await end(fault);
      return fault !== undefined;
    },
    clearAll: async () => {
      for (const fault of [...active()]) await end(fault);
    },
    forget: (gone) =>
      drop(
        (one) =>
          isMachineFault(one) &&
          (one.dropletId === gone || ("peerId" in one && one.peerId === gone)),
      ),
    restore: async () => {
      const problems: string[] = [];
      for (const fault of [...active()]) {
        if (!isMachineFault(fault)) continue;
        await inTurn(fault, () => hypervisor.injectFault(fault)).catch((error: Error) => {
          drop((one) => one.id === fault.id);
          problems.push(`fault ${fault.kind} is over: ${error.message}`);
        });
      }
      return problems;
    },
    find: <K extends ServiceFault["kind"]>(
      kind: K,
      accepts: (fault: Extract<ActiveFault, { kind: K }>) => boolean = () => true,
    ) => {
      const fault = active().find(
        (one) => one.kind === kind && accepts(one as Extract<ActiveFault, { kind: K }>),
      );
      if (fault) spend(fault);
      return fault as Extract<ActiveFault, { kind: K }> | undefined;
    },
  };
};
