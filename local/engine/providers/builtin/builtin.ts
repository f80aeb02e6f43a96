import { randomUUID } from "node:crypto";

import { hasSecret, type Props, type Value } from "../../values/value";
import { inputDiff } from "../diff";
import { type Kind, type Package, text } from "../provider";

/** What Pulumi's own resources and functions need to know. */
export interface Surroundings {
  /** Another stack's outputs, by "stack", "organization/stack" or "organization/project/stack". */
  readonly stackOutputs: (name: string) => Promise<Props>;
  /** A resource that this run has made or read. */
  readonly resource: (
    urn: string,
  ) => { readonly id?: string; readonly provider?: string; readonly outputs: Props } | undefined;
}

const readStack = async ({ stackOutputs }: Surroundings, name: string): Promise<Props> => {
  const outputs = await stackOutputs(name);
  return {
    name,
    outputs,
    secretOutputNames: Object.entries(outputs)
      .flatMap(([key, value]) => (hasSecret(value) ? [key] : []))
      .sort(),
  };
};

const stackReference = (around: Surroundings): Kind => ({
  diff: () => ({ detailed: {}, replaces: [] }),
  create: () =>
    Promise.reject(
      new Error("a StackReference is read, not made. Update @pulumi/pulumi in this project."),
    ),
  read: async ({ id, inputs }) => {
    const name = text(inputs["name"]);
    if (name === undefined) throw new Error("stack reference can not be imported");
    return { id, inputs, outputs: await readStack(around, name) };
  },
});

const given = ({ input }: Props): Value => input ?? null;
const kept = ({ output }: Props): Value => output ?? null;

/** Keeps the first value that it was given. */
const stash: Kind = {
  repeats: { output: "input" },
  check: (inputs) => ({
    inputs,
    failures:
      inputs["input"] === undefined
        ? [{ property: "input", reason: 'missing required property "input"' }]
        : [],
  }),
  diff: (old, now) => ({ ...inputDiff(old.inputs, now, []), rough: true }),
  create: (inputs) =>
    Promise.resolve({
      id: randomUUID(),
      outputs: { input: given(inputs), output: given(inputs) },
    }),
  update: (old, inputs) => Promise.resolve({ input: given(inputs), output: kept(old.outputs) }),
  read: (old) => Promise.resolve(old),
  delete: async () => {},
  preview: (inputs, old) => ({
    input: given(inputs),
    output: old ? kept(old.outputs) : given(inputs),
  }),
};

const found = ({ resource }: Surroundings, urn: Value | undefined): Props => {
  const state = resource(text(urn) ?? "");
  if (!state) throw new Error(`unknown resource ${text(urn) ?? ""}`);
  return {
    urn: urn ?? null,
    id: state.id ?? "",
    provider: state.provider ?? "",
    state: state.outputs,
  };
};

/** The package "pulumi", which every engine has built in. */
export const builtinPackage = (around: Surroundings): Package => ({
  settings: [],
  open: () => ({
    kinds: { "pulumi:pulumi:StackReference": stackReference(around), "pulumi:index:Stash": stash },
    lookups: {
      "pulumi:pulumi:readStackOutputs": async (args) =>
        await readStack(around, text(args["name"]) ?? ""),
      "pulumi:pulumi:getResource": async (args) =>
        await Promise.resolve(found(around, args["urn"])),
    },
  }),
});
