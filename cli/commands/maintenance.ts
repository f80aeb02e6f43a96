import type { Command } from "commander";

import { askObservatory } from "../access/observatory";
import { askAgent } from "../access/ssh";
import { type CommonOptions, type Context, common, contextOf } from "../context";
import { cannotRun } from "../errors";
import { runningLab } from "../lab";

/** A service that its owner has closed is no alert, as long as was said. */
const closeOrOpen = async (
  context: Context,
  word: string,
  service: string,
  minutes: string,
): Promise<void> => {
  if (word !== "on" && word !== "off")
    throw cannotRun(
      `fleet maintenance: "${word} ${service}": say on SERVICE or off SERVICE; a title of several words needs quotes.`,
    );
  const announce = (): Promise<number> =>
    askObservatory(context, [
      "maintenance",
      `${service} is closed to visitors`,
      ...(word === "on" ? ["--minutes", minutes, "--service", service] : ["--end"]),
    ]);
  const told = word === "on" ? await announce() : 0;
  const { code } = await askAgent(context, [word === "on" ? "close" : "open", service]);
  process.exitCode = code || told || (word === "off" ? await announce() : 0);
};

export const define = (command: Command): void => {
  common(command)
    .argument("<title>", "what is being done; or on or off, with a service: its visitors' own page")
    .argument("[service]", "after on or off")
    .option("--minutes <n>", "for so long", "30")
    .option("--service <name...>", "only these services")
    .option("--end", "it is done")
    .addHelpText(
      "after",
      "\nA title announces work to the Observatory: what fails meanwhile is recorded and shown, and nobody is told unless it outlasts the window.\n`on SERVICE` closes that service to its visitors, who get 503 and a page that says so, and announces it for --minutes; `off SERVICE` lets them in again.",
    )
    .action(
      async (
        title: string,
        closed: string | undefined,
        options: CommonOptions & { minutes: string; service?: string[]; end?: boolean },
      ) => {
        const context = contextOf(options);
        if (context.local) await runningLab(context, "maintenance");
        if (closed !== undefined) {
          await closeOrOpen(context, title, closed, options.minutes);
          return;
        }
        const services = (options.service ?? []).flatMap((name) => ["--service", name]);
        process.exitCode = await askObservatory(context, [
          "maintenance",
          title,
          ...(options.end ? ["--end"] : ["--minutes", options.minutes, ...services]),
        ]);
      },
    );
};
