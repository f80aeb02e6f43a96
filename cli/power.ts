import { messageOf } from "@second-server/contract/caught";
import type { Role } from "@second-server/contract/roles";

import { ANSWERS, read } from "./api-answers";
import type { Context } from "./context";
import { type Ask, type Droplet, askCloud, dropletById } from "./droplets";
import { dropletIn, readResources } from "./engine/state";
import { Refused, failed } from "./errors";
import type { Reporter } from "./progress/reporter";
import { until } from "./wait";

const PATIENCE_SECONDS = 300;

/** A machine of the stack's state. */
interface Wanted {
  readonly role: Role;
  readonly id: string;
}
/** One that has never come up. */
export interface Unusable extends Wanted {
  readonly urn: string;
}

/** One action at a time: while another is under way, the API refuses. */
export const beginAction = async (ask: Ask, id: string, type: string): Promise<number> => {
  const path = `/v2/droplets/${id}/actions`;
  const begun = await until(
    async () => {
      try {
        return read(ANSWERS.action, await ask("POST", path, { type }));
      } catch (error) {
        const isPending =
          error instanceof Refused && error.status === 422 && /pending event/i.test(error.message);
        if (!isPending) throw error;
        return undefined;
      }
    },
    { seconds: PATIENCE_SECONDS, everyMs: 1000 },
  );
  if (begun === undefined)
    throw failed(
      `fleet: ${path}: another action has been under way for ${PATIENCE_SECONDS} s. ${type} was not begun; wait for its end (the console shows it), and run it again.`,
    );
  return begun.action.id;
};

/** A droplet that is being made is waited for, to see what comes of it. */
const settledStatus = async (ask: Ask, { id, status }: Droplet): Promise<string | undefined> =>
  status === "new"
    ? await until(
        async () => {
          const now = (await dropletById(ask, String(id)))?.status;
          return now === "new" ? undefined : now;
        },
        { seconds: PATIENCE_SECONDS, everyMs: 1000 },
      )
    : status;

/** Its creation has errored: nobody has ever reached it, and nothing is on it. */
const neverCameUp = async (ask: Ask, { id }: Droplet): Promise<boolean> => {
  const { actions } = read(
    ANSWERS.actions,
    await ask("GET", `/v2/droplets/${id}/actions?per_page=200`),
  );
  return actions.some(({ type, status }) => type === "create" && status === "errored");
};

const turnOn = async (
  ask: Ask,
  role: Role,
  { id, name }: Droplet,
  reporter: Reporter,
): Promise<void> => {
  const [key, label] = [`power:${id}`, `powering on ${name} (droplet ${id}), which is off`];
  const began = Date.now();
  reporter.running(key, label);
  const action = await beginAction(ask, String(id), "power_on");
  const status = await until(
    async () => {
      const { action: now } = read(ANSWERS.action, await ask("GET", `/v2/actions/${action}`));
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
      : `Make both anew, from the third place of the backups: ./fleet recover --from-repository${stack}. Where there is none, without data: ./fleet up --refresh${stack}`;
  return failed(
    `fleet up: ${which} ${gone.length === 1 ? "is" : "are"} in the stack's state and gone from DigitalOcean. Nothing was touched. ${remedy}`,
  );
};

/**
 * Powers on what is off; rejects where one is gone, unless the engine is going to look for itself
 * (`refreshed`). Resolves with those that have never come up: they are to be made anew.
 */
export const ensureOn = async (
  ask: Ask,
  context: Context,
  wanted: readonly Wanted[],
  refreshed: boolean,
  reporter: Reporter,
): Promise<readonly Role[]> => {
  const find = async (one: Wanted) => ({ ...one, droplet: await dropletById(ask, one.id) });
  let found: readonly (Wanted & { readonly droplet: Droplet | undefined })[];
  try {
    found = await Promise.all(wanted.map(find));
  } catch (error) {
    // The engine asks again, and again when it has to.
    reporter.say(`Whether the machines are on could not be asked: ${messageOf(error)}`);
    return [];
  }
  const gone = found.filter(({ droplet }) => droplet === undefined);
  if (gone.length > 0 && !refreshed) throw goneAre(context, gone);
  const unusable = await Promise.all(
    found.map(async ({ role, droplet }) => {
      if (droplet === undefined || (await settledStatus(ask, droplet)) !== "off") return [];
      if (await neverCameUp(ask, droplet)) {
        reporter.say(
          `The ${role} (droplet ${droplet.id}) never came up: its creation has errored. It is made anew.`,
        );
        return [role];
      }
      await turnOn(ask, role, droplet, reporter);
      return [];
    }),
  );
  return unusable.flat();
};

/**
 * Sees to it that the stack's machines can be dialled. Pulumi leaves a droplet as its state has it,
 * off or deleted by somebody else, and would dial the dead machine for a quarter of an hour before
 * it says that nobody answers. Resolves with those that can't be, and are to be made anew.
 */
export const powerOn = async (
  context: Context,
  roles: readonly Role[],
  refreshed: boolean,
  reporter: Reporter,
): Promise<readonly Unusable[]> => {
  const resources = (await readResources(context)) ?? [];
  const wanted = roles.flatMap((role) => {
    const { id, urn } = dropletIn(resources, role) ?? {};
    return id === undefined || urn === undefined ? [] : [{ role, id, urn }];
  });
  if (wanted.length === 0) return [];
  const ask = await askCloud(context, "up");
  const unusable = await ensureOn(ask, context, wanted, refreshed, reporter);
  return wanted.filter(({ role }) => unusable.includes(role));
};
