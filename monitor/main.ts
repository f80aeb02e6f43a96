import { parseArgs } from "node:util";
import type { ObservatoryConfig, WatchdogConfig } from "../config/monitor";
import { reason } from "./adapters/log";
import { observatory } from "./observatory";
import { readJson } from "./settings";
import { watchdog } from "./watchdog/watchdog";

const help = `Usage: monitor COMMAND --config FILE

  observatory   check everything, keep history, alert, serve the status page (on the watcher)
  watchdog      restart services that run but do not answer (on the primary)

Exit codes: 0 done, 2 wrong usage or configuration.
`;

/** @returns the exit code. */
async function main(argv: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({ args: [...argv], allowPositionals: true, options: { config: { type: "string" }, help: { type: "boolean", short: "h" } } });
  const [command] = positionals;
  if (values.help || command === "help") {
    process.stdout.write(help);
    return 0;
  }
  if (values.config === undefined) throw new Error(`--config FILE is missing.\n${help}`);
  switch (command) {
    case "observatory": await observatory(readJson<ObservatoryConfig>(values.config)); return 0;
    case "watchdog": await watchdog(readJson<WatchdogConfig>(values.config)); return 0;
    default: throw new Error(`no command "${command ?? ""}".\n${help}`);
  }
}

main(process.argv.slice(2)).then((code) => process.exit(code), (error: unknown) => {
  process.stderr.write(`monitor: ${reason(error)}\n`);
  process.exit(2);
});
