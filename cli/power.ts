import type { FleetFacts, Role } from "../config/fleet";
import type { Context } from "./context";
import { type Ask, type Droplet, askCloud, dropletsNamed } from "./droplets";
import { readOutputs } from "./engine/outputs";
import { failed } from "./errors";
import type { Reporter } from "./progress/reporter";
import { until } from "./wait";

const PATIENCE_SECONDS = 300;

const turnOn = async (ask: Ask, role: Role, { id, name }: Droplet, reporter: Reporter): Promise<void> => {
  const [key, label] = [`power:${id}`, `powering on ${name} (droplet ${id}), which is off`];
  const began = Date.now();
  reporter.running(key, label);
  const { action } = await ask("POST", `/v2/droplets/${id}/actions`, { type: "power_on" }) as { action: { id: number } };
  const status = await until(async () => {
    const { action: now } = await ask("GET", `/v2/actions/${action.id}`) as { action: { status: string } };
    return now.status === "in-progress" ? null : now.status;
  }, { seconds: PATIENCE_SECONDS, everyMs: 1000 });
  reporter.done(key, `powered on ${name}, which was off`, (Date.now() - began) / 1000, { failed: status !== "completed" });
  if (status !== "completed") throw failed(`fleet up: the droplet "${name}" (${id}) is off and could not be powered on (${status ?? `still under way after ${PATIENCE_SECONDS} s`}). Look at its console, or make it anew: ./fleet recover ${role} --force`);
};

/**
 * Powers on those of the stack's machines that somebody has powered off. Pulumi leaves a droplet as it is, on or off, and would dial the dead
 * machine for minutes before it says that nobody answers.
 */
export const powerOn = async (context: Context, fleet: FleetFacts, roles: readonly Role[], reporter: Reporter): Promise<void> => {
  const outputs = await readOutputs(context);
  // By its number too: an account may have another droplet of that name.
  const wanted = roles.flatMap((role) => { const id = outputs?.[role]?.dropletId; return id === undefined ? [] : [{ role, id }]; });
  if (wanted.length === 0) return;
  const ask = await askCloud(context, "up");
  const find = async ({ role, id }: { role: Role; id: string }) => ({ role, droplet: (await dropletsNamed(ask, fleet[role].name)).find((one) => String(one.id) === id) });
  let found: readonly { role: Role; droplet: Droplet | undefined }[];
  try { found = await Promise.all(wanted.map(find)); } catch (error) {
    // The engine asks again, and again when it has to.
    reporter.say(`Whether the machines are on could not be asked: ${(error as Error).message}`);
    return;
  }
  await Promise.all(found.map(async ({ role, droplet }) => { if (droplet?.status === "off") await turnOn(ask, role, droplet, reporter); }));
};
