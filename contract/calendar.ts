const shorthands: Readonly<Record<string, string>> = {
  minutely: "* * * * *",
  hourly: "0 * * * *",
  daily: "0 0 * * *",
  weekly: "0 0 * * 1",
  monthly: "0 0 1 * *",
  quarterly: "0 0 1 1,4,7,10 *",
  semiannually: "0 0 1 1,7 *",
  yearly: "0 0 1 1 *",
  annually: "0 0 1 1 *",
};

/**
 * One field: "..", leading zeros and systemd's "from/step", which cron writes as a range up to the
 * field's last value.
 */
const field = (text: string, last: number): string =>
  text
    .replaceAll("..", "-")
    .replace(/\b0+(\d)/g, "$1")
    .split(",")
    .map((part) => part.replace(/^(\d+)\/(\d+)$/, `$1-${last}/$2`))
    .join(",");

const lasts = [59, 59, 23, 31, 12];

/**
 * A cron pattern with seconds from systemd's calendar syntax (systemd.time(7)), or the pattern
 * itself when it is cron already.
 * @throws on what systemd knows and this does not.
 */
export const cronOf = (schedule: string): string => {
  const text = schedule.trim();
  const shorthand = shorthands[text.toLowerCase()];
  if (shorthand !== undefined) return shorthand;
  if (!text.includes(":") && !/^[\d*.,/-]+-[\d*.,/]+$/.test(text)) return text;
  const parts = text.split(/\s+/);
  const weekday = /^[a-z]/i.test(parts[0] ?? "") ? parts.shift() : undefined;
  const date = parts.find((part) => !part.includes(":")) ?? "*-*-*";
  const time = parts.find((part) => part.includes(":")) ?? "00:00:00";
  const [day = "*", month = "*", year = "*"] = date.split("-").reverse();
  const [hour = "*", minute = "0", second = "0"] = time.split(":");
  if (parts.length > 2 || year !== "*" || /[~]/.test(text))
    throw new Error(
      `"${schedule}": years, "~" and time zones are not known here; write it as cron`,
    );
  // "+": both the day of the month and that of the week have to fit, as systemd means it; cron
  // takes either.
  return [second, minute, hour, day, month]
    .map((text, index) => field(text, lasts[index] ?? 0))
    .concat(weekday === undefined ? "*" : `+${field(weekday, 7).toUpperCase()}`)
    .join(" ");
};
