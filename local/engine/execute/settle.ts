import { markSecrets } from "../plan/secrecy";
import type { Kind } from "../providers/provider";
import type { Resource } from "../state/resource";
import type { Props } from "../values/value";

export const now = (): string => new Date().toISOString();

/** A resource and what was there before it; a component has no kind. */
interface Made {
  readonly kind?: Kind;
  readonly old?: Resource;
}

/** The provider's bare outputs as the state has them. */
export const outputsOf = ({ kind, old }: Made, wanted: Resource, outputs: Props): Props =>
  markSecrets(kind, wanted, outputs, old?.outputs);
