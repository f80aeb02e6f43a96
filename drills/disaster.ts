import type { Disaster, Drill, DrillTools } from "./drill";
import type { Measures } from "./timeline";
import { awaitGreen, awaitMail, awaitSilence, onlyTheseMails } from "./waiting";

/** Longer than an alert takes to come: three failing checks, and the mail's way. */
const SILENCE_SECONDS = 60;
const BACK_SECONDS = 240;

const escaped = (name: string): string => name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

export const downMail = (name: string): RegExp => new RegExp(`\\bDOWN: ${escaped(name)}(?!\\S)`);
export const upMail = (name: string): RegExp => new RegExp(`\\bUP: ${escaped(name)}(?!\\S)`);

const mendAndSay = async (tools: DrillTools, { mend, mended }: Disaster): Promise<number> => {
  await mend(tools);
  return tools.timeline.mark(mended);
};

const quiet = async (disaster: Disaster, tools: DrillTools): Promise<Measures> => {
  const { timeline } = tools;
  const broken = timeline.mark(disaster.broken);
  await disaster.meanwhile?.(tools);
  const seconds = disaster.silenceSeconds ?? SILENCE_SECONDS;
  await awaitSilence(tools, seconds);
  timeline.mark("no mail has come");
  const mended = await mendAndSay(tools, disaster);
  await awaitGreen(tools, BACK_SECONDS);
  const green = timeline.mark("every service answers and is observed");
  await onlyTheseMails(tools, []);
  return { "broken for": mended - broken, "mended to all green": green - mended };
};

const loud = async (disaster: Disaster, name: string, tools: DrillTools): Promise<Measures> => {
  const { timeline } = tools;
  const broken = timeline.mark(disaster.broken);
  const alert = await awaitMail(tools, downMail(name));
  const alerted = timeline.mark("the alert is in the inbox", alert.subject);
  await disaster.meanwhile?.(tools);
  if (disaster.mendsItself) await awaitMail(tools, upMail(name));
  const mended = await mendAndSay(tools, disaster);
  await awaitGreen(tools, BACK_SECONDS);
  const green = timeline.mark("every service answers and is observed");
  const clear = await awaitMail(tools, upMail(name));
  const cleared = timeline.mark("the all-clear is in the inbox", clear.subject);
  const notes = disaster.note === undefined ? [] : [disaster.note];
  for (const note of notes) await awaitMail(tools, note);
  await onlyTheseMails(tools, [downMail(name), upMail(name), ...notes]);
  return {
    "broken to alert": alerted - broken,
    "mended to all green": green - mended,
    "mended to all-clear": cleared - mended,
  };
};

/**
 * One thing breaks; the owner gets one alert and one all-clear, or, where nobody may notice, no
 * mail at all.
 */
export const disaster = (what: Disaster): Drill => ({
  run: async (tools) => {
    tools.signal.throwIfAborted();
    await what.breakIt(tools);
    const name = what.alertOf?.(tools);
    return name === undefined ? await quiet(what, tools) : await loud(what, name, tools);
  },
  mend: what.mend,
  disaster: what,
});
