import { probeAll } from "../cli/verify/probe";
import type { ProbeResult } from "../cli/verify/prober";
import { STATUS_TARGET, targetsOf } from "../cli/verify/verdict";
import { until } from "../cli/wait";
import type { DrillTools } from "./drill";

const PROBE_MS = 3000;

/** The status page, on the watcher, goes on whatever happens to the primary. */
export const statusPageAnswers = async ({
  context,
  fleet,
  timeline,
}: DrillTools): Promise<void> => {
  const target = targetsOf(fleet).filter(({ name }) => name === STATUS_TARGET);
  const [page] = await probeAll(context, target);
  if (!page?.ok) throw new Error(`the status page does not answer: ${page?.error}`);
  timeline.mark("the status page answers");
};

/** What has just been started needs a moment, and so does a busy machine. */
const ANSWER_SECONDS = 30;

/** @param except names of the services that are meant to be down. */
export const servicesAnswer = async (
  { context, fleet, timeline }: DrillTools,
  except: readonly string[] = [],
): Promise<void> => {
  const targets = targetsOf(fleet).filter(
    ({ name }) => name !== STATUS_TARGET && !except.includes(name),
  );
  let dead: ProbeResult | undefined;
  await until(
    async () => {
      dead = (await probeAll(context, targets)).find(({ ok }) => !ok);
      return dead === undefined ? true : undefined;
    },
    { seconds: ANSWER_SECONDS, everyMs: 1000 },
  );
  if (dead) throw new Error(`${dead.url} went down as well: ${dead.error}`);
  timeline.mark(`${except.length === 0 ? "all" : "the other"} ${targets.length} services answer`);
};

export const noServiceAnswers = async ({ context, fleet, timeline }: DrillTools): Promise<void> => {
  const targets = targetsOf(fleet).filter(({ name }) => name !== STATUS_TARGET);
  const alive = (await probeAll(context, targets, PROBE_MS)).find(({ ok }) => ok);
  if (alive) throw new Error(`${alive.url} still answers`);
  timeline.mark("visitors get no answer");
};

export const statusPageIsDark = async ({ context, fleet, timeline }: DrillTools): Promise<void> => {
  const target = targetsOf(fleet).filter(({ name }) => name === STATUS_TARGET);
  const [page] = await probeAll(context, target, PROBE_MS);
  if (page?.ok) throw new Error("the status page still answers");
  timeline.mark("the status page is dark");
};
