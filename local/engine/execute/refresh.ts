import { messageOf } from "../errors";
import type { Op, Step } from "../events/events";
import { toldDifference } from "../plan/difference";
import { existing } from "../plan/existing";
import { markSecrets, remark } from "../plan/secrecy";
import { isTargeted } from "../plan/targets";
import { detailedDiff } from "../providers/diff";
import type { DetailedDiff, DiffKind, Existing, Kind } from "../providers/provider";
import { requirements, type Resource } from "../state/resource";
import { isProviderType } from "../urn";
import { type Props, revealProps, same } from "../values/value";
import type { Deployment } from "./deployment";
import { type Run, StepFailed, StepSkipped, step } from "./run";
import { now } from "./settle";

/**
 * How a refresh is told. As `refresh`: each result by its own name, and in the summary. Before an
 * `up`: all one "refresh", and not counted, as with the CLI.
 */
interface Telling {
  readonly opOf: (result: Op) => Op;
  readonly count: (result: Op) => void;
}

const tellingOf = ({ changes }: Run, asRefresh: boolean): Telling => ({
  opOf: (result) => (asRefresh ? result : "refresh"),
  count: (result) => {
    if (asRefresh) changes[result] = (changes[result] ?? 0) + 1;
  },
});

const outputDiff = (old: Props, found: Props): DetailedDiff =>
  Object.fromEntries(
    Object.entries(detailedDiff(old, found)).map(([path, { diffKind }]) => [
      path,
      { diffKind, inputDiff: false },
    ]),
  );

const OPPOSITE: Readonly<Record<DiffKind, DiffKind>> = {
  add: "delete",
  delete: "add",
  update: "update",
  "add-replace": "delete-replace",
  "delete-replace": "add-replace",
  "update-replace": "update-replace",
};
/**
 * What the next `up` of the same program would change back, seen from here: what only the provider
 * knows may differ without being told.
 */
const drift = (kind: Kind, old: Resource, found: Resource): DetailedDiff =>
  Object.fromEntries(
    Object.entries(kind.diff(existing(found), revealProps(old.inputs)).detailed).map(
      ([path, diff]) => [path, { ...diff, diffKind: OPPOSITE[diff.diffKind] }],
    ),
  );

/** What was found, as the state has it; the very same resource where nothing is different. */
const foundState = (kind: Kind, resource: Resource, found: Existing): Resource => {
  const inputs = remark(found.inputs, resource.inputs);
  const outputs = markSecrets(kind, resource, found.outputs, resource.outputs);
  return same(inputs, resource.inputs) && same(outputs, resource.outputs)
    ? resource
    : {
        ...resource,
        id: found.id,
        inputs,
        outputs,
        modified: now(),
      };
};

/** Brings the state to what was found, and returns the step that tells it. */
const settleFound = (
  { journal }: Run,
  kind: Kind,
  resource: Resource,
  found: Existing | undefined,
  { opOf, count }: Telling,
): Step => {
  const { urn } = resource;
  if (!found) {
    journal.settle({ old: resource });
    count("delete");
    return step("delete", urn, { old: resource }, { logical: false });
  }
  const state = foundState(kind, resource, found);
  if (state === resource) {
    count("same");
    return step(opOf("same"), urn, { old: resource, new: resource }, { logical: false });
  }
  journal.amend(resource, state);
  const detailed = resource.external
    ? outputDiff(resource.outputs, state.outputs)
    : drift(kind, resource, state);
  const result = Object.keys(detailed).length > 0 ? "update" : "same";
  count(result);
  const told = toldDifference({ detailed, replaces: [] });
  return step(opOf(result), urn, { old: resource, new: state }, { logical: false, ...told });
};

const refreshOne = async (
  { run, providers }: Deployment,
  resource: Resource,
  telling: Telling,
): Promise<void> => {
  const kind = providers.kindOf(resource);
  if (!kind.read) return;
  const { urn, type } = resource;
  await run.perform({
    step: step("refresh", urn, { old: resource, new: resource }, { logical: false }),
    action: async () => {
      const found = await kind.read?.(existing(resource), run.work(urn, type));
      return settleFound(run, kind, resource, found, telling);
    },
  });
};

/** Components have nothing to be read; the CLI tells and counts them all the same. */
const tellComponent = (
  { sink, options }: Run,
  resource: Resource,
  { opOf, count }: Telling,
): void => {
  const states = { old: resource, new: resource };
  sink.before(step("refresh", resource.urn, states, { logical: false }), options.dryRun);
  sink.after(step(opOf("same"), resource.urn, states, { logical: false }), options.dryRun);
  count("same");
};

/**
 * What depends on something that is gone can't stay in the state as it was: the state would
 * contradict itself.
 */
const dropDangling = ({ journal }: Run): void => {
  const present = new Set([...journal.fresh, ...journal.base].map(({ urn }) => urn));
  const presentOf = (urns: readonly string[]): readonly string[] =>
    urns.filter((urn) => present.has(urn));
  for (const resource of [...journal.base]) {
    if (requirements(resource).every((urn) => present.has(urn))) continue;
    const propertyDependencies = Object.fromEntries(
      Object.entries(resource.propertyDependencies).map(([key, urns]) => [key, presentOf(urns)]),
    );
    const { deletedWith, ...others } = resource;
    journal.amend(resource, {
      ...others,
      dependencies: presentOf(resource.dependencies),
      propertyDependencies,
      ...(deletedWith && present.has(deletedWith) ? { deletedWith } : {}),
    });
  }
};

/**
 * Reads every resource and brings the state to what is there. One that fails stays as it was.
 * `asRefresh`: told as `refresh` does, not as what comes before an `up`.
 */
export const refreshAll = async (deployment: Deployment, asRefresh = false): Promise<void> => {
  const { run } = deployment;
  const telling = tellingOf(run, asRefresh);
  const components = run.journal.base.filter(
    (each) => !each.custom && !each.delete && isTargeted(run, each.urn, each),
  );
  for (const each of components) tellComponent(run, each, telling);
  const due = run.journal.base.filter(
    (each) =>
      each.custom &&
      !each.delete &&
      !each.pendingReplacement &&
      !isProviderType(each.type) &&
      isTargeted(run, each.urn, each),
  );
  await Promise.all(
    due.map(async (resource) => {
      try {
        await refreshOne(deployment, resource, telling);
      } catch (error) {
        if (!(error instanceof StepFailed || error instanceof StepSkipped))
          run.error(messageOf(error), resource.urn);
      }
    }),
  );
  dropDangling(run);
  await run.journal.flush();
};
