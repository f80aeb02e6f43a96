import { hidingDefaults, type Sink } from "../events/events";
import { createRun } from "../execute/create-run";
import { createDeployment, type Deployment } from "../execute/deployment";
import { type Hooks, NO_HOOKS } from "../execute/hooks";
import type { Options } from "../execute/run";
import { readProject, type Project } from "../project/project";
import {
  openStackSecrets,
  readStackConfig,
  readStackFile,
  type StackConfig,
  type StackFile,
} from "../project/stack-config";
import { openBackend, type Backend } from "../state/backend";
import {
  type Checkpoint,
  checkpointCodec,
  type CheckpointCodec,
  parseCheckpoint,
  type Snapshot,
} from "../state/checkpoint";
import { createJournal } from "../state/journal";
import type { SecretsManager } from "../state/secrets";
import { setAssetFolder } from "../values/assets";
import type { Props } from "../values/value";
import type { Arguments } from "./options";
import { readOtherStack } from "./other-stack";

/** A stack's files, read and checked; its secrets are still locked. */
export interface Stack {
  readonly args: Arguments;
  readonly project: Project;
  readonly file: StackFile;
  readonly backend: Backend;
  /** Undefined for a stack that has no state yet. */
  readonly checkpoint?: Checkpoint;
}

export const openStack = async (args: Arguments): Promise<Stack> => {
  const project = await readProject(args.cwd);
  setAssetFolder(project.folder);
  const file = await readStackFile(project, args.stack);
  const backend = await openBackend(
    process.env["PULUMI_BACKEND_URL"] || project.backendUrl || "file://~",
    project.name,
    args.stack,
  );
  const text = await backend.read();
  return {
    args,
    project,
    file,
    backend,
    checkpoint: text === undefined ? undefined : parseCheckpoint(text, backend.stackFile),
  };
};

/**
 * Configuration can be read at once where nothing in it is encrypted; then the program need not
 * wait for the key.
 */
export const plainConfig = ({ args, file, project }: Stack): StackConfig | undefined => {
  const refuse = (): never => {
    throw new Error("encrypted");
  };
  try {
    return readStackConfig(
      file,
      project,
      args.stack,
      { encrypt: refuse, decrypt: refuse, salt: "" },
      true,
    );
  } catch {
    return undefined;
  }
};

export interface Unlocked {
  readonly secrets: SecretsManager;
  readonly keepSalt: () => Promise<void>;
  readonly snapshot: Snapshot;
  readonly codec: CheckpointCodec;
  readonly config: StackConfig;
}

/**
 * `validating`: the program is going to run, and its project may want configuration that the stack
 * lacks.
 */
export const unlock = async (
  { args, project, file, backend, checkpoint }: Stack,
  validating = false,
): Promise<Unlocked> => {
  const saltInState = checkpoint?.checkpoint.latest?.secrets_providers?.state?.salt;
  const { secrets, keep } = await openStackSecrets(file, saltInState);
  const codec = checkpointCodec(
    `organization/${project.name}/${args.stack}`,
    secrets,
    backend.stackFile,
  );
  return {
    secrets,
    keepSalt: keep,
    codec,
    snapshot: checkpoint ? codec.decode(checkpoint) : { resources: [], pending: [] },
    config: readStackConfig(file, project, args.stack, secrets, validating),
  };
};

/** "digitalocean:token" and the like configure the default providers. */
export const providerSettings = (
  config: StackConfig,
  project: Project,
): Readonly<Record<string, Props>> => {
  const settings: Record<string, Record<string, string>> = {};
  for (const [key, value] of Object.entries(config.values)) {
    const [namespace = "", name = ""] = key.split(":", 2);
    if (namespace !== project.name && namespace !== "pulumi")
      (settings[namespace] ??= {})[name] = value;
  }
  return settings;
};

const optionsOf = (args: Arguments, dryRun: boolean): Options => ({
  dryRun,
  parallel: args.parallel,
  targets: new Set(args.targets),
  targetDependents: args.targetDependents,
  replaces: new Set(args.replaces),
  destroying: args.runProgram,
});

/**
 * The deployment that an operation works on. Nothing is written in a dry run. `hooks`: of the
 * program, where one runs.
 */
export const openOperation = (
  stack: Stack,
  unlocked: Unlocked,
  sink: Sink,
  dryRun: boolean,
  abort: AbortController,
  hooks: Hooks = NO_HOOKS,
): Deployment => {
  const { args, project, backend } = stack;
  const { codec, snapshot, keepSalt } = unlocked;
  let first = true;
  const write = async (now: Snapshot): Promise<void> => {
    if (dryRun) return;
    if (first) await keepSalt();
    first = false;
    await backend.write(JSON.stringify(codec.encode(now)));
  };
  const run = createRun({
    stack: args.stack,
    project: project.name,
    options: optionsOf(args, dryRun),
    journal: createJournal(snapshot, write),
    sink: hidingDefaults(sink),
    abort,
  });
  const elided = (name: string): void =>
    sink.diagnostic("info", `eliding undecryptable secrets for stack reference '${name}'`);
  return createDeployment(run, hooks, readOtherStack(backend, project.name, elided));
};
