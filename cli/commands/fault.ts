import type { ActiveFault, Lab } from "@second-server/local-cloud";
import type { Command } from "commander";

import { type CommonOptions, type Context, common, contextOf } from "../context";
import { askLab, listDroplets } from "../droplets";
import { Stop, cannotRun } from "../errors";
import { faultFlags, faultOf, type FaultOptions, figuresOf, kindLines } from "../faults";
import { call, FAULTS_ROUTE, runningLab } from "../lab";
import { table } from "../progress/text";

const open = async (options: CommonOptions) => {
  const context = contextOf(options);
  const { lab } = await runningLab(context, "fault");
  const idOf = async (name: string): Promise<number> => {
    const droplets = await listDroplets(askLab(lab, context));
    const droplet = droplets.find((one) => one.name === name);
    if (!droplet)
      throw cannotRun(
        `fleet fault: there is no droplet "${name}". There is: ${droplets.map((one) => one.name).join(", ") || "none yet (./fleet up)"}.`,
      );
    return droplet.id;
  };
  return { context, lab, idOf };
};

/** Droplets' names; their numbers while a fault of the API itself keeps the names from us. */
const namesIn = async (lab: Lab, context: Context): Promise<(id: number) => string> => {
  const droplets = await listDroplets(askLab(lab, context)).catch((error: unknown) => {
    if (error instanceof Stop) return [];
    throw error;
  });
  return (id) => droplets.find((one) => one.id === id)?.name ?? String(id);
};

const words = (fault: ActiveFault, nameOf: (id: number) => string): string[] => {
  const machine = "dropletId" in fault ? nameOf(fault.dropletId) : "";
  const peer =
    "peerId" in fault && fault.peerId !== undefined ? ` and ${nameOf(fault.peerId)}` : "";
  return [fault.id, fault.kind, `${machine}${peer}`, figuresOf(fault), fault.since];
};

const HELP = [
  "",
  "Kinds that are done to a machine:",
  ...kindLines("machine"),
  "Kinds that are the cloud's (no machine):",
  ...kindLines("cloud"),
  "",
  "Examples:",
  "  ./fleet fault inject freeze primary --unit chat",
  "  ./fleet fault inject network-cut primary --peer watcher",
  "  ./fleet fault inject loss primary --percent 30",
  "  ./fleet fault inject api --path /droplets --method POST --status 503 --times 2",
  "  ./fleet fault inject dns --name blog.example.test --answer NXDOMAIN",
].join("\n");

const defineInject = (command: Command): void => {
  const inject = common(
    command
      .command("inject")
      .argument("<kind>", "one of those below")
      .argument("[machine]", "droplet's name, where the kind is done to one")
      .description("put a fault in force")
      .exitOverride(),
  );
  for (const { flag, help } of faultFlags()) inject.option(flag, help);
  inject
    .addHelpText("after", HELP)
    .action(
      async (kind: string, machine: string | undefined, options: CommonOptions & FaultOptions) => {
        // What is wrong with the words is said before anything is asked of the cloud.
        await faultOf(kind, machine, options, () => Promise.resolve(0));
        const { context, lab, idOf } = await open(options);
        const made = (await call(
          lab,
          context,
          "POST",
          FAULTS_ROUTE,
          await faultOf(kind, machine, options, idOf),
        )) as ActiveFault;
        console.log(
          context.json
            ? JSON.stringify(made)
            : `${kind}${machine === undefined ? "" : ` on ${machine}`} is in force; end it with: ./fleet fault clear ${made.id}`,
        );
      },
    );
};

export const define = (command: Command): void => {
  defineInject(command);
  common(command.command("list").description("faults in force").exitOverride()).action(
    async (options: CommonOptions) => {
      const { context, lab } = await open(options);
      const { faults } = (await call(lab, context, "GET", FAULTS_ROUTE)) as {
        faults: readonly ActiveFault[];
      };
      if (context.json) {
        console.log(JSON.stringify(faults));
        return;
      }
      const nameOf = await namesIn(lab, context);
      console.log(
        faults.length === 0
          ? "No fault in force."
          : table(
              ["ID", "KIND", "OF", "HOW", "SINCE"],
              faults.map((fault) => words(fault, nameOf)),
            ).join("\n"),
      );
    },
  );
  common(command.command("clear [id]").description("end one fault, or all").exitOverride()).action(
    async (id: string | undefined, options: CommonOptions) => {
      const { context, lab } = await open(options);
      const { faults } = (await call(lab, context, "GET", FAULTS_ROUTE)) as {
        faults: readonly ActiveFault[];
      };
      const ended = faults.filter((fault) => id === undefined || fault.id === id);
      if (id !== undefined && ended.length === 0)
        throw cannotRun(`fleet fault: there is no fault "${id}". Look at: ./fleet fault list`);
      await call(
        lab,
        context,
        "DELETE",
        id === undefined ? FAULTS_ROUTE : `${FAULTS_ROUTE}/${encodeURIComponent(id)}`,
      );
      const said =
        ended.length === 0
          ? "No fault was in force."
          : `Cleared: ${ended.map(({ kind }) => kind).join(", ")}.`;
      console.log(context.json ? JSON.stringify({ cleared: ended }) : said);
    },
  );
};
