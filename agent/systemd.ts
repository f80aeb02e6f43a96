import type { Machine } from "./machine";

const LINES = 15;

/** The end of a unit's journal, indented: "it failed" alone helps nobody. */
export const journalOf = async (machine: Machine, unit: string): Promise<string> => {
  const { stdout } = await machine.run([
    "journalctl",
    "--no-pager",
    "-q",
    "-o",
    "cat",
    "-n",
    String(LINES),
    "-u",
    unit,
  ]);
  return `  journal of ${unit}:\n    ${stdout.trim().replaceAll("\n", "\n    ") || "(empty)"}`;
};

/**
 * systemctl on many units at once; a rejection names those that are not up, with the end of their
 * journals.
 */
export const systemctl = async (
  machine: Machine,
  verb: string,
  units: readonly string[],
): Promise<void> => {
  if (units.length === 0) return;
  const { code, stderr } = await machine.run(["systemctl", verb, "--", ...units]);
  if (code === 0) return;
  const { stdout } = await machine.run(["systemctl", "is-active", "--", ...units]);
  const states = stdout.trim().split("\n");
  const down = units.filter((_, index) => states[index] !== "active");
  const reports = await Promise.all(down.map((unit) => journalOf(machine, unit)));
  throw new Error(
    [
      `systemctl ${verb}: exit ${code}${down.length > 0 ? `; not up: ${down.join(" ")}` : ""}`,
      `  ${stderr.trim().replaceAll("\n", "\n  ")}`,
      ...reports,
    ].join("\n"),
  );
};
