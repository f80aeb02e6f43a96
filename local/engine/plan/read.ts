import type { ReadResourceRequest } from "@pulumi/pulumi/proto/resource_pb";

import { EngineError } from "../errors";
import type { Resource } from "../state/resource";
import { makeUrn, packageOf } from "../urn";
import { UNKNOWN_TEXTS } from "../values/signatures";
import { hasUnknown, type Props, reveal } from "../values/value";
import { fromWire } from "../values/wire";
import type { Deployment } from "./deployment";
import type { Registered } from "./goal";
import { identical } from "./identical";
import { markSecrets } from "./mark";
import { refuseProtected } from "./replace";
import { step } from "./run";

/**
 * `X.get(name, id)`: a resource that the program only looks at. It is kept in the state as external, and never changed or deleted.
 * What the stack itself has made under that name is let go where it is the same thing, and deleted at the end where it is another.
 */
export const readResource = async (
  deployment: Deployment,
  request: ReadResourceRequest,
  folder: string,
  place: Pick<Resource, "sourcePosition" | "stackTrace">,
): Promise<Registered> => {
  const { run } = deployment;
  const [type, name, id, parent] = [
    request.getType(),
    request.getName(),
    request.getId(),
    request.getParent(),
  ];
  const urn = makeUrn(run.stack, run.project, parent || undefined, type, name);
  const inputs = await fromWire(request.getProperties(), folder);
  const provider =
    request.getProvider() ||
    (await deployment.defaultProvider(packageOf(type), request.getVersion() || undefined));
  const kind = deployment.providers.kind(provider, type);
  if (!kind.read) throw new EngineError(`resources of type ${type} can't be read`);
  if (UNKNOWN_TEXTS.has(id) || hasUnknown(inputs)) return { urn, outputs: {}, result: "success" };
  const old = run.journal.base.find((each) => each.urn === urn && !each.delete);
  if (run.options.destroying && old)
    return { urn, id: old.id, outputs: old.outputs, result: "success" };
  const secret = request.getAdditionalsecretoutputsList();
  const wanted: Resource = {
    urn,
    type,
    custom: true,
    id,
    inputs,
    outputs: {},
    external: true,
    dependencies: request.getDependenciesList(),
    propertyDependencies: {},
    provider,
    ...place,
    ...(parent ? { parent } : {}),
    ...(secret.length > 0 ? { additionalSecretOutputs: secret } : {}),
  };
  const replaced = old && !old.external && old.id !== id ? old : undefined;
  if (replaced) refuseProtected(replaced);
  const op = replaced ? "read-replacement" : "read";
  let state = wanted;
  await run.perform(
    step(op, urn, { new: wanted, ...(old ? { old } : {}) }),
    null,
    wanted,
    async () => {
      const found = await kind.read!(
        { id, inputs: reveal(inputs) as Props, outputs: {} },
        run.work(urn, type),
      );
      if (!found) throw new EngineError(`resource '${id}' does not exist`);
      state = {
        ...wanted,
        id: found.id,
        outputs: markSecrets(kind, wanted, found.outputs, old?.outputs),
      };
      const quiet = old !== undefined && identical(old, state);
      run.journal.settle({
        ...(old && !replaced ? { old } : {}),
        made: quiet ? old : state,
        quiet,
      });
      if (replaced) run.journal.amend(replaced, { ...replaced, delete: true });
      return step(op, urn, { new: state, ...(old ? { old } : {}) });
    },
  );
  deployment.current.set(urn, state);
  return { urn, id: state.id, outputs: state.outputs, result: "success" };
};
