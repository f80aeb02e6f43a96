import { messageOf } from "../errors";
import { detailedDiff } from "../providers/diff";
import type { DetailedDiff, DiffKind, Kind } from "../providers/provider";
import { requirements, type Resource } from "../state/resource";
import { isProviderType } from "../urn";
import { type Props, reveal, same } from "../values/value";
import { diffed, existing } from "./apply";
import type { Deployment } from "./deployment";
import { markSecrets, remark } from "./mark";
import { kindOf } from "./planned";
import { StepFailed, StepSkipped, step } from "./run";
import { isTargeted } from "./targets";

/** `told`: the result by its own name, as in `refresh`; before an `up` it is all one "refresh". */
const refreshOne = async (
  deployment: Deployment,
  resource: Resource,
  told: boolean,
  count: (op: string) => void,
): Promise<void> => {
  const { run } = deployment;
  const kind = kindOf(deployment, resource.provider, resource.type);
  if (!kind.read) return;
  await run.perform(
    step("refresh", resource.urn, { old: resource, new: resource }, { logical: false }),
    null,
    resource,
    async () => {
      const found = await kind.read!(existing(resource), run.work(resource.urn, resource.type));
      if (!found) {
        run.journal.settle({ old: resource });
        count("delete");
        return step("delete", resource.urn, { old: resource }, { logical: false });
      }
      const inputs = remark(found.inputs, resource.inputs);
      const outputs = markSecrets(kind, resource, found.outputs, resource.outputs);
      if (same(inputs, resource.inputs) && same(outputs, resource.outputs)) {
        count("same");
        return step(
          told ? "same" : "refresh",
          resource.urn,
          { old: resource, new: resource },
          { logical: false },
        );
      }
      const now: Resource = {
        ...resource,
        id: found.id,
        inputs,
        outputs,
        modified: new Date().toISOString(),
      };
      run.journal.amend(resource, now);
      const detailed = resource.external
        ? outputDiff(resource.outputs, outputs)
        : drift(kind, resource, now);
      const op = Object.keys(detailed).length > 0 ? "update" : "same";
      count(op);
      return step(
        told ? op : "refresh",
        resource.urn,
        { old: resource, new: now },
        { logical: false, ...diffed({ detailed, replaces: [] }) },
      );
    },
  );
};

const outputDiff = (old: Props, now: Props): DetailedDiff =>
  Object.fromEntries(
    Object.entries(detailedDiff(old, now)).map(([path, { diffKind }]) => [
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
/** What the next `up` of the same program would change back, seen from here: what only the provider knows may differ without being told. */
const drift = (kind: Kind, old: Resource, now: Resource): DetailedDiff =>
  Object.fromEntries(
    Object.entries(kind.diff(existing(now), reveal(old.inputs) as Props).detailed).map(
      ([path, diff]) => [path, { ...diff, diffKind: OPPOSITE[diff.diffKind] }],
    ),
  );

/** What depends on something that is gone can't stay in the state as it was: the state would contradict itself. */
const dropDangling = ({ run: { journal } }: Deployment): void => {
  const present = new Set([...journal.fresh, ...journal.base].map(({ urn }) => urn));
  for (const resource of [...journal.base]) {
    if (requirements(resource).every((urn) => present.has(urn))) continue;
    const keep = (urns: readonly string[]): readonly string[] =>
      urns.filter((urn) => present.has(urn));
    const propertyDependencies = Object.fromEntries(
      Object.entries(resource.propertyDependencies).map(([key, urns]) => [key, keep(urns)]),
    );
    const { deletedWith, ...others } = resource;
    journal.amend(resource, {
      ...others,
      dependencies: keep(resource.dependencies),
      propertyDependencies,
      ...(deletedWith && present.has(deletedWith) ? { deletedWith } : {}),
    });
  }
};

/** Reads every resource and brings the state to what is there. One that fails stays as it was. `counted`: in the summary, as `refresh` has it; before an `up` the CLI does not count them. */
export const refreshAll = async (deployment: Deployment, counted = false): Promise<void> => {
  const { run } = deployment;
  const count = (op: string): void => {
    if (counted) run.changes[op] = (run.changes[op] ?? 0) + 1;
  };
  // Components have nothing to be read; the CLI tells and counts them all the same.
  for (const each of run.journal.base.filter(
    ({ custom, delete: gone, urn, ...rest }) =>
      !custom && !gone && isTargeted(run, urn, { custom, urn, ...rest }),
  )) {
    run.sink.before(
      step("refresh", each.urn, { old: each, new: each }, { logical: false }),
      run.options.dryRun,
    );
    run.sink.after(
      step(counted ? "same" : "refresh", each.urn, { old: each, new: each }, { logical: false }),
      run.options.dryRun,
    );
    count("same");
  }
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
        await refreshOne(deployment, resource, counted, count);
      } catch (error) {
        if (!(error instanceof StepFailed || error instanceof StepSkipped))
          run.error(messageOf(error), resource.urn);
      }
    }),
  );
  dropDangling(deployment);
  await run.journal.flush();
};
