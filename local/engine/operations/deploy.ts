import { messageOf } from "../errors";
import type { Sink } from "../events/events";
import { deleteLeftovers, deleteTargets } from "../plan/deletes";
import type { Deployment } from "../plan/deployment";
import { recoverPending } from "../plan/pending";
import { refreshAll } from "../plan/refresh";
import { openCallbacks } from "../program/callbacks";
import { engineService } from "../program/engine-service";
import { openHooks } from "../program/hooks";
import { monitorService } from "../program/monitor";
import { programFolder, runProgram } from "../program/program";
import { serve } from "../program/serve";
import { openTransforms } from "../program/transforms";
import { onInterrupt } from "./interrupt";
import { finish, type Outcome } from "./outcome";
import { openOperation, plainConfig, type Stack, unlock } from "./session";

/** `up` and `preview`: runs the program once and does (or tells) what it asks for. */
export const deploy = async (stack: Stack, sink: Sink, dryRun: boolean): Promise<Outcome> =>
  await withProgram(stack, sink, dryRun, "update");

/** Runs the program, and then deletes what it no longer has, or everything. */
export const withProgram = async (
  stack: Stack,
  sink: Sink,
  dryRun: boolean,
  kind: "update" | "destroy",
): Promise<Outcome> => {
  const { args, project } = stack;
  const started = Date.now();
  const abort = new AbortController();
  let deployment: Deployment | null = null;
  let complaint: string | null = null;
  let locked = false;
  const onError = (message: string, urn?: string): void => {
    // Whoever waits for the stack is told why it can't be had, and the user once, at the end.
    if (locked) return;
    // What the program makes of a resource that failed says nothing that the failure itself has not said.
    if (deployment && deployment.run.unmade.size > 0 && message.includes("failed to register"))
      sink.diagnostic("debug", message, urn);
    else if (deployment) deployment.run.error(message, urn);
    else {
      complaint = "";
      sink.diagnostic("error", message, urn);
    }
  };
  const ready = unlock(stack, true).then(async (unlocked) => {
    const opened = openOperation(stack, unlocked, sink, dryRun, abort);
    await recoverPending(opened);
    if (args.refresh) await refreshAll(opened);
    opened.hooks = hooks;
    deployment = opened;
    return { opened, unlocked };
  });
  // A wrong passphrase or a damaged state stops the program too, instead of leaving it to wait.
  ready.catch(() => {
    locked = true;
    abort.abort();
  });
  const forProgram = ready.then(({ opened }) => opened);
  forProgram.catch(() => {});
  const release = onInterrupt(() => deployment, abort, sink);
  const callbacks = openCallbacks();
  const hooks = openHooks(callbacks, dryRun, (message, urn) =>
    sink.diagnostic("warning", message, urn),
  );
  const staying = gate();
  const over = gate();
  const stay = async (): Promise<void> => {
    staying.open();
    await over.passed;
  };
  const server = await serve(
    monitorService(
      forProgram,
      { program: programFolder(project), project: project.folder },
      { transforms: openTransforms(callbacks), hooks, stay },
      onError,
    ),
    engineService(sink, onError),
  );
  try {
    const config = plainConfig(stack) ?? (await ready).unlocked.config;
    sink.prelude(shown(config));
    const program = runProgram(
      project,
      config,
      server.address,
      { stack: args.stack, dryRun, parallel: args.parallel, abort: abort.signal },
      sink,
    );
    const [{ opened }, told] = await Promise.all([
      ready,
      Promise.race([program, staying.passed.then(() => null)]),
    ]);
    const { run } = opened;
    if (complaint !== null || told !== null) run.failed = true;
    if (told) run.error(told);
    const tellOutputs = kind === "update" ? await opened.settleStackOutputs() : (): void => {};
    const remove = kind === "update" ? deleteLeftovers : deleteTargets;
    if (!run.failed && !run.stopping)
      await remove(opened).catch((error: unknown) => run.error(messageOf(error)));
    tellOutputs();
    over.open();
    await program;
    return await finish(stack, opened, sink, kind, started, config);
  } finally {
    release();
    callbacks.close();
    await server.close();
  }
};

/** A promise that waits to be opened. */
const gate = (): { readonly passed: Promise<void>; open(): void } => {
  let open = (): void => {};
  const passed = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { passed, open };
};

const shown = ({
  values,
  secretKeys,
}: {
  values: Readonly<Record<string, string>>;
  secretKeys: readonly string[];
}): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(values).map(([key, value]) => [
      key,
      secretKeys.includes(key) ? "[secret]" : value,
    ]),
  );
