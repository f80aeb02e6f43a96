import { calendarsOf, cronOf } from "@second-server/contract/calendar";
import { Cron } from "croner";
import { z } from "zod";

/** Whether the monitor can keep to it: it reads schedules in the same way, by the same parser. */
const isKept = (pattern: string): boolean => {
  try {
    return new Cron(cronOf(pattern)) instanceof Cron;
  } catch {
    return false;
  }
};

const FIVE_FIELDS = /^(\S+ ){4}\S+$/;
const CALENDAR =
  /^(minutely|hourly|daily|weekly|monthly|quarterly|semiannually|yearly|annually|([a-z]{3}([.,]+[a-z]{3})* )?((\*-)?[\d*,./]+-[\d*,./]+ )?[\d*,./]+:[\d*,./]+(:[\d*,./]+)?)$/i;

/** When a job runs, as cron or systemd.time(7) writes it; neither with years nor time zones. */
export const schedule = z
  .string()
  .refine(
    (text) => (CALENDAR.test(text) || FIVE_FIELDS.test(text)) && isKept(text),
    'has to be cron ("15 3 * * *") or systemd\'s calendar ("daily", "Mon *-*-* 03:00").',
  );

const isTimer = (text: string): boolean => {
  try {
    return calendarsOf(text).length > 0;
  } catch {
    return false;
  }
};
/** When a machine's own timer starts something. */
export const timer = schedule.refine(
  isTimer,
  "can't be kept by a timer of systemd's. Write numbers, lists, ranges and steps alone.",
);

const NOT_CRON = 'has to be five cron fields, such as "0 7 * * *" for every day at seven.';
/** When something is sent. */
export const cron = z
  .string()
  .regex(FIVE_FIELDS, { error: NOT_CRON, abort: true })
  .refine(isKept, `${NOT_CRON} Minute 0-59, hour 0-23, day 1-31, month 1-12, weekday 0-7.`);
