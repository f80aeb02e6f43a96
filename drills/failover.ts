import { ROUTES } from "@second-server/contract/names";

import { readFailover } from "../cli/failover";
import { probeAll } from "../cli/verify/probe";
import type { ProbeTarget } from "../cli/verify/prober";
import { until } from "../cli/wait";
import { downMail, upMail } from "./disaster";
import type { Drill, DrillTools } from "./drill";
import { mustFleet } from "./fleet-command";
import { inject } from "./machine";
import { powerOn } from "./power-cut";
import type { Measures } from "./timeline";
import { statusPageAnswers } from "./visitors";
import { awaitGreen, awaitMail, onlyTheseMails } from "./waiting";

const TAKEN_OVER = /Failover: the watcher serves/;
const OVER = /Failover is over/;

const PROBE_MS = 2000;
/** Far beyond the aims (45 s there, 30 s back): what is measured is told, on a busy machine too. */
const MOVE_SECONDS = 180;
const BACK_SECONDS = 240;
/** Where failover has just come: the primary has to be seen well first. */
const READY_SECONDS = 60;

type Tools = Pick<DrillTools, "context" | "fleet">;

const targetOf = (name: string, url: string, more: Partial<ProbeTarget> = {}): ProbeTarget => ({
  name,
  url,
  status: 200,
  ...more,
});

/** Until a target answers as it should, and at that address where one is given. */
const awaitAnswer = async (
  { context }: Tools,
  target: ProbeTarget,
  seconds: number,
  address?: string,
): Promise<string> => {
  let last = "nobody was asked";
  const found = await until(
    async () => {
      const [seen] = await probeAll(context, [target], PROBE_MS);
      last = seen?.error ?? `it answers at ${seen?.address}`;
      const isThere = address === undefined || seen?.address === address;
      return seen?.ok && isThere ? seen.address : undefined;
    },
    { seconds, everyMs: 250 },
  );
  if (found === undefined) throw new Error(`${target.url} within ${seconds} s: ${last}`);
  return found;
};

const siteOf = ({ fleet }: Tools): ProbeTarget => {
  const site = fleet.services.find(({ kind }) => kind === "static");
  if (site === undefined)
    throw new Error("the fleet has no static site to be served by the watcher");
  return targetOf(site.name, `https://${site.host}/`);
};

/** What else visitors get from the watcher: a page, and no for what they send. */
const standInAnswers = async ({ context, fleet, timeline }: DrillTools): Promise<void> => {
  const others = fleet.services.filter(({ kind }) => kind !== "static");
  const page = { status: 503, contains: "We are being repaired" };
  const sent = { status: 503, post: { text: "is not to be taken" } };
  const targets = [
    ...others.map(({ name, host }) => targetOf(name, `https://${host}/`, page)),
    ...fleet.services.map(({ name, host }) => targetOf(name, `https://${host}/`, sent)),
    ...fleet.services.map(({ name, host }) => targetOf(name, `https://${host}${ROUTES.ping}`)),
  ];
  const bad = (await probeAll(context, targets)).find(({ ok }) => !ok);
  if (bad) throw new Error(`${bad.url} of the watcher's: ${bad.error}`);
  timeline.mark(
    `the other ${others.length} say that they are being repaired; nothing that is sent is taken`,
  );
};

/** Nobody "repairs" the records meanwhile: the program leaves them alone. */
const planIsEmpty = async (tools: DrillTools): Promise<void> => {
  await mustFleet(tools, "preview", "--expect-no-changes", "--refresh");
  tools.timeline.mark("./fleet preview --refresh finds nothing to change");
};

const takenOver = async (tools: DrillTools): Promise<Measures> => {
  const { timeline, signal } = tools;
  const site = siteOf(tools);
  signal.throwIfAborted();
  await inject(tools, { kind: "power-cut" }, "primary");
  const broken = timeline.mark("the primary's power is cut");
  const address = await awaitAnswer(tools, site, MOVE_SECONDS);
  const served = timeline.mark(`${site.url} answers again`, `from ${address}`);
  const alert = await awaitMail(tools, downMail("primary"));
  const alerted = timeline.mark("the alert is in the inbox", alert.subject);
  const told = await awaitMail(tools, TAKEN_OVER);
  timeline.mark("the takeover is told", told.subject);
  await standInAnswers(tools);
  await statusPageAnswers(tools);
  await planIsEmpty(tools);
  return {
    "power cut to static sites from the watcher": served - broken,
    "power cut to alert": alerted - broken,
  };
};

const givenBack = async (tools: DrillTools): Promise<Measures> => {
  const { timeline, fleet } = tools;
  await powerOn(tools, "primary");
  const on = timeline.mark("the primary is powered on");
  const ping = targetOf("ping", `https://${fleet.primary.host}${ROUTES.ping}`);
  const floatingIp = await awaitAnswer(tools, ping, BACK_SECONDS);
  const well = timeline.mark("the primary's web server answers");
  await awaitAnswer(tools, siteOf(tools), BACK_SECONDS, floatingIp);
  const back = timeline.mark("the names lead to the primary again");
  await awaitGreen(tools, BACK_SECONDS);
  const green = timeline.mark("every service answers and is observed");
  const clear = await awaitMail(tools, upMail("primary"));
  timeline.mark("the all-clear is in the inbox", clear.subject);
  const over = await awaitMail(tools, OVER);
  timeline.mark("that it is over is told", over.subject);
  return {
    "primary well to names back": back - well,
    "power on to all green": green - on,
  };
};

/**
 * The primary loses its power: the watcher serves the static sites and a page for the rest, nobody
 * fights about the names, and they go back by themselves; a mail each way.
 */
export const drill: Drill = {
  run: async (tools) => {
    const standing = await until(
      async () => {
        const now = await readFailover(tools.context, tools.fleet);
        return now?.waiting ? undefined : now;
      },
      { seconds: READY_SECONDS },
    );
    if (standing?.mode !== "auto" || standing.active !== "primary")
      throw new Error(
        `failover has to be "auto", and the primary has to serve; it is ${standing?.mode ?? "off"}. Set it: ./fleet failover auto`,
      );
    const there = await takenOver(tools);
    const back = await givenBack(tools);
    await onlyTheseMails(tools, [downMail("primary"), TAKEN_OVER, upMail("primary"), OVER]);
    return { ...there, ...back };
  },
  mend: (tools) => powerOn(tools, "primary"),
};
