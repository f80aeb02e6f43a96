import { EngineError } from "../errors";
import { type Checkpoint, envelopeOf } from "../state/checkpoint";
import { renamed, tidy } from "../state/edit";
import type { StoredResource } from "../state/resource";
import type { Arguments } from "./options";
import type { Stack } from "./session";

/** What is changed is a state's own JSON: no secret has to be opened for it. */
type Resources = readonly StoredResource[];
type Edit = (resources: Resources, args: Arguments) => Resources;

const named = (resources: Resources, urn: string): StoredResource => {
  const found = resources.find((one) => one.urn === urn && !one.delete);
  if (found) return found;
  throw new EngineError(`No such resource "${urn}" exists in the current state`);
};

const refersTo = (one: StoredResource, urn: string): boolean =>
  one.dependencies.includes(urn) ||
  Object.values(one.propertyDependencies).flat().includes(urn) ||
  one.parent === urn ||
  one.deletedWith === urn ||
  (one.provider?.startsWith(`${urn}::`) ?? false);

const urnsOf = ({ rest }: Arguments): readonly string[] => {
  const urns = rest.slice(1);
  if (urns.length > 0) return urns;
  throw new EngineError(`state ${rest[0]}: the resource's URN is missing. See --help.`);
};

const marking =
  (mark: "protect" | "taint", value: boolean): Edit =>
  (resources, args) => {
    const urns = args.all ? resources.map(({ urn }) => urn) : urnsOf(args);
    const chosen = new Set(urns.map((urn) => named(resources, urn).urn));
    return resources.map((one) => (chosen.has(one.urn) ? { ...one, [mark]: value } : one));
  };

const dependentsOf = (resources: Resources, urn: string): ReadonlySet<string> => {
  const found = new Set<string>([urn]);
  for (const one of resources)
    if ([...found].some((each) => refersTo(one, each))) found.add(one.urn);
  found.delete(urn);
  return found;
};

const remove: Edit = (resources, args) => {
  const gone = new Set<string>();
  for (const urn of urnsOf(args)) {
    if (named(resources, urn).protect && !args.force)
      throw new EngineError(
        `${urn} can't be deleted from the state: it is protected. Pass --force to delete it all the same.`,
      );
    const dependents = dependentsOf(resources, urn);
    if (dependents.size > 0 && !args.targetDependents)
      throw new EngineError(
        "This resource can't be safely deleted because the following resources depend on " +
          "it:\n" +
          `${[...dependents].map((each) => ` * ${each}`).join("\n")}\n` +
          "Delete those resources first or pass --target-dependents.",
      );
    for (const each of [urn, ...dependents]) gone.add(each);
  }
  return resources.filter(({ urn }) => !gone.has(urn));
};

const rename: Edit = (resources, args) => {
  const [urn = "", name, ...more] = urnsOf(args);
  if (name === undefined || name === "" || name.includes("::") || more.length > 0)
    throw new EngineError("state rename wants a URN and the resource's new name. See --help.");
  named(resources, urn);
  const to = [...urn.split("::").slice(0, -1), name].join("::");
  if (resources.some((one) => one.urn === to))
    throw new EngineError(`cannot rename ${urn}: there is a resource ${to} already`);
  return resources.map((one) => renamed(one, (each) => (each === urn ? to : each)));
};

const EDITS: Readonly<Record<string, { readonly edit: Edit; readonly done: string }>> = {
  delete: { edit: remove, done: "Resource deleted" },
  protect: { edit: marking("protect", true), done: "Resource protected" },
  unprotect: { edit: marking("protect", false), done: "Resource unprotected" },
  taint: { edit: marking("taint", true), done: "Resource tainted" },
  untaint: { edit: marking("taint", false), done: "Resource untainted" },
  rename: { edit: rename, done: "Resource renamed" },
};

const edited = ({ checkpoint }: Checkpoint, resources: Resources): object => ({
  ...envelopeOf(resources),
  checkpoint: { ...checkpoint, latest: { ...checkpoint.latest, resources: resources.map(tidy) } },
});

/**
 * `state delete|protect|unprotect|rename|taint|untaint`: changes what the state says, and nothing
 * that it speaks of.
 */
export const editState = async (stack: Stack): Promise<number> => {
  const { args, checkpoint, backend } = stack;
  const [verb = ""] = args.rest;
  const known = EDITS[verb];
  if (!known)
    throw new EngineError(
      `unknown command "state ${verb}". It knows ${Object.keys(EDITS).join(", ")}.`,
    );
  if (checkpoint === undefined) throw new EngineError(`no stack named '${args.stack}' found`, 6);
  const resources = known.edit(checkpoint.checkpoint.latest?.resources ?? [], args);
  await backend.write(JSON.stringify(edited(checkpoint, resources)));
  process.stdout.write(`${known.done}\n`);
  return 0;
};
