import type { Invocation } from "../plan/goal";
import { hasSecret, mapProps, type Props, revealProps, Secret } from "../values/value";
import type { Deployment } from "./deployment";

/** Calls a `getX` function of a provider. What a secret went into comes back secret. */
export const invoke = async (
  { providers, run }: Deployment,
  { token, args }: Invocation,
  provider: string,
): Promise<Props> => {
  const lookup = providers.open(provider).lookups[token];
  if (!lookup) throw new Error(`the function ${token} is not supported by the embedded engine`);
  const answer = await lookup(revealProps(args), run.work("", token));
  return hasSecret(args) ? mapProps(answer, (value) => new Secret(value)) : answer;
};
