import type { ResourceInvokeRequest } from "@pulumi/pulumi/proto/resource_pb";

import { packageOf } from "../urn";
import { hasSecret, mapProps, type Props, reveal, Secret } from "../values/value";
import { fromWire } from "../values/wire";
import type { Deployment } from "./deployment";

/** A `getX` function of a provider. What a secret went into comes back secret. */
export const invoke = async (
  deployment: Deployment,
  request: ResourceInvokeRequest,
  folder: string,
): Promise<Props> => {
  const token = request.getTok();
  const args = await fromWire(request.getArgs(), folder);
  const reference =
    request.getProvider() ||
    (await deployment.defaultProvider(packageOf(token), request.getVersion() || undefined));
  const lookup = deployment.providers.open(reference).lookups[token];
  if (!lookup) throw new Error(`the function ${token} is not supported by the embedded engine`);
  const answer = await lookup(reveal(args) as Props, deployment.run.work("", token));
  return hasSecret(args) ? mapProps(answer, (value) => new Secret(value)) : answer;
};
