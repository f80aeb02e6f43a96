import type {
  ReadResourceRequest,
  RegisterResourceRequest,
  ResourceInvokeRequest,
} from "@pulumi/pulumi/proto/resource_pb";

import { EngineError } from "../errors";
import type { Alias, Goal, Invocation, ReadGoal } from "../plan/goal";
import type { HookNames } from "../state/hook-names";
import { fromWire } from "../values/wire";
import { placeOf } from "./positions";

const UNITS: Readonly<Record<string, number>> = { h: 3600, m: 60, s: 1, ms: 0.001 };

/** A duration as Pulumi writes it ("30m", "1h30m", "45s") in seconds; undefined for "". */
export const seconds = (duration: string): number | undefined => {
  if (duration === "") return undefined;
  const parts = [...duration.matchAll(/(\d+(?:\.\d+)?)(ms|h|m|s)/g)];
  if (parts.map(([whole]) => whole).join("") !== duration)
    throw new EngineError(
      `customTimeouts: "${duration}" is not a duration. Write it like 90s, 30m or 1h30m.`,
    );
  return parts.reduce((sum, [, count, unit = ""]) => sum + Number(count) * (UNITS[unit] ?? NaN), 0);
};

const aliasOf = (alias: ReturnType<RegisterResourceRequest["getAliasesList"]>[number]): Alias => {
  if (alias.hasUrn()) return { urn: alias.getUrn() };
  const spec = alias.getSpec();
  const given = (value: string | undefined): string | undefined => value || undefined;
  return {
    name: given(spec?.getName()),
    type: given(spec?.getType()),
    stack: given(spec?.getStack()),
    project: given(spec?.getProject()),
    parentUrn: given(spec?.getParenturn()),
    noParent: spec?.getNoparent(),
  };
};

/** What the engine does not do is refused here, by the name that the program's author knows. */
const refuse = (request: RegisterResourceRequest): void => {
  const unsupported: [boolean, string][] = [
    [request.getRemote(), "remote components (MLCs)"],
    [request.getReplacementTrigger() !== undefined, "replacementTrigger"],
    [request.getHidediffsList().length > 0, "hideDiffs"],
    [(request.getCustomtimeouts()?.getRead() ?? "") !== "", "customTimeouts.read"],
    [request.getStateMigrationsList().length > 0, "stateMigrations"],
    [request.getEnvvarmappingsMap().getLength() > 0, "envVarMappings"],
    [request.getPackageref() !== "", "parameterized packages"],
  ];
  const found = unsupported.filter(([used]) => used).map(([, name]) => name);
  if (found.length > 0)
    throw new EngineError(
      `${request.getType()} ${request.getName()}: ${found.join(", ")} not supported by ` +
        "the embedded engine. Use the pulumi CLI, or do without.",
    );
};

const hooksOf = (request: RegisterResourceRequest): HookNames => {
  const given = request.getHooks();
  if (!given) return {};
  const all: HookNames = {
    BeforeCreate: given.getBeforeCreateList(),
    AfterCreate: given.getAfterCreateList(),
    BeforeUpdate: given.getBeforeUpdateList(),
    AfterUpdate: given.getAfterUpdateList(),
    BeforeDelete: given.getBeforeDeleteList(),
    AfterDelete: given.getAfterDeleteList(),
    OnError: given.getOnErrorList(),
  };
  return Object.fromEntries(Object.entries(all).filter(([, names]) => names.length > 0));
};

/** The program's working directory, and the project's folder. */
export interface Folders {
  readonly program: string;
  readonly project: string;
}

type CustomTimeouts = NonNullable<Goal["customTimeouts"]>;

const timeoutsOf = (request: RegisterResourceRequest): CustomTimeouts => {
  const given = request.getCustomtimeouts();
  const all = {
    create: seconds(given?.getCreate() ?? ""),
    update: seconds(given?.getUpdate() ?? ""),
    delete: seconds(given?.getDelete() ?? ""),
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
};

const propertyDependenciesOf = (request: RegisterResourceRequest): Goal["propertyDependencies"] => {
  const dependencies: Record<string, readonly string[]> = {};
  request.getPropertydependenciesMap().forEach((value, key) => {
    dependencies[key] = value.getUrnsList();
  });
  return dependencies;
};

/** The options that are set; "" and false are gRPC's way of leaving one out. */
const optionsOf = (request: RegisterResourceRequest): Partial<Goal> => {
  const hooks = hooksOf(request);
  const customTimeouts = timeoutsOf(request);
  return {
    ...(Object.keys(hooks).length > 0 ? { hooks } : {}),
    ...(request.getParent() ? { parent: request.getParent() } : {}),
    ...(request.getProvider() ? { provider: request.getProvider() } : {}),
    ...(request.getVersion() ? { version: request.getVersion() } : {}),
    ...(request.getProtect() ? { protect: true } : {}),
    ...(request.getRetainondelete() ? { retainOnDelete: true } : {}),
    ...(request.getDeletedwith() ? { deletedWith: request.getDeletedwith() } : {}),
    ...(request.getDeletebeforereplacedefined()
      ? { deleteBeforeReplace: request.getDeletebeforereplace() }
      : {}),
    ...(Object.keys(customTimeouts).length > 0 ? { customTimeouts } : {}),
    ...(request.getImportid() ? { importId: request.getImportid() } : {}),
  };
};

/** What the program registers, as a goal. */
export const goalOf = async (request: RegisterResourceRequest, folders: Folders): Promise<Goal> => {
  refuse(request);
  const options = optionsOf(request);
  return {
    type: request.getType(),
    name: request.getName(),
    custom: request.getCustom(),
    inputs: await fromWire(request.getObject(), folders.program),
    dependencies: [...request.getDependenciesList()].sort(),
    propertyDependencies: propertyDependenciesOf(request),
    ignoreChanges: request.getIgnorechangesList(),
    replaceOnChanges: request.getReplaceonchangesList(),
    additionalSecretOutputs: request.getAdditionalsecretoutputsList(),
    replaceWith: request.getReplaceWithList(),
    aliases: [
      ...request.getAliasesList().map(aliasOf),
      ...request.getAliasurnsList().map((urn) => ({ urn })),
    ],
    ...options,
    ...placeOf(request, folders.project),
  };
};

/** What the program only looks at. */
export const readGoalOf = async (
  request: ReadResourceRequest,
  folders: Folders,
): Promise<ReadGoal> => ({
  type: request.getType(),
  name: request.getName(),
  id: request.getId(),
  inputs: await fromWire(request.getProperties(), folders.program),
  dependencies: request.getDependenciesList(),
  additionalSecretOutputs: request.getAdditionalsecretoutputsList(),
  ...(request.getParent() ? { parent: request.getParent() } : {}),
  ...(request.getProvider() ? { provider: request.getProvider() } : {}),
  ...(request.getVersion() ? { version: request.getVersion() } : {}),
  ...placeOf(request, folders.project),
});

export const invocationOf = async (
  request: ResourceInvokeRequest,
  folders: Folders,
): Promise<Invocation> => ({
  token: request.getTok(),
  args: await fromWire(request.getArgs(), folders.program),
  ...(request.getProvider() ? { provider: request.getProvider() } : {}),
  ...(request.getVersion() ? { version: request.getVersion() } : {}),
});
