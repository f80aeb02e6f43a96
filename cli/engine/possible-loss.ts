import type { FleetFacts, MachineFacts } from "../../config/fleet";
import { type StoredResource, dropletIn } from "./state";

/**
 * Changed in place, or told by `ignoreChanges` to be left: no difference in these makes a droplet
 * anew.
 */
const HARMLESS = new Set(["name", "size", "resizeDisk", "tags", "sshKeys", "userData"]);

/** What components/server.ts gives a droplet, of what makes it anew. */
const given = ({ region, image, ipv6 }: MachineFacts): Readonly<Record<string, unknown>> => ({
  region,
  image,
  ipv6,
  monitoring: true,
});

const differs = (
  inputs: Readonly<Record<string, unknown>>,
  wanted: Readonly<Record<string, unknown>>,
): boolean =>
  [...new Set([...Object.keys(inputs), ...Object.keys(wanted)])].some(
    (key) => !key.startsWith("__") && !HARMLESS.has(key) && inputs[key] !== wanted[key],
  );

/** The droplet's note in the state asks for a new one, or it never became whole. */
const isMarked = ({ taint, pendingReplacement, initErrors = [] }: StoredResource): boolean =>
  taint === true || pendingReplacement === true || initErrors.length > 0;

/**
 * `--target` and `--parallel` only leave steps out or order them; any other may delete what the
 * state and the program agree on.
 */
const mayDelete = (flags: readonly string[]): boolean =>
  flags.some((flag) => flag.startsWith("-") && flag !== "--target" && flag !== "--parallel");

/**
 * Whether an `up` with these flags could delete a machine that the state has: by the state and the
 * manifest alone, which takes no time. The engine's plan, which says it for sure, costs as long as
 * an `up` with nothing to do.
 */
export const mayLose = (
  fleet: FleetFacts,
  resources: readonly StoredResource[],
  flags: readonly string[],
): boolean =>
  (["primary", "watcher"] as const).some((role) => {
    const droplet = dropletIn(resources, role);
    if (droplet === undefined) return false;
    return (
      mayDelete(flags) || isMarked(droplet) || differs(droplet.inputs ?? {}, given(fleet[role]))
    );
  });
