import type { Props, Value } from "../values/value";

/** What a provider may say and must obey while it works on one resource. */
export interface Work {
  readonly urn: string;
  /** The resource's name in the program. */
  readonly name: string;
  readonly type: string;
  /** Kept on the screen and in the events. */
  log(severity: "debug" | "info" | "warning" | "error", message: string): void;
  /** Only for the moment: what it is doing now. */
  status(message: string): void;
  /**
   * Aborted when the user has asked twice to stop, or when the step's custom timeout is over: ends
   * everything.
   */
  readonly signal: AbortSignal;
  /**
   * Aborted at the first request to stop as well: ends a wait that comes before the work, as
   * nothing would be left half done.
   */
  readonly waiting: AbortSignal;
}

export interface CheckFailure {
  readonly property: string;
  readonly reason: string;
}
export interface Existing {
  readonly id: string;
  readonly inputs: Props;
  readonly outputs: Props;
}

export type DiffKind =
  "add" | "delete" | "update" | "add-replace" | "delete-replace" | "update-replace";
export interface PropertyDiff {
  readonly diffKind: DiffKind;
  readonly inputDiff: boolean;
}
/** Path of a property ("tags[0]", "connection.host") → how it differs. */
export type DetailedDiff = Readonly<Record<string, PropertyDiff>>;
export interface Difference {
  readonly detailed: DetailedDiff;
  /** The top-level properties that can't be changed in place. */
  readonly replaces: readonly string[];
  /** The real provider names only the top-level properties: no more is told. */
  readonly rough?: boolean;
  /** The two can't exist side by side (a fixed name, say). */
  readonly deleteBeforeReplace?: boolean;
}

/**
 * Made, but not completely: it is kept in the state with these reasons, and the next `up` goes on
 * with it.
 */
export class PartlyMade extends Error {
  constructor(
    message: string,
    readonly id: string,
    readonly outputs: Props,
  ) {
    super(message);
  }
}

/** One type of resource. Providers see bare values; the engine keeps track of which are secret. */
export interface Kind {
  /** Completes and validates what the program gave. */
  check?(
    given: Props,
    old: Props | undefined,
    work: Work,
  ): { inputs: Props; failures?: readonly CheckFailure[] };
  diff(old: Existing, inputs: Props): Difference;
  create(inputs: Props, work: Work): Promise<{ id: string; outputs: Props }>;
  /**
   * The resource as it is; undefined when it is gone. With empty `old` (an import) all there is to
   * go by is the id.
   */
  read?(old: Existing, work: Work): Promise<Existing | undefined>;
  /**
   * Of what a creation has left that did not end well: waits for what is still under way, and says
   * why the rest can never be used. It is made anew then.
   */
  unusable?(old: Existing, work: Work): Promise<string | undefined>;
  update?(old: Existing, inputs: Props, work: Work): Promise<Props>;
  delete?(old: Existing, work: Work): Promise<void>;
  /**
   * What is to be remembered of the world before a creation, so that `find` can tell what is new.
   */
  before?(inputs: Props, work: Work): Promise<Props>;
  /**
   * The id of what an interrupted creation with these inputs has left; undefined when nothing is
   * surely that. `before`: as remembered.
   */
  find?(inputs: Props, work: Work, before: Props): Promise<string | undefined>;
  /**
   * The outputs that can be told before anything is done; the others are unknown. Default: on
   * create the inputs, on update the old outputs with the inputs over them.
   */
  preview?(inputs: Props, old?: Existing): Props;
  /** Outputs to be kept secret whatever the program says. */
  readonly secretOutputs?: readonly string[];
  /** Outputs that repeat an input of another name (output → input), secrets and all. */
  readonly repeats?: Readonly<Record<string, string>>;
}

/** A `getX` function of a provider. */
export type Lookup = (args: Props, work: Work) => Promise<Props>;

export interface Provider {
  readonly kinds: Readonly<Record<string, Kind>>;
  readonly lookups: Readonly<Record<string, Lookup>>;
}

/**
 * A package: makes a provider from a provider resource's properties (or from the stack's
 * configuration).
 */
export interface Package {
  /** The configuration that counts: "token", "apiEndpoint"…; anything else is refused by name. */
  readonly settings: readonly string[];
  /** What the real provider notes beside its configuration. */
  readonly notes?: Props;
  open(config: Props): Provider;
}

export const text = (value: Value | undefined): string | undefined =>
  typeof value === "string" ? value : undefined;
export const number = (value: Value | undefined): number | undefined =>
  typeof value === "number" ? value : undefined;
export const flag = (value: Value | undefined): boolean | undefined =>
  typeof value === "boolean" ? value : undefined;
