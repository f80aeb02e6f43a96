import type { Callback } from "@pulumi/pulumi/proto/callback_pb";
import {
  RegisterResourceRequest,
  TransformRequest,
  TransformResourceOptions,
  TransformResponse,
} from "@pulumi/pulumi/proto/resource_pb";
import { Struct, type JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb";

import { OUTPUT, SECRET, SIGNATURE, UNKNOWN_TEXTS } from "../values/signatures";
import type { Callbacks } from "./callbacks";

/** Properties as they are on the wire, with Pulumi's marks. */
type Plain = Readonly<Record<string, JavaScriptValue>>;

const isObject = (value: JavaScriptValue | undefined): value is Plain =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isList = (value: JavaScriptValue | undefined): value is readonly JavaScriptValue[] =>
  Array.isArray(value);

const mapEntries = (
  object: Plain,
  change: (value: JavaScriptValue, key: string) => JavaScriptValue,
): Plain =>
  Object.fromEntries(Object.entries(object).map(([key, item]) => [key, change(item, key)]));

/** A transform sees secrets and what is not known yet as Outputs, as a program does. */
const asOutputs = (value: JavaScriptValue): JavaScriptValue => {
  if (typeof value === "string") return UNKNOWN_TEXTS.has(value) ? { [SIGNATURE]: OUTPUT } : value;
  if (isList(value)) return value.map(asOutputs);
  if (!isObject(value)) return value;
  if (value[SIGNATURE] === SECRET)
    return { [SIGNATURE]: OUTPUT, value: asOutputs(value["value"] ?? null), secret: true };
  return mapEntries(value, asOutputs);
};

const withDependencies = (value: JavaScriptValue, urns: readonly string[]): JavaScriptValue => {
  if (urns.length === 0) return value;
  return isObject(value) && value[SIGNATURE] === OUTPUT
    ? { ...value, dependencies: urns }
    : { [SIGNATURE]: OUTPUT, value, dependencies: urns };
};

/** The resources that an Output inside a value came from. */
const dependenciesOf = (value: JavaScriptValue): readonly string[] => {
  if (isList(value)) return value.flatMap(dependenciesOf);
  if (!isObject(value)) return [];
  const named = value[SIGNATURE] === OUTPUT ? value["dependencies"] : undefined;
  const own = isList(named) ? named.filter((urn) => typeof urn === "string") : [];
  return [...own, ...Object.values(value).flatMap(dependenciesOf)];
};

const optionsOf = (request: RegisterResourceRequest): TransformResourceOptions => {
  const options = new TransformResourceOptions();
  options.setDependsOnList(request.getDependenciesList());
  if (request.hasProtect()) options.setProtect(request.getProtect() ?? false);
  options.setIgnoreChangesList(request.getIgnorechangesList());
  options.setReplaceOnChangesList(request.getReplaceonchangesList());
  options.setVersion(request.getVersion());
  options.setAliasesList(request.getAliasesList());
  options.setProvider(request.getProvider());
  options.setCustomTimeouts(request.getCustomtimeouts());
  options.setPluginDownloadUrl(request.getPlugindownloadurl());
  if (request.hasRetainondelete()) options.setRetainOnDelete(request.getRetainondelete() ?? false);
  options.setDeletedWith(request.getDeletedwith());
  if (request.getDeletebeforereplacedefined())
    options.setDeleteBeforeReplace(request.getDeletebeforereplace());
  options.setAdditionalSecretOutputsList(request.getAdditionalsecretoutputsList());
  request.getProvidersMap().forEach((value, key) => {
    options.getProvidersMap().set(key, value);
  });
  options.setHooks(request.getHooks());
  options.setImport(request.getImportid());
  options.setReplaceWithList(request.getReplaceWithList());
  options.setReplacementTrigger(request.getReplacementTrigger());
  return options;
};

/** Puts what the transforms have left into the request. */
const apply = (request: RegisterResourceRequest, options: TransformResourceOptions): void => {
  request.setDependenciesList(options.getDependsOnList());
  if (options.hasProtect()) request.setProtect(options.getProtect() ?? false);
  else request.clearProtect();
  request.setIgnorechangesList(options.getIgnoreChangesList());
  request.setReplaceonchangesList(options.getReplaceOnChangesList());
  request.setVersion(options.getVersion());
  request.setAliasesList(options.getAliasesList());
  request.setProvider(options.getProvider());
  request.setCustomtimeouts(options.getCustomTimeouts());
  if (options.hasRetainOnDelete()) request.setRetainondelete(options.getRetainOnDelete() ?? false);
  else request.clearRetainondelete();
  request.setDeletedwith(options.getDeletedWith());
  request.setDeletebeforereplacedefined(options.hasDeleteBeforeReplace());
  request.setDeletebeforereplace(options.getDeleteBeforeReplace() ?? false);
  request.setAdditionalsecretoutputsList(options.getAdditionalSecretOutputsList());
  request.setHooks(options.getHooks());
  request.setImportid(options.getImport());
  request.setReplaceWithList(options.getReplaceWithList());
  request.setReplacementTrigger(options.getReplacementTrigger());
};

/**
 * After a resource's own transforms the properties themselves say where they come from; else that
 * is added to what the program has said.
 */
const keepDependencies = (
  request: RegisterResourceRequest,
  properties: Plain,
  anew: boolean,
): void => {
  const map = request.getPropertydependenciesMap();
  const before = new Map<string, readonly string[]>();
  map.forEach((value, key) => {
    before.set(key, value.getUrnsList());
  });
  map.clear();
  const all = new Set(request.getDependenciesList());
  for (const [key, value] of Object.entries(properties)) {
    const urns = [...new Set([...(anew ? [] : (before.get(key) ?? [])), ...dependenciesOf(value)])];
    const entry = new RegisterResourceRequest.PropertyDependencies();
    entry.setUrnsList(urns);
    map.set(key, entry);
    if (anew) urns.forEach((urn) => all.add(urn));
  }
  request.setDependenciesList([...all]);
};

const requestFor = (
  request: RegisterResourceRequest,
  properties: Plain,
  options: TransformResourceOptions,
): TransformRequest => {
  const asked = new TransformRequest();
  asked.setType(request.getType());
  asked.setName(request.getName());
  asked.setCustom(request.getCustom());
  asked.setParent(request.getParent());
  asked.setProperties(Struct.fromJavaScript(properties));
  asked.setOptions(options);
  return asked;
};

/**
 * The properties as a resource's own transforms see them: each says which resources it came from.
 */
const propertiesOf = (request: RegisterResourceRequest, withOwn: boolean): Plain => {
  const properties = mapEntries(request.getObject()?.toJavaScript() ?? {}, asOutputs);
  if (!withOwn) return properties;
  const urns = request.getPropertydependenciesMap();
  return mapEntries(properties, (value, key) =>
    withDependencies(value, urns.get(key)?.getUrnsList() ?? []),
  );
};

/** The program's `transforms`: a resource's own, then its parents', then the stack's. */
export interface Transforms {
  readonly addForStack: (callback: Callback) => void;
  /** Changes the request as they say. */
  readonly run: (request: RegisterResourceRequest) => Promise<void>;
  /** What is registered under this URN passes its transforms on to its children. */
  readonly keep: (urn: string, request: RegisterResourceRequest) => void;
}

interface OfResource {
  readonly own: readonly Callback[];
  readonly parent: string;
}

export const createTransforms = ({ invoke }: Callbacks): Transforms => {
  const ofStack: Callback[] = [];
  const ofResource = new Map<string, OfResource>();
  const inherited = (urn: string): readonly Callback[] => {
    const found = ofResource.get(urn);
    return found ? [...found.own, ...inherited(found.parent)] : [];
  };
  return {
    addForStack: (callback) => {
      ofStack.push(callback);
    },
    keep: (urn, request) => {
      ofResource.set(urn, { own: request.getTransformsList(), parent: request.getParent() });
    },
    run: async (request) => {
      const own = request.getTransformsList();
      const all = [...own, ...inherited(request.getParent()), ...ofStack];
      if (all.length === 0) return;
      let properties = propertiesOf(request, own.length > 0);
      let options = optionsOf(request);
      for (const callback of all) {
        const asked = requestFor(request, properties, options);
        const answer = TransformResponse.deserializeBinary(
          await invoke(callback, asked.serializeBinary()),
        );
        options = answer.getOptions() ?? options;
        properties = answer.getProperties()?.toJavaScript() ?? properties;
      }
      apply(request, options);
      request.setObject(Struct.fromJavaScript(properties));
      keepDependencies(request, properties, own.length > 0);
    },
  };
};
