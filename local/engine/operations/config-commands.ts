import { EngineError } from "../errors";
import type { Tree } from "../project/project-config";
import { openStackSettings, type StackSettings } from "../project/stack-settings";
import { readInput } from "./input";
import type { Arguments } from "./options";

const textOf = (value: Tree): string =>
  typeof value === "object" && value !== null ? JSON.stringify(value) : String(value ?? "");

const withoutNewline = (text: string): string => text.replace(/\r?\n$/, "");

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

/** As `--json` tells one value: an object both as text and as what it is. */
const asJson = (value: Tree | undefined, secret: boolean): object => ({
  ...(value === undefined ? {} : { value: textOf(value) }),
  ...(typeof value === "object" && value !== null ? { objectValue: value } : {}),
  secret,
});

const listJson = async (settings: StackSettings, args: Arguments): Promise<void> => {
  const all: Record<string, object> = {};
  for (const { key, secret } of [...settings.list()].sort((a, b) => (a.key < b.key ? -1 : 1)))
    all[key] = asJson(secret && !args.showSecrets ? undefined : await settings.get(key), secret);
  process.stdout.write(`${JSON.stringify(all, null, 2)}\n`);
};

const get = async (settings: StackSettings, args: Arguments, key: string): Promise<void> => {
  const value = await settings.get(key, args);
  if (value === undefined)
    throw new EngineError(`configuration key '${key}' not found for stack '${args.stack}'`);
  const isSecret = (): boolean => settings.isSecret(key, args);
  process.stdout.write(
    `${args.json ? JSON.stringify(asJson(value, isSecret()), null, 2) : textOf(value)}\n`,
  );
};

/**
 * `config`, `config get KEY`, `config set KEY [VALUE] [--secret]` (without a value: from stdin),
 * `config rm KEY`.
 */
export const configure = async (args: Arguments): Promise<number> => {
  const settings = await openStackSettings({ folder: args.cwd, stack: args.stack });
  const [verb, name, value] = args.rest;
  switch (verb) {
    case undefined:
      await (args.json ? listJson : list)(settings, args);
      return 0;
    case "get":
      await get(settings, args, keyOf(args, name));
      return 0;
    case "set":
      await settings.set(keyOf(args, name), value ?? withoutNewline(await readInput()), args);
      return 0;
    case "rm":
      await settings.remove(keyOf(args, name), args);
      return 0;
    default:
      throw new EngineError(`unknown command "config ${verb}". It knows get, set and rm.`);
  }
};
