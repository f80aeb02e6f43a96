import type { Command } from "commander";
import { type CommonOptions, common, contextOf } from "../context";
import { findDroplet } from "../droplets";
import { cannotRun } from "../errors";
import { call, runningLab } from "../lab";
import type { Fault } from "../../local/cloud/machines/hypervisor";
import { table } from "../progress/text";

interface InjectOptions extends CommonOptions { peer?: string; unit?: string; percent?: string; milliseconds?: string; seconds?: string }
const KINDS = ["network-cut", "freeze", "disk-full", "loss", "latency", "clock-skew"] as const;

const numberOf = (name: string, text: string | undefined): number => {
  const value = Number(text);
  if (text === undefined || !Number.isFinite(value)) throw cannotRun(`fleet fault: --${name} is needed, with a number.`);
  return value;
};

/** The fault's body for the API; `idOf` turns a machine's name into its droplet. */
export const faultOf = async (kind: string, machine: string, options: InjectOptions, idOf: (name: string) => Promise<number>): Promise<Fault> => {
  const dropletId = await idOf(machine);
  switch (kind) {
    case "network-cut": return { kind, dropletId, ...(options.peer ? { peerId: await idOf(options.peer) } : {}) };
    case "freeze": return { kind, dropletId, ...(options.unit ? { unit: options.unit.includes(".") ? options.unit : `fleet-${options.unit}.service` } : {}) };
    case "disk-full": return { kind, dropletId };
    case "loss": return { kind, dropletId, percent: numberOf("percent", options.percent) };
    case "latency": return { kind, dropletId, milliseconds: numberOf("milliseconds", options.milliseconds) };
    case "clock-skew": return { kind, dropletId, seconds: numberOf("seconds", options.seconds) };
    default: throw cannotRun(`fleet fault: there is no fault "${kind}". Choose one of: ${KINDS.join(", ")}.`);
  }
};

const open = async (options: CommonOptions) => {
  const context = contextOf(options);
  const { lab } = await runningLab(context, "fault");
  const idOf = async (name: string): Promise<number> => {
    const droplet = await findDroplet(lab, context, name);
    if (!droplet) throw cannotRun(`fleet fault: there is no droplet "${name}". Look at: ./fleet status`);
    return droplet.id;
  };
  return { context, lab, idOf };
};

interface ActiveFault { readonly id: string | number; readonly kind: string; readonly [key: string]: unknown }

export const define = (command: Command): void => {
  common(command.command("inject <kind> <machine>").description(`one of: ${KINDS.join(", ")}`).exitOverride())
    .option("--peer <machine>", "network-cut: only towards this machine").option("--unit <unit>", "freeze: one unit instead of the machine")
    .option("--percent <n>", "loss").option("--milliseconds <n>", "latency, each way").option("--seconds <n>", "clock-skew")
    .addHelpText("after", "\nExamples: ./fleet fault inject freeze primary --unit chat      ./fleet fault inject network-cut primary --peer watcher")
    .action(async (kind: string, machine: string, options: InjectOptions) => {
      const { context, lab, idOf } = await open(options);
      const made = await call(lab, context, "POST", "/local/faults", await faultOf(kind, machine, options, idOf));
      console.log(context.json ? JSON.stringify(made) : `${kind} on ${machine} is in force; end it with: ./fleet fault clear`);
    });
  common(command.command("list").description("faults in force").exitOverride()).action(async (options: CommonOptions) => {
    const { context, lab } = await open(options);
    const { faults } = await call(lab, context, "GET", "/local/faults") as { faults: readonly ActiveFault[] };
    if (context.json) { console.log(JSON.stringify(faults)); return; }
    console.log(faults.length === 0 ? "No fault in force." : table(["ID", "KIND", "OF"], faults.map(({ id, kind, ...rest }) => [String(id), kind, JSON.stringify(rest)])).join("\n"));
  });
  common(command.command("clear [id]").description("end one fault, or all").exitOverride()).action(async (id: string | undefined, options: CommonOptions) => {
    const { context, lab } = await open(options);
    await call(lab, context, "DELETE", id === undefined ? "/local/faults" : `/local/faults/${encodeURIComponent(id)}`);
    console.log(context.json ? "{}" : "Cleared.");
  });
};
