import { createHash, randomBytes } from "node:crypto";

import { messageOf } from "../../errors";
import { omit } from "../../omit";
import {
  isList,
  isProps,
  mapProps,
  type Props,
  same,
  UNKNOWN,
  Unknown,
  type Value,
} from "../../values/value";
import { detailedDiff, markReplaces } from "../diff";
import {
  type CheckFailure,
  type DetailedDiff,
  type Difference,
  type Existing,
  type Kind,
  PartlyMade,
  type PropertyDiff,
  type Work,
} from "../provider";

/** One type of resource of DigitalOcean, as the provider's schema has it. Names are Pulumi's (camel case). */
export interface Spec {
  /** As in its messages: "Error creating droplet: …". */
  readonly label: string;
  readonly required: readonly string[];
  readonly defaults?: Props;
  /** What the state says where neither the program nor the API says anything. Null: an empty list or text of the API's is nothing too. */
  readonly zeros?: Props;
  /** Texts whose white space at the ends means nothing. */
  readonly trimmed?: readonly string[];
  /** The bridge's note in the state: timeouts and the schema's version. */
  readonly meta?: string;
  /** Lists whose order means nothing. */
  readonly sets?: readonly string[];
  /** What can't be changed in place. */
  readonly replaces?: readonly string[];
  /** Replaces only in some cases. */
  readonly replacesWhen?: (property: string, old: Props, now: Props) => boolean;
  /** Lists that others may add to: after a step the state says what the program gave, and only a refresh what else is there. */
  readonly shared?: readonly string[];
  /** What the state says of a property means what the program wants, in other words. */
  readonly alike?: (
    property: string,
    told: Value | undefined,
    wanted: Value | undefined,
    inputs: Props,
  ) => boolean;
  /** Inputs that the API also decides where they are left out: leaving one out is no change. */
  readonly computed?: readonly string[];
  /** Outputs that only the API knows. */
  readonly outputs?: readonly string[];
  /** Outputs that an update may change. */
  readonly volatile?: readonly string[];
  /** `name` is made up where it is left out: this is the longest it may be. */
  readonly autoName?: number;
  readonly lowerCaseName?: boolean;
  readonly validate?: (inputs: Props) => readonly CheckFailure[];
  /** Kept in the state only as SHA-1. */
  readonly hashed?: readonly string[];
  /** Posts it and waits for it; returns its id. May call `made` as soon as the id is known, and with undefined when it was taken back. */
  create(inputs: Props, work: Work, made: (id: string | undefined) => void): Promise<string>;
  /** The state as the API tells it; what the API does not tell is taken from before. Null when it is gone. */
  view(id: string, before: Props, work: Work): Promise<Props | null>;
  update?(id: string, old: Props, now: Props, work: Work): Promise<void>;
  delete(id: string, state: Props, work: Work): Promise<void>;
  /** What an interrupted creation with these inputs has left: an id, if it is surely that. `since`: when it was begun (ms); `known`: what `before` said then. */
  find?(inputs: Props, since: number, work: Work, known: Props): Promise<string | undefined>;
  before?(inputs: Props, work: Work): Promise<Props>;
  /** What an import id ("domain,id") says about the rest. */
  parseId?(id: string): { readonly id: string; readonly known: Props };
}

const hash = (value: Value): Value =>
  typeof value === "string" ? createHash("sha1").update(value).digest("hex") : value;
const isSystem = (key: string): boolean => key.startsWith("__");
const bareInputs = (inputs: Props): Props =>
  Object.fromEntries(
    Object.entries(inputs)
      .filter(([key, value]) => !isSystem(key) && value !== null)
      .map(([key, value]) => [key, withoutNotes(value)]),
  );
const withoutNotes = (value: Value): Value =>
  isList(value) ? value.map(withoutNotes) : isProps(value) ? bareInputs(value) : value;
/** The bridge notes of each block which of its properties were filled in. Those of blocks never are. */
const noted = (value: Value): Value =>
  isList(value)
    ? value.map(noted)
    : isProps(value)
      ? { ...mapProps(value, noted), __defaults: [] }
      : value;
const absent = (value: Value | undefined): value is null | undefined =>
  value === undefined || value === null;

/** Numbers, booleans and their texts are one to the provider's schema. */
const loose = (value: Value): Value =>
  typeof value === "number" || typeof value === "boolean"
    ? String(value)
    : isList(value)
      ? value.map(loose)
      : isProps(value)
        ? mapProps(bareInputs(value), loose)
        : value;
const sortedSet = (value: Value): Value =>
  isList(value)
    ? [...value].map(sortedInside).sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
    : value;
const sortedInside = (value: Value): Value =>
  isList(value)
    ? value.map(sortedInside)
    : isProps(value)
      ? Object.fromEntries(
          Object.entries(value)
            .filter(([, item]) => item !== "" && !(isList(item) && item.length === 0))
            .sort(([a], [b]) => (a < b ? -1 : 1))
            .map(([key, item]) => [key, sortedSet(item)]),
        )
      : value;

const comparable = (spec: Spec, key: string, value: Value | undefined): Value | undefined => {
  if (value === undefined || value === null) return undefined;
  if (isList(value) && value.length === 0) return undefined;
  const plain =
    spec.trimmed?.includes(key) && typeof value === "string" ? value.trim() : loose(value);
  return spec.sets?.includes(key) ? sortedSet(plain) : sortedInside(plain);
};

/** What has come to a set and what has gone from it, by the places of the elements in the two lists. */
const setDiff = (
  key: string,
  old: Value | undefined,
  now: Value | undefined,
  spec: Spec,
): DetailedDiff => {
  const texts = (value: Value | undefined): string[] =>
    isList(value)
      ? value.map((item) => JSON.stringify(comparable({ ...spec, sets: [key] }, key, [item])))
      : [];
  const [was, is] = [texts(old), texts(now)];
  const found: Record<string, PropertyDiff> = {};
  was.forEach((item, index) => {
    if (!is.includes(item)) found[`${key}[${index}]`] = { diffKind: "delete", inputDiff: true };
  });
  is.forEach((item, index) => {
    if (!was.includes(item))
      found[`${key}[${index}]`] = {
        diffKind: found[`${key}[${index}]`] ? "update" : "add",
        inputDiff: true,
      };
  });
  return found;
};

/** As the bridge does it: the wanted inputs against the state, property by property. */
const difference = (spec: Spec, old: Existing, wanted: Props): Difference => {
  const before: Record<string, Value> = {};
  const now: Record<string, Value> = {};
  for (const key of new Set([...Object.keys(wanted), ...Object.keys(old.inputs)])) {
    if (isSystem(key)) continue;
    const value = wanted[key] ?? spec.defaults?.[key] ?? spec.zeros?.[key] ?? undefined;
    if (value === undefined && (spec.computed?.includes(key) ?? false)) continue;
    if (spec.alike?.(key, old.outputs[key], value, wanted)) continue;
    const state =
      key in old.outputs
        ? old.outputs[key]
        : spec.hashed?.includes(key) && old.inputs[key] !== undefined
          ? hash(old.inputs[key])
          : old.inputs[key];
    const [was, is] = [
      comparable(spec, key, state),
      comparable(
        spec,
        key,
        value === undefined ? undefined : spec.hashed?.includes(key) ? hash(value) : value,
      ),
    ];
    if (was !== undefined) before[key] = was;
    if (is !== undefined) now[key] = is;
  }
  const sets = spec.sets?.filter((key) => isList(before[key]) || isList(now[key])) ?? [];
  const ordered = detailedDiff(omit(before, ...sets), omit(now, ...sets));
  const unordered = sets.map((key) =>
    setDiff(key, old.outputs[key] ?? old.inputs[key], wanted[key], spec),
  );
  const found = markReplaces(
    Object.assign({}, ordered, ...unordered) as DetailedDiff,
    (root) =>
      (spec.replaces?.includes(root) ?? false) || (spec.replacesWhen?.(root, before, now) ?? false),
  );
  const named =
    spec.autoName !== undefined &&
    !((wanted["__defaults"] as readonly string[] | undefined)?.includes("name") ?? false);
  return { ...found, ...(found.replaces.length > 0 && named ? { deleteBeforeReplace: true } : {}) };
};

const check =
  (spec: Spec): NonNullable<Kind["check"]> =>
  (given, old, work) => {
    const failures: CheckFailure[] = spec.required
      .filter((key) => absent(given[key]))
      .map((key) => ({ property: key, reason: "is required" }));
    failures.push(...(spec.validate?.(given) ?? []));
    const inputs: Record<string, Value> = {
      ...spec.defaults,
      ...mapProps(bareInputs(given), noted),
    };
    const byDefault = Object.keys(spec.defaults ?? {}).filter((key) => absent(given[key]));
    if (spec.autoName !== undefined && inputs["name"] === undefined) {
      const kept = (old?.["__defaults"] as readonly string[] | undefined)?.includes("name")
        ? old?.["name"]
        : undefined;
      const fresh = `${work.name.slice(0, spec.autoName - 8)}-${randomBytes(4).toString("hex").slice(0, 7)}`;
      inputs["name"] = kept ?? (spec.lowerCaseName ? fresh.toLowerCase() : fresh);
      byDefault.push("name");
    }
    return { inputs: { ...inputs, __defaults: byDefault.sort() }, failures };
  };

const rank = (value: Value): string =>
  JSON.stringify(
    isProps(value)
      ? Object.keys(value)
          .sort()
          .map((key) => value[key])
      : value,
  );
/** Terraform's order of a set: texts by their letters, blocks by those of their properties, one after another. */
const inOrder = (value: Value): Value =>
  isList(value)
    ? value
        .map((item) => (isProps(item) ? mapProps(item, inOrder) : item))
        .sort((a, b) =>
          typeof a === "number" && typeof b === "number" ? a - b : rank(a) < rank(b) ? -1 : 1,
        )
    : value;

const stateOf = (spec: Spec, view: Props, inputs: Props): Props => {
  const given = mapProps(bareInputs(inputs), (value, key) =>
    spec.hashed?.includes(key) ? hash(value) : value,
  );
  const isNothing = ([key, value]: [string, Value]): boolean =>
    spec.zeros?.[key] === null &&
    given[key] === undefined &&
    (value === "" || (isList(value) && value.length === 0));
  const told = Object.fromEntries(
    Object.entries(view).filter(([key, value]) => value !== undefined && !isNothing([key, value])),
  );
  return mapProps(
    {
      ...spec.zeros,
      ...spec.defaults,
      ...given,
      ...(spec.meta ? { __meta: spec.meta } : {}),
      ...told,
    },
    (value, key) => (spec.sets?.includes(key) ? inOrder(value) : value),
  );
};

/** The state after a creation or an update. */
const settledState = (spec: Spec, id: string, view: Props, inputs: Props): Props => {
  const given = (spec.shared ?? []).filter((key) => !absent(inputs[key]));
  return stateOf(spec, { ...omit(view, ...given), id }, inputs);
};

/** The state after a look at the API: where it says the same in other words or another order, the old words stay. */
const refreshedState = (spec: Spec, old: Props, view: Props): Props => {
  const now = mapProps(view, (value, key) =>
    key in old &&
    ((old[key] === null && value === "") ||
      same(comparable(spec, key, value), comparable(spec, key, old[key])))
      ? old[key]!
      : value,
  );
  const state: Props = {
    ...old,
    ...Object.fromEntries(Object.entries(now).filter(([, value]) => value !== undefined)),
  };
  // The bridge's notes on its own encoding describe values that are no longer there.
  return same(state, old) ? old : omit(state, RAW_STATE);
};
const RAW_STATE = "__pulumi_raw_state_delta";

/** Inputs as the API has them now; where it says the same in other words, the program's words stay. */
const refreshedInputs = (spec: Spec, old: Existing, state: Props): Props =>
  mapProps(old.inputs, (value, key) => {
    if (isSystem(key) || !(key in state) || spec.hashed?.includes(key)) return value;
    return same(comparable(spec, key, value), comparable(spec, key, state[key]))
      ? value
      : (state[key] ?? value);
  });

const importedInputs = (spec: Spec, state: Props): Props => ({
  ...Object.fromEntries(
    Object.entries(state).filter(
      ([key, value]) =>
        !isSystem(key) &&
        key !== "id" &&
        !absent(value) &&
        !(spec.outputs?.includes(key) ?? false) &&
        !(spec.hashed?.includes(key) ?? false),
    ),
  ),
  __defaults: [],
});

const wrong = (spec: Spec, doing: string, error: unknown): Error => {
  const message = `Error ${doing} ${spec.label}: ${messageOf(error)}`;
  return error instanceof PartlyMade
    ? new PartlyMade(message, error.id, error.outputs)
    : new Error(message);
};

export const resource = (spec: Spec): Kind => {
  const { parseId = (id) => ({ id, known: {} }) } = spec;
  return {
    check: check(spec),
    diff: (old, now) => difference(spec, old, now),
    create: async (inputs, work) => {
      let id: string | undefined;
      try {
        id = await spec.create(bareInputs(inputs), work, (known) => {
          id = known;
        });
        const view = await spec.view(id, stateOf(spec, {}, inputs), work);
        if (!view) throw new Error("it was gone as soon as it was made");
        return { id, outputs: settledState(spec, id, view, inputs) };
      } catch (error) {
        const made = id;
        throw wrong(
          spec,
          "creating",
          made === undefined
            ? error
            : new PartlyMade(messageOf(error), made, stateOf(spec, { id: made }, inputs)),
        );
      }
    },
    read: async (old, work) => {
      const { id, known } = parseId(old.id);
      const importing = Object.keys(old.outputs).length === 0;
      try {
        const view = await spec.view(
          id,
          importing ? { ...known, ...old.inputs } : old.outputs,
          work,
        );
        if (!view) return null;
        if (!importing) {
          const state = refreshedState(spec, old.outputs, view);
          return { id, outputs: state, inputs: refreshedInputs(spec, old, state) };
        }
        const state = stateOf(spec, { ...view, id }, { ...known, ...old.inputs });
        return { id, outputs: state, inputs: importedInputs(spec, state) };
      } catch (error) {
        throw wrong(spec, "retrieving", error);
      }
    },
    ...(spec.before ? { before: spec.before } : {}),
    ...(spec.find
      ? {
          find: async (inputs: Props, since: number, work: Work, known: Props) =>
            await spec.find!(bareInputs(inputs), since, work, known),
        }
      : {}),
    ...(spec.update
      ? {
          update: async (old: Existing, inputs: Props, work: Work): Promise<Props> => {
            try {
              await spec.update!(
                old.id,
                old.outputs,
                { ...bareInputs(spec.zeros ?? {}), ...spec.defaults, ...bareInputs(inputs) },
                work,
              );
              const view = await spec.view(
                old.id,
                { ...old.outputs, ...stateOf(spec, {}, inputs) },
                work,
              );
              if (!view) throw new Error("it is gone");
              return settledState(spec, old.id, view, inputs);
            } catch (error) {
              // Some of it may have been done: the state is to say how things are now, so that the next update does the rest only.
              const view = await spec.view(old.id, old.outputs, work).catch(() => null);
              throw wrong(
                spec,
                "updating",
                view
                  ? new PartlyMade(
                      messageOf(error),
                      old.id,
                      refreshedState(spec, old.outputs, view),
                    )
                  : error,
              );
            }
          },
        }
      : {}),
    delete: async (old, work) => {
      try {
        await spec.delete(old.id, old.outputs, work);
      } catch (error) {
        throw wrong(spec, "deleting", error);
      }
    },
    preview: (inputs, old) => {
      const unknown = (keys: readonly string[] | undefined): Props =>
        Object.fromEntries((keys ?? []).map((key) => [key, UNKNOWN]));
      if (old)
        return {
          ...old.outputs,
          ...stateOf({ ...spec, zeros: {} }, {}, inputs),
          ...unknown(spec.volatile),
        };
      return {
        ...stateOf(spec, {}, inputs),
        ...unknown(
          [...(spec.outputs ?? []), ...(spec.computed ?? [])].filter(
            (key) => inputs[key] === undefined,
          ),
        ),
      };
    },
  };
};

export const str = (value: Value | undefined): string =>
  value === undefined || value === null || value instanceof Unknown ? "" : String(value);
export const num = (value: Value | undefined): number => Number(value ?? 0);
export const list = (value: Value | undefined): readonly string[] =>
  isList(value) ? value.map(String) : [];
export const isSame = (a: Value | undefined, b: Value | undefined): boolean =>
  same(absent(a) ? undefined : loose(a), absent(b) ? undefined : loose(b));

/** As Go prints a UTC time: "2026-11-21 15:38:26 +0000 UTC". */
export const goTime = (time: string): string =>
  `${time.replace("T", " ").replace(/Z$/, "")} +0000 UTC`;

/** A UTC time to the tenth of a millisecond and a counter: what the provider ends its made-up ids with. */
export const uniqueSuffix = (): string =>
  `${new Date().toISOString().replace(/\D/g, "")}${Math.floor((performance.now() % 1) * 10)}00000001`;
