import { randomUUID } from "node:crypto";
import { createRequire } from "node:module";
import { join } from "node:path";

import { z } from "zod";

import { EngineError } from "../errors";
import type { Sink } from "../events/events";
import type { Deployment } from "../execute/deployment";
import { StepFailed, step } from "../execute/run";
import { now } from "../execute/settle";
import { markSecrets } from "../plan/secrecy";
import type { Project } from "../project/project";
import type { Resource } from "../state/resource";
import {
  defaultProviderName,
  makeUrn,
  packageOf,
  providerReference,
  splitProvider,
  STACK_TYPE,
} from "../urn";
import { finish, type Outcome } from "./outcome";
import { openOperation, type Stack, unlock } from "./session";

const packageShape = z.object({ version: z.string() });

const installedVersion = (project: Project, name: string): string => {
  try {
    const load = createRequire(join(project.folder, "package.json"));
    return packageShape.parse(load(`@pulumi/${name}/package.json`)).version;
  } catch {
    throw new EngineError(
      `@pulumi/${name} is not installed in ${project.folder}. Install it, so that the program can declare the resource.`,
    );
  }
};

const plain = { dependencies: [], propertyDependencies: {}, outputs: {} } as const;

/** The stack's own resource, made where the stack has none yet. Returns its URN. */
const ensureRoot = ({ run }: Deployment): string => {
  const { journal, stack, project } = run;
  const known = journal.base.find(({ type }) => type === STACK_TYPE);
  if (known) return known.urn;
  const time = now();
  const root: Resource = {
    ...plain,
    urn: makeUrn(stack, project, undefined, STACK_TYPE, `${project}-${stack}`),
    type: STACK_TYPE,
    custom: false,
    inputs: {},
    created: time,
    modified: time,
  };
  journal.adopt(root);
  return root.urn;
};

/** A package's default provider, made where the stack has none yet. Returns its reference. */
const ensureProvider = ({ run }: Deployment, project: Project, name: string): string => {
  const { journal } = run;
  const type = `pulumi:providers:${name}`;
  const known = journal.base.find(
    (each) => each.type === type && each.urn.split("::").at(-1)?.startsWith("default"),
  );
  if (known) return providerReference(known.urn, known.id ?? "");
  const version = installedVersion(project, name);
  const id = randomUUID();
  const time = now();
  const provider: Resource = {
    ...plain,
    urn: makeUrn(run.stack, run.project, undefined, type, defaultProviderName(version)),
    type,
    custom: true,
    id,
    inputs: { __internal: {}, version },
    outputs: { version },
    created: time,
    modified: time,
  };
  journal.adopt(provider);
  return providerReference(provider.urn, id);
};

/** Reads what exists and takes it into the state. */
const adoptExisting = async (
  { run, providers }: Deployment,
  wanted: Resource,
  id: string,
): Promise<void> => {
  const { urn, type } = wanted;
  const kind = providers.kindOf(wanted);
  await run.perform({
    step: step("import", urn, { new: wanted }),
    pending: { type: "importing", resource: wanted },
    action: async () => {
      if (!kind.read) throw new EngineError(`resources of type ${type} can't be imported`);
      const found = await kind.read({ id, inputs: {}, outputs: {} }, run.work(urn, type));
      if (!found) throw new EngineError(`resource '${id}' does not exist`);
      const time = now();
      const made: Resource = {
        ...wanted,
        id: found.id,
        inputs: found.inputs,
        outputs: markSecrets(kind, { inputs: {} }, found.outputs),
        created: time,
        modified: time,
      };
      run.journal.adopt(made);
      return step("import", urn, { new: made });
    },
  });
};

/** What the import puts into the state: protected, until the program says otherwise. */
const wantedState = (
  deployment: Deployment,
  project: Project,
  [type, name, id]: readonly [string, string, string],
): Resource => {
  const { run } = deployment;
  const parent = ensureRoot(deployment);
  const provider = ensureProvider(deployment, project, packageOf(type));
  const urn = makeUrn(run.stack, run.project, undefined, type, name);
  return {
    ...plain,
    urn,
    type,
    custom: true,
    id,
    inputs: {},
    parent,
    provider,
    protect: true,
    importID: id,
  };
};

/** `import TYPE NAME ID`: what exists already, into the state. */
export const importResource = async (stack: Stack, sink: Sink): Promise<Outcome> => {
  const [type, name, id] = stack.args.rest;
  if (type === undefined || name === undefined || id === undefined)
    throw new EngineError(
      "import: expected TYPE NAME ID, as in: import digitalocean:index/tag:Tag web web",
      1,
    );
  const started = Date.now();
  const unlocked = await unlock(stack);
  const deployment = openOperation(stack, unlocked, sink, false, new AbortController());
  const { run, providers } = deployment;
  const wanted = wantedState(deployment, stack.project, [type, name, id]);
  const provider = splitProvider(wanted.provider ?? "").urn;
  run.journal.base.filter(({ urn }) => urn === provider).forEach(providers.add);
  if (run.journal.base.some(({ urn }) => urn === wanted.urn))
    throw new EngineError(`resource '${wanted.urn}' already exists in the stack`);
  // A type that no provider has is refused before anything is told.
  providers.kindOf(wanted);
  sink.prelude({});
  await adoptExisting(deployment, wanted, id).catch((error: unknown) => {
    if (!(error instanceof StepFailed)) throw error;
  });
  return await finish(stack, deployment, sink, {
    kind: "import",
    started,
    config: unlocked.config,
  });
};
