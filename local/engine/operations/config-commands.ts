import { EngineError } from "../errors";
import type { Tree } from "../project/project-config";
import { openStackSettings, type StackSettings } from "../project/stack-settings";
import type { Arguments } from "./options";

const textOf = (value: Tree): string =>
  typeof value === "object" && value !== null ? JSON.stringify(value) : String(value ?? "");

const readInput = async (): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(Buffer.from(chunk as Uint8Array));
  return Buffer.concat(chunks)
    .toString("utf8")
    .replace(/\r?\n$/, "");
};

const keyOf = (args: Arguments, name: string | undefined): string => {
  if (name !== undefined) return name;
  throw new EngineError(`config ${args.rest[0]}: the key is missing. See --help.`);
};

const shown = async (settings: StackSettings, args: Arguments, key: string): Promise<string> => {
  const found = settings.list().find((one) => one.key === key);
  return found?.secret && !args.showSecrets
    ? "[secret]"
    : textOf((await settings.get(key)) ?? null);
};

const list = async (settings: StackSettings, args: Arguments): Promise<void> => {
  const keys = settings.list().map(({ key }) => key);
  const width = Math.max(3, ...keys.map(({ length }) => length));
  const lines = [`${"KEY".padEnd(width)}  VALUE`];
  for (const key of keys.sort())
    lines.push(`${key.padEnd(width)}  ${await shown(settings, args, key)}`);
  process.stdout.write(`${lines.join("\n")}\n`);
};

const get = async (settings: StackSettings, args: Arguments, key: string): Promise<void> => {
  const value = await settings.get(key);
  if (value === undefined)
    throw new EngineError(`configuration key '${key}' not found for stack '${args.stack}'`);
  process.stdout.write(`${textOf(value)}\n`);
};

/** `config`, `config get KEY`, `config set KEY [VALUE] [--secret]` (without a value: from stdin), `config rm KEY`. */
export const configure = async (args: Arguments): Promise<number> => {
  const settings = await openStackSettings({ folder: args.cwd, stack: args.stack });
  const [verb, name, value] = args.rest;
  switch (verb) {
    case undefined:
      await list(settings, args);
      return 0;
    case "get":
      await get(settings, args, keyOf(args, name));
      return 0;
    case "set":
      await settings.set(keyOf(args, name), value ?? (await readInput()), { secret: args.secret });
      return 0;
    case "rm":
      await settings.remove(keyOf(args, name));
      return 0;
    default:
      throw new EngineError(`unknown command "config ${verb}". It knows get, set and rm.`);
  }
};
