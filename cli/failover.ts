import { messageOf } from "@second-server/contract/caught";
import { CHECKS } from "@second-server/contract/checks";
import { FAILOVER_MODES } from "@second-server/contract/failover";
import { ROUTES, UNITS } from "@second-server/contract/names";
import { ROLES } from "@second-server/contract/roles";
import { z } from "zod";

import type { FleetFacts } from "../config/fleet";
import { observatoryCommand } from "./access/observatory";
import { sshCapture } from "./access/ssh";
import type { Context } from "./context";
import { loadLab } from "./lab";
import type { Reporter } from "./progress/reporter";
import { probeAll } from "./verify/probe";
import { STATUS_TARGET } from "./verify/verdict";
import { until } from "./wait";

/** Who serves, as the Observatory says it. */
const standing = z.object({
  mode: z.enum(FAILOVER_MODES),
  active: z.enum(ROLES),
  moving: z.enum(ROLES).optional(),
  since: z.string().optional(),
  waiting: z.literal(true).optional(),
  problem: z.string().optional(),
});
export type FailoverStanding = z.output<typeof standing>;

const account = z.object({
  failover: standing.optional(),
  checks: z.array(
    z.object({
      id: z.string(),
      condition: z.string(),
      error: z.string().optional(),
      detail: z.string().optional(),
    }),
  ),
});
type Account = z.output<typeof account>;

/** What the Observatory says; undefined where the fleet has no failover, or nobody answers. */
const ask = async (context: Context, fleet: FleetFacts): Promise<Account | undefined> => {
  if (fleet.failover === undefined) return undefined;
  const url = `https://${fleet.status.host}${ROUTES.status}`;
  const [page] = await probeAll(context, [{ name: STATUS_TARGET, url, status: 200 }]);
  return page?.ok ? account.safeParse(JSON.parse(page.body ?? "{}")).data : undefined;
};

/** Undefined where the fleet has no failover, or the watcher does not answer. */
export const readFailover = async (
  context: Context,
  fleet: FleetFacts,
): Promise<FailoverStanding | undefined> => (await ask(context, fleet))?.failover;

const NEXT: Readonly<Record<FailoverStanding["mode"], string>> = {
  auto: "it gives back by itself once the primary is well",
  manual: "nothing moves by itself: ./fleet failover off gives back",
  on: "that was asked for, and stays: ./fleet failover off gives back",
  off: "it gives back now",
};

/** For people: one line. */
export const failoverText = ({
  mode,
  active,
  moving,
  since,
  waiting,
  problem,
}: FailoverStanding): string =>
  [
    active === "watcher"
      ? `The watcher serves copies in the primary's place${since === undefined ? "" : ` since ${since}`} (failover ${mode}: ${NEXT[mode]}).`
      : `The primary serves (failover ${mode}).`,
    ...(waiting ? ["It was not seen well yet: until then nothing takes its place."] : []),
    ...(moving === undefined ? [] : [`The names are being led to the ${moving}.`]),
    ...(problem === undefined ? [] : [`The unit that moves them says: ${problem}`]),
  ].join(" ");

const isSettled = ({ moving }: FailoverStanding): boolean => moving === undefined;

/** Resolves with how it stands once the names are where they are to be, or after the time. */
export const awaitNames = async (
  context: Context,
  fleet: FleetFacts,
  { seconds, fits = isSettled }: { seconds: number; fits?: (one: FailoverStanding) => boolean },
): Promise<FailoverStanding | undefined> => {
  let last: FailoverStanding | undefined;
  await until(
    async () => {
      last = (await readFailover(context, fleet)) ?? last;
      return last !== undefined && isSettled(last) && fits(last) ? last : undefined;
    },
    { seconds, everyMs: 1000 },
  );
  return last;
};

const BACK_SECONDS = 90;

/**
 * After a run of the engine: the names are where they are to be before it is proven what visitors
 * get. The engine leaves alone where they lead; what it has made or changed is put right from the
 * watcher. Resolves with how it stands where they stay with the watcher.
 */
export const settleNames = async (
  context: Context,
  fleet: FleetFacts,
  { changed, isPrimaryAnew }: { readonly changed: boolean; readonly isPrimaryAnew: boolean },
  reporter: Reporter,
): Promise<FailoverStanding | undefined> => {
  if (fleet.failover === undefined) return undefined;
  if (changed)
    await sshCapture(context, "watcher", ["sudo", "systemctl", "start", UNITS.failover]).catch(
      (error: unknown) =>
        reporter.say(`The services' names could not be looked at: ${messageOf(error)}`),
    );
  const now = await readFailover(context, fleet);
  if (now === undefined || (now.active === "primary" && isSettled(now))) return undefined;
  if (isPrimaryAnew)
    await sshCapture(context, "watcher", observatoryCommand(["failover", "hand-back"]));
  else if (now.mode !== "auto" && now.mode !== "off") return now;
  reporter.running("failover", "the names are led back to the primary");
  const then = await awaitNames(context, fleet, {
    seconds: BACK_SECONDS,
    fits: ({ active }) => active === "primary",
  });
  reporter.clear("failover");
  if (then?.active !== "watcher") reporter.say("The names lead to the primary again.");
  return then?.active === "watcher" ? then : undefined;
};

const accountNow = async (context: Context, fleet: FleetFacts): Promise<Account | undefined> => {
  if (fleet.failover === undefined) return undefined;
  if (context.local && !(await (await loadLab()).status(context.paths)).running) return undefined;
  return await ask(context, fleet).catch(() => undefined);
};

/** For those that need no running cloud: where nobody can be asked, nothing is known. */
export const failoverNow = async (
  context: Context,
  fleet: FleetFacts,
): Promise<FailoverStanding | undefined> => (await accountNow(context, fleet))?.failover;

/**
 * Whether a failover would work (the token's scopes, the records, the certificate's copy), as the
 * watcher tries it itself; undefined where nobody can be asked.
 */
export const failoverReadiness = async (
  context: Context,
  fleet: FleetFacts,
): Promise<{ readonly ok: boolean; readonly detail: string } | undefined> => {
  const check = (await accountNow(context, fleet))?.checks.find(({ id }) => id === CHECKS.failover);
  return (
    check && {
      ok: check.condition === "up",
      detail: check.error ?? check.detail ?? "not known yet",
    }
  );
};
