import type { z } from "zod";

import type { Surroundings } from "../machines/surroundings";
import type { NetworkFaults } from "../network/ruleset";

/** One option of a fault, as it is typed, and the field of the request that it fills. */
export interface FaultOption {
  /** With its value's name: "--percent <n>". Kinds that share an option declare the same flag. */
  readonly flag: string;
  readonly help: string;
  readonly field: string;
  /**
   * A machine is named and becomes its droplet's number; of words the first is meant where none is
   * typed.
   */
  readonly takes: "number" | "text" | "machine" | "unit" | readonly [string, ...string[]];
  readonly required?: boolean;
}

/** What every kind of fault says of itself. */
interface FaultKind<S extends z.ZodObject> {
  readonly name: z.output<S>["kind"] & string;
  /** One line of the command's help. */
  readonly help: string;
  /** The request, its `kind` included. */
  readonly schema: S;
  readonly options: readonly FaultOption[];
  /**
   * What tells two faults of this kind on one droplet apart; all other fields are figures, which a
   * new request replaces.
   */
  readonly identity: readonly (keyof z.output<S> & string)[];
}

/** What a fault is done to a machine with. */
export interface FaultTools {
  readonly around: Surroundings;
  /** Loads the network anew, with the faults that are in force by now. */
  readonly loadNetwork: () => Promise<void>;
  /** As pulling the plug; fine when it is off. */
  readonly pullPlug: (dropletId: number) => Promise<void>;
  readonly powerOn: (dropletId: number) => Promise<void>;
}

/** A fault that is done to one machine. */
export interface MachineFaultKind<S extends z.ZodObject = z.ZodObject> extends FaultKind<S> {
  readonly doneTo: "machine";
  /**
   * Makes it real; done again it changes nothing but figures. Rejects when this host, or the
   * machine as it is, can't.
   */
  begin(tools: FaultTools, fault: z.output<S>): Promise<void>;
  /** Fine when nothing was done, and when the machine is off. */
  end(tools: FaultTools, fault: z.output<S>): Promise<void>;
  /** Frees a machine of whatever of this kind a daemon before this one has left. */
  freeMachine?(around: Surroundings, dropletId: number): Promise<void>;
  /** What the router has to know of it. */
  network?(fault: z.output<S>): Partial<NetworkFaults>;
  /** The machine is off while it is in force, and a power on ends it. */
  readonly cutsPower?: true;
  /** Whether it is done to services: a boot ends it, and it can't be done again before they run. */
  hitsServices?(fault: z.output<S>): boolean;
  /** It restarts services, and so comes before whatever is done to them. */
  readonly restartsServices?: true;
  /** What it is done to may begin at any time: it is tried for as long as the machine runs. */
  readonly waitsForServices?: true;
}

/**
 * A fault of the cloud's own services: each looks for those that concern it whenever it answers.
 */
export interface CloudFaultKind<S extends z.ZodObject = z.ZodObject> extends FaultKind<S> {
  readonly doneTo: "cloud";
}

export const machineFaultKind = <S extends z.ZodObject>(
  kind: Omit<MachineFaultKind<S>, "doneTo">,
): MachineFaultKind<S> => ({ ...kind, doneTo: "machine" });

export const cloudFaultKind = <S extends z.ZodObject>(
  kind: Omit<CloudFaultKind<S>, "doneTo">,
): CloudFaultKind<S> => ({ ...kind, doneTo: "cloud" });
