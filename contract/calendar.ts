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

const WEEKDAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"] as const;
const MONTHS = "JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC".split(" ");
const isCron = (text: string): boolean => /^(\S+ ){4}\S+$/.test(text);

/** One of cron's fields as systemd writes it; `first` is its least value. */
const calendarField = (text: string, first: number): string => {
  if (!/^[\d*,/-]+$/.test(text)) throw new Error(`"${text}" is not known to systemd`);
  return text
    .split(",")
    .map((part) => part.replace(/^\*\/(\d+)$/, `${first}/$1`).replace("-", ".."))
    .join(",");
};

/** Names, one by one: systemd's week begins on Monday, and cron's Sunday is 0 and 7. */
const weekdaysOf = (text: string): string => {
  const numbered = WEEKDAYS.reduce(
    (left, name, index) => left.replace(new RegExp(name, "gi"), String(index)),
    text,
  );
  const days = numbered.split(",").flatMap((part) => {
    const [, from = "", to = from, step = "1"] = /^(\d|\*)(?:-(\d))?(?:\/(\d))?$/.exec(part) ?? [];
    if (from === "") throw new Error(`"${part}" is not known to systemd`);
    const [first, last] = from === "*" ? [0, 6] : [Number(from), Number(to)];
    return Array.from(
      { length: Math.max(0, last - first + 1) },
      (_, index) => first + index,
    ).filter((day) => (day - first) % Number(step) === 0);
  });
  return [...new Set(days.map((day) => WEEKDAYS[day % 7]!))].join(",");
};

/**
 * systemd's calendar (systemd.time(7)) from cron, or what is written so already. More than one:
 * where cron names days of the month and of the week, either will do for it.
 * @throws on what cron's readers know and systemd does not.
 */
export const calendarsOf = (schedule: string): readonly string[] => {
  const text = schedule.trim();
  if (!isCron(text)) return [text];
  const [minute = "", hour = "", day = "", month = "", weekday = ""] = text.split(" ");
  const named = MONTHS.reduce(
    (left, name, index) => left.replace(new RegExp(name, "gi"), String(index + 1)),
    month,
  );
  const time = `${calendarField(hour, 0)}:${calendarField(minute, 0)}:00`;
  const on = (days: string, date: string): string =>
    `${days}*-${calendarField(named, 1)}-${calendarField(date, 1)} ${time}`;
  if (weekday === "*") return [on("", day)];
  const byWeek = on(`${weekdaysOf(weekday)} `, "*");
  return day === "*" ? [byWeek] : [on("", day), byWeek];
};
