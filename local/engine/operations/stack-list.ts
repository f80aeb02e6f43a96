import { readProject } from "../project/project";
import { openBackend, stacksOf } from "../state/backend";
import { parseCheckpoint } from "../state/checkpoint";
import type { Arguments } from "./options";

const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** How long ago, as the CLI's table says it. */
const ago = (time: string): string => {
  const seconds = Math.max(0, Math.round((Date.now() - Date.parse(time)) / 1000));
  const [unit, size] = (
    [
      ["day", 86_400],
      ["hour", 3600],
      ["minute", 60],
    ] as const
  ).find(([, length]) => seconds >= length) ?? ["second", 1];
  const count = Math.floor(seconds / size);
  return `${count} ${unit}${count === 1 ? "" : "s"} ago`;
};

interface Summary {
  readonly name: string;
  readonly current: boolean;
  readonly lastUpdate?: string;
  readonly resourceCount?: number;
}

/** `stack ls [--json]`: the project's stacks. */
export const listStacks = async (args: Arguments): Promise<number> => {
  const project = await readProject(args.cwd);
  const url = process.env["PULUMI_BACKEND_URL"] || project.backendUrl || "file://~";
  const summaries: Summary[] = [];
  for (const name of await stacksOf(url, project.name)) {
    const backend = await openBackend(url, project.name, name);
    const text = (await backend.read()) ?? "";
    const { latest } = parseCheckpoint(text, backend.stackFile).checkpoint;
    const time = latest?.manifest?.time;
    const current = name === args.stack;
    summaries.push({
      name,
      current,
      ...(latest && time !== undefined
        ? { lastUpdate: time, resourceCount: latest.resources?.length ?? 0 }
        : {}),
    });
  }
  if (args.json) {
    say(JSON.stringify(summaries, null, 2));
    return 0;
  }
  const rows = summaries.map(({ name, current, lastUpdate, resourceCount }) => [
    `${name}${current ? "*" : ""}`,
    lastUpdate === undefined ? "n/a" : ago(lastUpdate),
    String(resourceCount ?? "n/a"),
  ]);
  const table = [["NAME", "LAST UPDATE", "RESOURCE COUNT"], ...rows];
  const widthOf = (column: number): number =>
    Math.max(...table.map((row) => row[column]?.length ?? 0));
  const [first, second] = [widthOf(0), widthOf(1)];
  for (const [name = "", updated = "", count = ""] of table)
    say(`${name.padEnd(first)}  ${updated.padEnd(second)}  ${count}`);
  return 0;
};
