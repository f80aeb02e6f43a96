import { hidingDefaults, type Sink } from "../events/events";
import { openDeployment, type Deployment } from "../plan/deployment";
import { openRun, type Options } from "../plan/run";
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
  deploymentCodec,
  parseCheckpoint,
  type Snapshot,
} from "../state/deployment";
import { openJournal } from "../state/journal";
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
  readonly checkpoint: Checkpoint | null;
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
    checkpoint: text === null ? null : parseCheckpoint(text, backend.stackFile),
  };
};

/** Configuration can be read at once where nothing in it is encrypted; then the program need not wait for the key. */
export const plainConfig = ({ args, file, project }: Stack): StackConfig | null => {
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
    return null;
  }
};

export interface Unlocked {
  readonly secrets: SecretsManager;
  readonly keepSalt: () => Promise<void>;
  readonly snapshot: Snapshot;
  readonly codec: ReturnType<typeof deploymentCodec>;
  readonly config: StackConfig;
}

/** `validating`: the program is going to run, and its project may want configuration that the stack lacks. */
export const unlock = async (
  { args, project, file, backend, checkpoint }: Stack,
  validating = false,
): Promise<Unlocked> => {
  const saltInState = checkpoint?.checkpoint.latest?.secrets_providers?.state?.salt;
  const { secrets, keep } = await openStackSecrets(file, saltInState);
  const codec = deploymentCodec(
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
const providerSettings = (
  config: StackConfig,
  project: Project,
): Readonly<Record<string, Props>> => {
  const settings: Record<string, Record<string, string>> = {};
  for (const [key, value] of Object.entries(config.values)) {
    const [namespace, name] = key.split(":", 2) as [string, string];
    if (namespace !== project.name && namespace !== "pulumi")
      (settings[namespace] ??= {})[name] = value;
  }
  return settings;
};

/** The deployment that an operation works on. Nothing is written in a dry run. */
export const openOperation = (
  stack: Stack,
  unlocked: Unlocked,
  sink: Sink,
  dryRun: boolean,
  abort: AbortController,
): Deployment => {
  const { args, project, backend } = stack;
  const { codec, snapshot, keepSalt, config } = unlocked;
  let first = true;
  const write = async (now: Snapshot): Promise<void> => {
    if (dryRun) return;
    if (first) await keepSalt();
    first = false;
    await backend.write(JSON.stringify(codec.encode(now)));
  };
  const options: Options = {
    dryRun,
    parallel: args.parallel,
    targets: new Set(args.targets),
    targetDependents: args.targetDependents,
    replaces: new Set(args.replaces),
    destroying: args.runProgram,
  };
  const run = openRun({
    stack: args.stack,
    project: project.name,
    options,
    journal: openJournal(snapshot, write),
    sink: hidingDefaults(sink),
    abort,
  });
  const elided = (name: string): void =>
    sink.diagnostic("info", `eliding undecryptable secrets for stack reference '${name}'`);
  return openDeployment(
    run,
    providerSettings(config, project),
    readOtherStack(backend, project.name, elided),
  );
};
