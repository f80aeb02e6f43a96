import { once as eventOnce } from "node:events";
import { text } from "node:stream/consumers";
import { parseArgs } from "node:util";

import {
  FAILOVER_MODES,
  type FailoverMode,
  type FailoverSettings,
} from "@second-server/contract/failover";
import type { WatchdogConfig } from "@second-server/contract/observatory";

import { journal, reason } from "./adapters/log";
import { ask } from "./control-client";
import { runLeadNames } from "./failover/lead-names";
import { runObservatory } from "./observatory";
import { passwordLine } from "./page/login";
import { BadConfig, readConfig, readJson } from "./settings";
import { watch } from "./watch/watch";
import { beginAbsence, endAbsence } from "./watchdog/absence";
import { watchdog } from "./watchdog/watchdog";

const HELP = `Usage: monitor COMMAND --config FILE

  observatory                         check everything, keep history, alert, serve the status page (on the watcher)
  watchdog                            restart services that run but do not answer (on the primary)
  lead-names                          carry out the newest order of failover (on the watcher, by systemd)
  watch [--json] [--once]             look from here, now, without the Observatory; exit 1 if anything is down

To the running Observatory on this machine:
  ack INCIDENT                        no more reminders about this incident
  snooze INCIDENT --minutes N         be quiet about it for so long
  maintenance TITLE --minutes N [--service NAME]…   no alerts for so long (all services, or those named)
  maintenance TITLE --end             the work is done
  watcher-away TITLE --minutes N      (on the primary) the watcher is off on purpose for so long at most
  watcher-away TITLE --end            (on the primary) it is coming back
  failover auto|manual|on|off|hand-back   who serves: by itself, by nobody, the watcher, the primary
  report [--force]                    send the report now, if something is wrong (--force: in any case)

  password USER                       reads a password from standard input, prints the line for operatorFile

Exit codes: 0 done, 1 failed or (watch) something is down, 2 wrong usage or configuration.
`;

class Usage extends Error {}

interface Options {
  readonly config: string;
  readonly minutes: string;
  readonly service?: string[];
  readonly end?: boolean;
  readonly by: string;
  readonly json?: boolean;
  readonly once?: boolean;
  readonly force?: boolean;
}
type Command = (options: Options, rest: readonly string[]) => Promise<number | void>;

const say = (text: string): void => {
  process.stdout.write(`${text}\n`);
};
const incident = ([id]: readonly string[]): number => {
  if (!/^\d+$/.test(id ?? ""))
    throw new Usage(`an incident's number is needed, as on its page, not "${id ?? ""}"`);
  return Number(id);
};
const title = ([text]: readonly string[]): string => {
  if (text === undefined) throw new Usage("the maintenance needs a title");
  return text;
};

const wish = ([text]: readonly string[]): FailoverMode | "hand-back" => {
  const found = [...FAILOVER_MODES, "hand-back" as const].find((one) => one === text);
  if (found === undefined) throw new Usage("one of auto, manual, on, off is needed");
  return found;
};

const commands: Readonly<Record<string, Command>> = {
  observatory: ({ config }) => runObservatory(config),
  watchdog: ({ config }) => watchdog(readJson<WatchdogConfig>(config)),
  watch: async ({ config, json = false, once = false }) =>
    watch(readConfig(config), {
      json,
      once,
      out: process.stdout,
      stop: Promise.race([
        eventOnce(process, "SIGINT"),
        eventOnce(process, "SIGTERM"),
        eventOnce(process, "SIGHUP"),
      ]),
    }),
  report: async ({ config, force = false }) => say(await ask(config, { action: "report", force })),
  "watcher-away": ({ config, minutes, end }, rest) => {
    const [settings, now] = [readJson<WatchdogConfig>(config), Date.now()];
    return Promise.resolve(
      say(
        end
          ? endAbsence(settings, now, journal)
          : beginAbsence(settings, title(rest), Number(minutes), now),
      ),
    );
  },
  "lead-names": ({ config }) => runLeadNames(readJson<FailoverSettings>(config), journal),
  failover: async ({ config }, rest) =>
    say(await ask(config, { action: "failover", wish: wish(rest) })),
  ack: async ({ config, by }, rest) =>
    say(await ask(config, { action: "acknowledge", incident: incident(rest), by })),
  snooze: async ({ config, by, minutes }, rest) =>
    say(
      await ask(config, {
        action: "snooze",
        incident: incident(rest),
        by,
        minutes: Number(minutes),
      }),
    ),
  maintenance: async ({ config, minutes, service, end }, rest) =>
    say(
      await ask(
        config,
        end
          ? { action: "end-maintenance", title: title(rest) }
          : {
              action: "maintenance",
              title: title(rest),
              minutes: Number(minutes),
              services: service,
            },
      ),
    ),
};

/** @returns the exit code. */
const main = async (argv: readonly string[]): Promise<number | void> => {
  const {
    values,
    positionals: [name = "", ...rest],
  } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      config: { type: "string" },
      minutes: { type: "string", default: "60" },
      service: { type: "string", multiple: true },
      end: { type: "boolean" },
      json: { type: "boolean" },
      once: { type: "boolean" },
      force: { type: "boolean" },
      by: { type: "string", default: process.env["SUDO_USER"] ?? "the CLI" },
      help: { type: "boolean", short: "h" },
    },
  });
  if (values.help || name === "help") return say(HELP);
  if (name === "password")
    return say(await passwordLine(rest[0] ?? "operator", (await text(process.stdin)).trim()));
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command === undefined) throw new Usage(`no command "${name}".\n${HELP}`);
  if (values.config === undefined) throw new Usage("--config FILE is missing");
  return command({ ...values, config: values.config }, rest);
};

main(process.argv.slice(2)).then(
  (code) => process.exit(code ?? 0),
  (error: unknown) => {
    process.stderr.write(`monitor: ${reason(error)}\n`);
    process.exit(
      error instanceof Usage ||
        error instanceof BadConfig ||
        (error instanceof TypeError && "code" in error)
        ? 2
        : 1,
    );
  },
);
