import type { HookNames } from "../state/hook-names";
import type { StackFrame } from "../state/resource";
import type { Props } from "../values/value";

/**
 * What the program wants of one resource.
 * The state's Resource lists the same options, and is a type of its own all the same: here an
 * option is what the program asks for (a list is empty where it asks for none,
 * `deleteBeforeReplace` and `aliases` serve this run alone), there it is what the state file has of
 * it, and absent where the CLI leaves it out.
 */
export interface Goal {
  readonly type: string;
  readonly name: string;
  readonly custom: boolean;
  readonly inputs: Props;
  readonly parent?: string;
  readonly dependencies: readonly string[];
  readonly propertyDependencies: Readonly<Record<string, readonly string[]>>;
  /** "<urn>::<id>" of an explicit provider. */
  readonly provider?: string;
  /** The provider package's version, as the program's SDK asks for it. */
  readonly version?: string;
  readonly protect?: boolean;
  readonly retainOnDelete?: boolean;
  readonly deletedWith?: string;
  readonly ignoreChanges: readonly string[];
  readonly replaceOnChanges: readonly string[];
  readonly additionalSecretOutputs: readonly string[];
  /** Undefined: as the provider decides. */
  readonly deleteBeforeReplace?: boolean;
  readonly aliases: readonly Alias[];
  /** Seconds. */
  readonly customTimeouts?: {
    readonly create?: number;
    readonly update?: number;
    readonly delete?: number;
  };
  readonly importId?: string;
  /** URNs: made anew whenever one of these is. */
  readonly replaceWith: readonly string[];
  readonly hooks?: HookNames;
  readonly sourcePosition?: string;
  readonly stackTrace?: readonly StackFrame[];
}

/** `X.get(name, id)`: a resource that the program only looks at. */
export interface ReadGoal {
  readonly type: string;
  readonly name: string;
  readonly id: string;
  readonly inputs: Props;
  readonly parent?: string;
  readonly dependencies: readonly string[];
  /** "<urn>::<id>" of an explicit provider. */
  readonly provider?: string;
  readonly version?: string;
  readonly additionalSecretOutputs: readonly string[];
  readonly sourcePosition?: string;
  readonly stackTrace?: readonly StackFrame[];
}

/** A call of a provider's `getX` function. */
export interface Invocation {
  readonly token: string;
  readonly args: Props;
  readonly provider?: string;
  readonly version?: string;
}

export type Alias =
  | { readonly urn: string }
  | {
      readonly name?: string;
      readonly type?: string;
      readonly stack?: string;
      readonly project?: string;
      readonly parentUrn?: string;
      readonly noParent?: boolean;
    };

/** What the program is told of a registration. */
export interface Registered {
  readonly urn: string;
  /** Undefined: not known yet (in a preview). */
  readonly id?: string;
  readonly outputs: Props;
  readonly result: "success" | "fail" | "skip";
  /** Left out of this run: nobody knows what it would be. */
  readonly unknown?: boolean;
}
