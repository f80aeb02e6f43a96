import type { Command } from "commander";

import type { ActiveFault } from "../../local/cloud/api/faults";
import type { Lab } from "../../local/cloud/lab";
import { type CommonOptions, type Context, common, contextOf } from "../context";
import { askLab, listDroplets } from "../droplets";
import { Stop, cannotRun } from "../errors";
import { FAULT_KINDS, type FaultOptions, faultOf } from "../faults";
import { call, runningLab } from "../lab";
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

const words = (
  { id, since, kind, ...rest }: ActiveFault,
  nameOf: (id: number) => string,
): string[] => {
  const { dropletId, peerId, ...figures } = rest as { dropletId?: number; peerId?: number };
  const between = peerId === undefined ? "" : ` and ${nameOf(peerId)}`;
  return [
    id,
    kind,
    dropletId === undefined ? "" : `${nameOf(dropletId)}${between}`,
    Object.entries(figures)
      .map(([name, value]) => `${name} ${String(value)}`)
      .join(", "),
    since,
  ];
};

const HELP = [
  "",
  "Kinds that are done to a machine:",
  ...Object.entries(FAULT_KINDS)
    .filter(([, { machine }]) => machine)
    .map(([kind, { what }]) => `  ${kind.padEnd(12)} ${what}`),
  "Kinds that are the cloud's (no machine):",
  ...Object.entries(FAULT_KINDS)
    .filter(([, { machine }]) => !machine)
    .map(([kind, { what }]) => `  ${kind.padEnd(12)} ${what}`),
  "",
  "Examples:",
  "  ./fleet fault inject freeze primary --unit chat",
  "  ./fleet fault inject network-cut primary --peer watcher",
  "  ./fleet fault inject loss primary --percent 30",
  "  ./fleet fault inject api --path /droplets --method POST --status 503 --times 2",
  "  ./fleet fault inject dns --name blog.example.test --answer NXDOMAIN",
].join("\n");

const defineInject = (command: Command): void => {
  common(
    command
      .command("inject")
      .argument("<kind>", "one of those below")
      .argument("[machine]", "droplet's name, where the kind is done to one")
      .description("put a fault in force")
      .exitOverride(),
  )
    .option("--peer <machine>", "network-cut: only towards this machine")
    .option("--unit <unit>", "freeze, clock-skew: one unit; a service's name alone means its unit")
    .option("--percent <n>", "loss")
    .option("--milliseconds <n>", "latency, each way")
    .option("--seconds <n>", "clock-skew: ahead, or behind when negative")
    .option("--method <method>", "api: only these calls")
    .option("--path <path>", "api: only paths that begin so (after /v2)")
    .option("--status <n>", "api: the answer's status")
    .option("--message <text>", "api: the answer's message")
    .option("--retry-after <seconds>", "api: the answer's Retry-After")
    .option("--delay <milliseconds>", "api: before the answer")
    .option("--times <n>", "api: over after so many calls")
    .option("--name <name>", "dns: this name and those below")
    .option("--answer <answer>", "dns: SERVFAIL (default), NXDOMAIN or silence")
    .option("--how <how>", "relay: refuse (default: no connection) or defer (451 to each mail)")
    .addHelpText("after", HELP)
    .action(
      async (kind: string, machine: string | undefined, options: CommonOptions & FaultOptions) => {
        // What is wrong with the words is said before anything is asked of the cloud.
        await faultOf(kind, machine, options, async () => 0);
        const { context, lab, idOf } = await open(options);
        const made = (await call(
          lab,
          context,
          "POST",
          "/local/faults",
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
      const { faults } = (await call(lab, context, "GET", "/local/faults")) as {
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
      const { faults } = (await call(lab, context, "GET", "/local/faults")) as {
        faults: readonly ActiveFault[];
      };
      const ended = faults.filter((fault) => id === undefined || fault.id === id);
      if (id !== undefined && ended.length === 0)
        throw cannotRun(`fleet fault: there is no fault "${id}". Look at: ./fleet fault list`);
      await call(
        lab,
        context,
        "DELETE",
        id === undefined ? "/local/faults" : `/local/faults/${encodeURIComponent(id)}`,
      );
      console.log(
        context.json
          ? JSON.stringify({ cleared: ended })
          : ended.length === 0
            ? "No fault was in force."
            : `Cleared: ${ended.map(({ kind }) => kind).join(", ")}.`,
      );
    },
  );
};
