import type { FleetFacts } from "../config/fleet";
import { PRIMARY_NAMES } from "../config/primaries";
import type { Context } from "./context";
import { readResources, type StoredResource } from "./engine/state";
import { cannotRun } from "./errors";

const namesOf = (resources: readonly StoredResource[], kind: string): readonly string[] =>
  resources
    .filter(({ type }) => type === kind)
    .map(({ outputs }) => outputs?.["name"])
    .filter((name) => typeof name === "string");

/**
 * A fleet may take another name or another domain. With both it is another fleet to its machines,
 * which refuse the release once everything else has been renamed. @returns the complaint.
 */
export const isOtherFleet = (
  { name, domain }: Pick<FleetFacts, "name" | "domain">,
  stack: string,
  resources: readonly StoredResource[],
): string | undefined => {
  const domains = namesOf(resources, "digitalocean:index/domain:Domain");
  const tags = namesOf(resources, "digitalocean:index/tag:Tag");
  const [before] = PRIMARY_NAMES.map((primary) => `-${stack}-${primary}`).flatMap((end) =>
    tags.filter((one) => one.endsWith(end)).map((one) => one.slice(0, -end.length)),
  );
  if (before === undefined || before === name) return undefined;
  if (domains.length === 0 || domains.includes(domain)) return undefined;
  return `fleet.yaml: name: the stack "${stack}" is the fleet "${before}" at ${domains.join(", ")}, and this is "${name}" at ${domain}: another fleet, whose releases its machines refuse. Change one of the two, ./fleet up, then the other; or give the other fleet a stack of its own (--stack NAME).`;
};

/** Before anything is touched. */
export const refuseOtherFleet = async (context: Context, fleet: FleetFacts): Promise<void> => {
  const found = isOtherFleet(fleet, context.stack, (await readResources(context)) ?? []);
  if (found !== undefined) throw cannotRun(found);
};
