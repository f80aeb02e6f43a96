import { messageOf } from "../errors";
import type { Sink } from "../events/events";
import { deleteLeftovers, deleteTargets } from "../execute/delete-in-order";
import type { Deployment } from "../execute/deployment";
import type { Hooks } from "../execute/hooks";
import { recoverInterrupted } from "../execute/interrupted";
import { refreshAll } from "../execute/refresh";
import { createRegistrar, type Registrar } from "../execute/registrar";
import { createCallbacks } from "../program/callbacks";
import { engineService } from "../program/engine-service";
import { createHooks } from "../program/hooks";
import { monitorService, type ProgramSide } from "../program/monitor";
import { programFolder, runProgram } from "../program/program";
import { type Served, serve } from "../program/serve";
import { createTransforms } from "../program/transforms";
import type { StackConfig } from "../project/stack-config";
import { onInterrupt } from "./interrupt";
import { finish, type Outcome } from "./outcome";
import { openOperation, plainConfig, providerSettings, type Stack, unlock } from "./session";

/** What ends with the program: an `up` deletes what it no longer has, a `destroy` everything. */
type Kind = "update" | "destroy";

/** `up` and `preview`: runs the program once and does (or tells) what it asks for. */
export const deploy = async (stack: Stack, sink: Sink, dryRun: boolean): Promise<Outcome> =>
  await withProgram(stack, sink, dryRun, "update");

/** A promise that waits to be opened. */
interface Gate {
  readonly passed: Promise<void>;
  readonly open: () => void;
}

const createGate = (): Gate => {
  let open = (): void => {};
  const passed = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { passed, open: () => open() };
};

/** The state, unlocked and brought up to date: what the program's calls wait for. */
interface Opened {
  readonly deployment: Deployment;
  readonly registrar: Registrar;
  readonly config: StackConfig;
}

const openState = async (
  stack: Stack,
  sink: Sink,
  dryRun: boolean,
  abort: AbortController,
  hooks: Hooks,
): Promise<Opened> => {
  const unlocked = await unlock(stack, true);
  const deployment = openOperation(stack, unlocked, sink, dryRun, abort, hooks);
  await recoverInterrupted(deployment);
  if (stack.args.refresh) await refreshAll(deployment);
  const settings = providerSettings(unlocked.config, stack.project);
  const registrar = createRegistrar(deployment, settings);
  return { deployment, registrar, config: unlocked.config };
};

/** What is known, while the program runs, of the state that is being opened beside it. */
interface Progress {
  deployment?: Deployment;
  /** The state could not be opened. */
  locked: boolean;
  /** The program has complained before the state was open. */
  complained: boolean;
}

const complaintsTo =
  (sink: Sink, progress: Progress) =>
  (message: string, urn?: string): void => {
    // Whoever waits for the stack is told why it can't be had, and the user once, at the end.
    if (progress.locked) return;
    const { deployment } = progress;
    if (!deployment) {
      progress.complained = true;
      sink.diagnostic("error", message, urn);
      return;
    }
    // What the program makes of a resource that failed says nothing that the failure itself has not
    // said.
    if (deployment.run.unmade.size > 0 && message.includes("failed to register"))
      sink.diagnostic("debug", message, urn);
    else deployment.run.error(message, urn);
  };

/** Serves what the program calls. */
const serveProgram = async (
  { project }: Stack,
  sink: Sink,
  ready: Promise<Opened>,
  side: ProgramSide,
  onError: (message: string, urn?: string) => void,
): Promise<Served> => {
  const registrar = ready.then((opened) => opened.registrar);
  // Whoever calls is told; nobody may have called yet.
  registrar.catch(() => {});
  const folders = { program: programFolder(project), project: project.folder };
  return await serve(
    monitorService(registrar, folders, side, onError),
    engineService(sink, onError),
  );
};

/** Deletes what the end of the program leaves to be deleted, unless something went wrong before. */
const deleteRest = async ({ deployment, registrar }: Opened, kind: Kind): Promise<void> => {
  const { run } = deployment;
  const tellOutputs = kind === "update" ? await registrar.settleStackOutputs() : (): void => {};
  const remove = kind === "update" ? deleteLeftovers : deleteTargets;
  if (!run.failed && !run.stopping)
    await remove(deployment).catch((error: unknown) => run.error(messageOf(error)));
  tellOutputs();
};

const shown = ({ values, secretKeys }: StackConfig): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(values).map(([key, value]) => [
      key,
      secretKeys.includes(key) ? "[secret]" : value,
    ]),
  );

/** Runs the program, and then deletes what it no longer has, or everything. */
export const withProgram = async (
  stack: Stack,
  sink: Sink,
  dryRun: boolean,
  kind: Kind,
): Promise<Outcome> => {
  const started = Date.now();
  const abort = new AbortController();
  const progress: Progress = { locked: false, complained: false };
  const callbacks = createCallbacks();
  const hooks = createHooks(callbacks, dryRun, (message, urn) =>
    sink.diagnostic("warning", message, urn),
  );
  const ready = openState(stack, sink, dryRun, abort, hooks).then((opened) => {
    progress.deployment = opened.deployment;
    return opened;
  });
  // A wrong passphrase or a damaged state stops the program too, instead of leaving it to wait.
  ready.catch(() => {
    progress.locked = true;
    abort.abort();
  });
  const release = onInterrupt(() => progress.deployment, abort, sink);
  const staying = createGate();
  const over = createGate();
  const stay = async (): Promise<void> => {
    staying.open();
    await over.passed;
  };
  const side: ProgramSide = { transforms: createTransforms(callbacks), hooks, stay };
  const server = await serveProgram(stack, sink, ready, side, complaintsTo(sink, progress));
  try {
    const config = plainConfig(stack) ?? (await ready).config;
    sink.prelude(shown(config));
    const program = runProgram(
      stack.project,
      config,
      server.address,
      { stack: stack.args.stack, dryRun, parallel: stack.args.parallel, abort: abort.signal },
      sink,
    );
    const registered = Promise.race([program, staying.passed.then(() => undefined)]);
    const [opened, complaint] = await Promise.all([ready, registered]);
    const { run } = opened.deployment;
    if (progress.complained || complaint !== undefined) run.failed = true;
    if (complaint) run.error(complaint);
    await deleteRest(opened, kind);
    over.open();
    await program;
    return await finish(stack, opened.deployment, sink, { kind, started, config });
  } finally {
    release();
    callbacks.close();
    await server.close();
  }
};
