import { messageOf } from "../../errors";
import type { Props } from "../../values/value";
import { type Existing, type Kind, PartlyMade, type Work } from "../provider";
import { checkInputs } from "./check";
import type { Client } from "./client";
import { bareProps, present } from "./convert";
import { difference } from "./difference";
import type { Operations, ResourceKind, Schema } from "./kind";
import {
  importedInputs,
  previewedState,
  refreshedInputs,
  refreshedState,
  settledState,
  stateOf,
} from "./state";

const wrong = ({ label }: Schema, doing: string, error: unknown): Error => {
  const message = `Error ${doing} ${label}: ${messageOf(error)}`;
  return error instanceof PartlyMade
    ? new PartlyMade(message, error.id, error.outputs)
    : new Error(message);
};

const viewed = async (
  operations: Operations,
  id: string,
  before: Props,
  work: Work,
): Promise<Props | undefined> => {
  const told = await operations.view(id, before, work);
  return told && present(told);
};

const creating =
  (schema: Schema, operations: Operations): Kind["create"] =>
  async (inputs, work) => {
    let known: string | undefined;
    const made = (id: string | undefined): void => {
      known = id;
    };
    try {
      known = await operations.create(bareProps(inputs), work, made);
      const view = await viewed(operations, known, stateOf(schema, {}, inputs), work);
      if (!view) throw new Error("it was gone as soon as it was made");
      return { id: known, outputs: settledState(schema, known, view, inputs) };
    } catch (error) {
      if (known === undefined) throw wrong(schema, "creating", error);
      const outputs = stateOf(schema, { id: known }, inputs);
      throw wrong(schema, "creating", new PartlyMade(messageOf(error), known, outputs));
    }
  };

const reading =
  (schema: Schema, operations: Operations): NonNullable<Kind["read"]> =>
  async (old, work) => {
    const { id, known } = schema.parseId?.(old.id) ?? { id: old.id, known: {} };
    const isImport = Object.keys(old.outputs).length === 0;
    const before = isImport ? { ...known, ...old.inputs } : old.outputs;
    try {
      const view = await viewed(operations, id, before, work);
      if (!view) return undefined;
      if (isImport) {
        const outputs = stateOf(schema, { ...view, id }, before);
        return { id, outputs, inputs: importedInputs(schema, outputs) };
      }
      const outputs = refreshedState(schema, old.outputs, view);
      return { id, outputs, inputs: refreshedInputs(schema, old, outputs) };
    } catch (error) {
      throw wrong(schema, "retrieving", error);
    }
  };

/**
 * Some of an update that failed may have been done: the state is to say how things are now, so that
 * the next one does the rest only.
 */
const halfUpdated = async (
  schema: Schema,
  operations: Operations,
  old: Existing,
  error: unknown,
  work: Work,
): Promise<unknown> => {
  const view = await viewed(operations, old.id, old.outputs, work).catch(() => undefined);
  if (!view) return error;
  return new PartlyMade(messageOf(error), old.id, refreshedState(schema, old.outputs, view));
};

const updating =
  (
    schema: Schema,
    operations: Operations,
    update: NonNullable<Operations["update"]>,
  ): NonNullable<Kind["update"]> =>
  async (old, inputs, work) => {
    const wanted = {
      ...bareProps(schema.zeros ?? {}),
      ...schema.defaults,
      ...bareProps(inputs),
    };
    try {
      await update(old.id, old.outputs, wanted, work);
      const before = { ...old.outputs, ...stateOf(schema, {}, inputs) };
      const view = await viewed(operations, old.id, before, work);
      if (!view) throw new Error("it is gone");
      return settledState(schema, old.id, view, inputs);
    } catch (error) {
      throw wrong(schema, "updating", await halfUpdated(schema, operations, old, error, work));
    }
  };

/** A kind of the engine's from what DigitalOcean's provider knows of one. */
export const resource = ({ schema, operations: open }: ResourceKind, client: Client): Kind => {
  const operations = open(client);
  const { before, find, unusable, update } = operations;
  return {
    check: checkInputs(schema),
    diff: (old, now) => difference(schema, old, now),
    create: creating(schema, operations),
    read: reading(schema, operations),
    ...(before ? { before } : {}),
    ...(unusable ? { unusable: async ({ id }, work) => await unusable(id, work) } : {}),
    ...(find
      ? {
          find: async (inputs: Props, work: Work, known: Props) =>
            await find(bareProps(inputs), work, known),
        }
      : {}),
    ...(update ? { update: updating(schema, operations, update) } : {}),
    delete: async (old, work) => {
      try {
        await operations.delete(old.id, old.outputs, work);
      } catch (error) {
        throw wrong(schema, "deleting", error);
      }
    },
    preview: (inputs, old) => previewedState(schema, inputs, old),
  };
};
