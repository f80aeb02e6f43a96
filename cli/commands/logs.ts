import { serviceUnit, unitsBeside } from "@second-server/contract/names";
import type { Command } from "commander";

import { machineOf, sshInherited } from "../access/ssh";
import { type CommonOptions, common, contextOf } from "../context";
import { askLab, findDroplet } from "../droplets";
import { cannotRun } from "../errors";
import { call, runningLab } from "../lab";

interface Options extends CommonOptions {
  follow?: boolean;
  lines: string;
  boot?: boolean;
}

/** The machine's console, which is there even when the machine is not. */
const showConsole = async (
  context: ReturnType<typeof contextOf>,
  machine: string,
  lines: number,
): Promise<void> => {
  const { lab } = await runningLab(context, "logs");
  const droplet = await findDroplet(askLab(lab, context), machine);
  if (!droplet) throw cannotRun(`fleet logs: there is no droplet "${machine}".`);
  const answer = await call(
    lab,
    context,
    "GET",
    `/local/droplets/${droplet.id}/console?lines=${lines}`,
  );
  console.log(typeof answer === "string" ? answer : JSON.stringify(answer));
};

/** A service's name alone: all that it has, its workers and jobs included. */
const unitsOf = (unit: string | undefined): readonly string[] => {
  if (unit === undefined) return [];
  if (unit.includes(".")) return [unit];
  // The far end's shell has nothing to say of the star.
  return unit.includes("@") ? [serviceUnit(unit)] : [serviceUnit(unit), `'${unitsBeside(unit)}'`];
};

export const define = (command: Command): void => {
  common(command)
    .argument("<machine>", "primary or watcher")
    .argument(
      "[unit]",
      "one systemd unit; a service's name alone means all of its units, SERVICE@worker-NAME or SERVICE@job-NAME one of them",
    )
    .option("-f, --follow", "go on as lines come")
    .option("-n, --lines <n>", "how many", "100")
    .option("--boot", "the machine's console instead: works when SSH does not")
    .action(async (name: string, unit: string | undefined, options: Options) => {
      const context = contextOf(options);
      const machine = machineOf(name);
      if (!/^[0-9]{1,6}$/.test(options.lines))
        throw cannotRun(`fleet logs: --lines ${options.lines}: give a number of lines.`);
      if (unit !== undefined && !/^[A-Za-z0-9@._:-]+$/.test(unit))
        throw cannotRun(`fleet logs: "${unit}" is not a unit's name.`);
      if (options.boot) {
        await showConsole(context, machine, Number(options.lines));
        return;
      }
      if (context.local) await runningLab(context, "logs");
      const units = unitsOf(unit);
      process.exitCode = await sshInherited(context, machine, [
        "sudo",
        "journalctl",
        "--no-pager",
        "-n",
        options.lines,
        ...units.flatMap((one) => ["-u", one]),
        ...(options.follow ? ["-f"] : []),
        ...(context.json ? ["-o", "json"] : []),
      ]);
    });
};
