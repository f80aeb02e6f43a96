import type { Role } from "@second-server/contract/roles";

import type { Context } from "./context";
import { type Ask, type Droplet, askCloud, dropletById } from "./droplets";
import { dropletIn, readResources } from "./engine/state";
import { failed } from "./errors";
import type { Reporter } from "./progress/reporter";
import { until } from "./wait";

const PATIENCE_SECONDS = 300;

/** A machine of the stack's state. */
interface Wanted {
  readonly role: Role;
  readonly id: string;
}

const turnOn = async (
  ask: Ask,
  role: Role,
  { id, name }: Droplet,
  reporter: Reporter,
): Promise<void> => {
  const [key, label] = [`power:${id}`, `powering on ${name} (droplet ${id}), which is off`];
  const began = Date.now();
  reporter.running(key, label);
  const { action } = (await ask("POST", `/v2/droplets/${id}/actions`, { type: "power_on" })) as {
    action: { id: number };
  };
  const status = await until(
    async () => {
      const { action: now } = (await ask("GET", `/v2/actions/${action.id}`)) as {
        action: { status: string };
      };
      return now.status === "in-progress" ? undefined : now.status;
    },
    { seconds: PATIENCE_SECONDS, everyMs: 1000 },
  );
  reporter.done(key, `powered on ${name}, which was off`, (Date.now() - began) / 1000, {
    failed: status !== "completed",
  });
  if (status !== "completed")
    throw failed(
      `fleet up: the droplet "${name}" (${id}) is off and could not be powered on (${status ?? `still under way after ${PATIENCE_SECONDS} s`}). Look at its console, or make it anew: ./fleet recover ${role} --force`,
    );
};

const goneAre = (context: Context, gone: readonly Wanted[]): Error => {
  const stack = context.local ? "" : ` --stack ${context.stack}`;
  const which = gone.map(({ role, id }) => `the ${role} (droplet ${id})`).join(" and ");
  const remedy =
    gone.length === 1
      ? `Make it anew, with what there is of its data: ./fleet recover ${gone[0]!.role}${stack}`
      : `Make both anew, without data: ./fleet up --refresh${stack}`;
  return failed(
    `fleet up: ${which} ${gone.length === 1 ? "is" : "are"} in the stack's state and gone from DigitalOcean. Nothing was touched. ${remedy}`,
  );
};

/** Powers on what is off; rejects where one is gone, unless the engine is going to look for itself (`refreshed`). */
export const ensureOn = async (
  ask: Ask,
  context: Context,
  wanted: readonly Wanted[],
  refreshed: boolean,
  reporter: Reporter,
): Promise<void> => {
  const find = async (one: Wanted) => ({ ...one, droplet: await dropletById(ask, one.id) });
  let found: readonly (Wanted & { readonly droplet: Droplet | undefined })[];
  try {
    found = await Promise.all(wanted.map(find));
  } catch (error) {
    // The engine asks again, and again when it has to.
    reporter.say(`Whether the machines are on could not be asked: ${(error as Error).message}`);
    return;
  }
  const gone = found.filter(({ droplet }) => droplet === undefined);
  if (gone.length > 0 && !refreshed) throw goneAre(context, gone);
  await Promise.all(
    found.map(async ({ role, droplet }) => {
      if (droplet?.status === "off") await turnOn(ask, role, droplet, reporter);
    }),
  );
};

/**
 * Sees to it that the stack's machines can be dialled. Pulumi leaves a droplet as its state has it, off or deleted by somebody else, and would dial the dead
 * machine for a quarter of an hour before it says that nobody answers.
 */
export const powerOn = async (
  context: Context,
  roles: readonly Role[],
  refreshed: boolean,
  reporter: Reporter,
): Promise<void> => {
  const resources = (await readResources(context)) ?? [];
  const wanted = roles.flatMap((role) => {
    const id = dropletIn(resources, role)?.id;
    return id === undefined ? [] : [{ role, id }];
  });
  if (wanted.length > 0)
    await ensureOn(await askCloud(context, "up"), context, wanted, refreshed, reporter);
};
