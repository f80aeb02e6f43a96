import type { Props, Value } from "../../values/value";
import type { CheckFailure, Work } from "../provider";
import type { Client } from "./client";
import type { Told } from "./convert";

export interface ImportedId {
  readonly id: string;
  readonly known: Props;
}

/** What the provider's schema says of one type of resource. Names are Pulumi's (camel case). */
export interface Schema {
  /** As in its messages: "Error creating droplet: …". */
  readonly label: string;
  readonly required: readonly string[];
  readonly defaults?: Props;
  /**
   * What the state says where neither the program nor the API says anything. Null: an empty list or
   * text of the API's is nothing too.
   */
  readonly zeros?: Props;
  /** Texts whose white space at the ends means nothing. */
  readonly trimmed?: readonly string[];
  /** The bridge's note in the state: timeouts and the schema's version. */
  readonly meta?: string;
  /** Lists whose order means nothing. */
  readonly sets?: readonly string[];
  /** What can't be changed in place. */
  readonly replaces?: readonly string[];
  /** Replaces only in some cases. */
  readonly replacesWhen?: (property: string, old: Props, now: Props) => boolean;
  /**
   * Lists that others may add to: after a step the state says what the program gave, and only a
   * refresh what else is there.
   */
  readonly shared?: readonly string[];
  /** What the state says of a property means what the program wants, in other words. */
  readonly alike?: (
    property: string,
    told: Value | undefined,
    wanted: Value | undefined,
    inputs: Props,
  ) => boolean;
  /** Inputs that the API also decides where they are left out: leaving one out is no change. */
  readonly computed?: readonly string[];
  /** Outputs that only the API knows. */
  readonly outputs?: readonly string[];
  /** Outputs that an update may change. */
  readonly volatile?: readonly string[];
  /** `name` is made up where it is left out: this is the longest it may be. */
  readonly autoName?: number;
  readonly lowerCaseName?: boolean;
  readonly validate?: (inputs: Props) => readonly CheckFailure[];
  /** Kept in the state only as SHA-1. */
  readonly hashed?: readonly string[];
  /** What an import id ("domain,id") says about the rest. */
  readonly parseId?: (id: string) => ImportedId;
}

/** What is done to one type of resource by the API. */
export interface Operations {
  /**
   * Posts it and waits for it; returns its id. May call `made` as soon as the id is known, and with
   * undefined when it was taken back.
   */
  readonly create: (
    inputs: Props,
    work: Work,
    made: (id: string | undefined) => void,
  ) => Promise<string>;
  /**
   * The state as the API tells it; what the API does not tell is taken from before. Undefined when
   * it is gone.
   */
  readonly view: (id: string, before: Props, work: Work) => Promise<Told | undefined>;
  /**
   * Why what a creation has left can never be used; undefined where it can. Waits for what is still
   * under way.
   */
  readonly unusable?: (id: string, work: Work) => Promise<string | undefined>;
  readonly update?: (id: string, old: Props, now: Props, work: Work) => Promise<void>;
  readonly delete: (id: string, state: Props, work: Work) => Promise<void>;
  /**
   * What an interrupted creation with these inputs has left: an id, if it is surely that. `known`: what
   * `before` said when it was begun.
   */
  readonly find?: (inputs: Props, work: Work, known: Props) => Promise<string | undefined>;
  readonly before?: (inputs: Props, work: Work) => Promise<Props>;
}

/** One type of resource of DigitalOcean: a file of its own, and a line in the registry. */
export interface ResourceKind {
  readonly schema: Schema;
  readonly operations: (client: Client) => Operations;
}
