import { randomUUID } from "node:crypto";
import { createRequire } from "node:module";
import { join } from "node:path";

import { EngineError } from "../errors";
import type { Sink } from "../events/events";
import type { Deployment } from "../plan/deployment";
import { markSecrets } from "../plan/mark";
import { kindOf } from "../plan/planned";
import { StepFailed, step } from "../plan/run";
import type { Project } from "../project/project";
import type { Resource } from "../state/resource";
import { makeUrn, packageOf, STACK_TYPE } from "../urn";
import { finish, type Outcome } from "./outcome";
import { openOperation, type Stack, unlock } from "./session";

const installedVersion = (project: Project, name: string): string => {
  try {
    return (
      createRequire(join(project.folder, "package.json"))(`@pulumi/${name}/package.json`) as {
        version: string;
      }
    ).version;
  } catch {
    throw new EngineError(
      `@pulumi/${name} is not installed in ${project.folder}. Install it, so that the program can declare the resource.`,
    );
  }
};

const plain = { dependencies: [], propertyDependencies: {}, outputs: {} } as const;

/** The stack's own resource and the package's default provider, made where the stack has none yet. */
const foundations = (
  { run }: Deployment,
  project: Project,
  name: string,
): { root: string; provider: string } => {
  const { journal } = run;
  const now = new Date().toISOString();
  let root = journal.base.find(({ type }) => type === STACK_TYPE);
  if (!root) {
    root = {
      ...plain,
      urn: makeUrn(run.stack, run.project, undefined, STACK_TYPE, `${run.project}-${run.stack}`),
      type: STACK_TYPE,
      custom: false,
      inputs: {},
      created: now,
      modified: now,
    };
    journal.adopt(root);
  }
  const type = `pulumi:providers:${name}`;
  let provider = journal.base.find(
    (each) => each.type === type && each.urn.split("::").at(-1)!.startsWith("default"),
  );
  if (!provider) {
    const version = installedVersion(project, name);
    provider = {
      ...plain,
      urn: makeUrn(
        run.stack,
        run.project,
        undefined,
        type,
        `default_${version.replace(/[^A-Za-z0-9-]/g, "_")}`,
      ),
      type,
      custom: true,
      id: randomUUID(),
      inputs: { __internal: {}, version },
      outputs: { version },
      created: now,
      modified: now,
    };
    journal.adopt(provider);
  }
  return { root: root.urn, provider: `${provider.urn}::${provider.id!}` };
};

/** `import TYPE NAME ID`: what exists already, into the state; protected, until the program says otherwise. */
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
  const { run } = deployment;
  const { root, provider } = foundations(deployment, stack.project, packageOf(type));
  run.journal.base
    .filter((each) => each.urn === provider.slice(0, provider.lastIndexOf("::")))
    .forEach(deployment.providers.add);
  const urn = makeUrn(run.stack, run.project, undefined, type, name);
  if (run.journal.base.some((each) => each.urn === urn))
    throw new EngineError(`resource '${urn}' already exists in the stack`);
  const kind = kindOf(deployment, provider, type);
  sink.prelude({});
  const wanted: Resource = {
    ...plain,
    urn,
    type,
    custom: true,
    id,
    inputs: {},
    parent: root,
    provider,
    protect: true,
    importID: id,
  };
  await run
    .perform(step("import", urn, { new: wanted }), "importing", wanted, async () => {
      if (!kind.read) throw new EngineError(`resources of type ${type} can't be imported`);
      const found = await kind.read({ id, inputs: {}, outputs: {} }, run.work(urn, type));
      if (!found) throw new EngineError(`resource '${id}' does not exist`);
      const now = new Date().toISOString();
      const made: Resource = {
        ...wanted,
        id: found.id,
        inputs: found.inputs,
        outputs: markSecrets(kind, { inputs: {} }, found.outputs),
        created: now,
        modified: now,
      };
      run.journal.adopt(made);
      return step("import", urn, { new: made });
    })
    .catch((error: unknown) => {
      if (!(error instanceof StepFailed)) throw error;
    });
  return await finish(stack, deployment, sink, "import", started, unlocked.config);
};
