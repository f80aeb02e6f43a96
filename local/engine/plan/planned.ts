import type { Kind } from "../providers/provider";
import type { Resource } from "../state/resource";
import { isProviderType } from "../urn";
import type { Deployment } from "./deployment";
import type { Goal } from "./goal";
import { providerKind } from "./providers";

/** A goal with what it is worked out against. */
export interface Planned {
  readonly goal: Goal;
  readonly kind: Kind | null;
  readonly old?: Resource;
  /** The new state, without what only the provider can tell. */
  readonly wanted: Resource;
}

export const kindOf = (deployment: Deployment, provider: string | undefined, type: string): Kind =>
  isProviderType(type) ? providerKind(type) : deployment.providers.kind(provider!, type);
