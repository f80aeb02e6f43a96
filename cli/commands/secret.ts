import type { Command } from "commander";

import { nearest } from "../../config/problems";
import { SECRET_NAMES } from "../../config/settings";
import { PROJECT } from "../../config/stack-config";
import { type CommonOptions, type Context, common, contextOf } from "../context";
import { cannotRun } from "../errors";
import { table } from "../progress/text";
import { readSecret } from "../secret-value";
import { openSettings, orRefuse } from "../stack-settings";

/** The secret's name, with the project before it or without. */
const known = (given: string): string => {
  const name = given.startsWith(`${PROJECT}:`) ? given.slice(PROJECT.length + 1) : given;
  if (SECRET_NAMES.includes(name)) return name;
  const near = nearest(name, SECRET_NAMES);
  throw cannotRun(
    `fleet secret: there is no secret "${name}". ${near === undefined ? `Known: ${SECRET_NAMES.join(", ")}.` : `Did you mean "${near}"?`}`,
  );
};

const next = ({ stack, local }: Context): string =>
  `It takes effect with the next ./fleet up${local ? "" : ` --stack ${stack}`}`;

const set = async (given: string, value: string | undefined, context: Context): Promise<void> => {
  const name = known(given);
  const settings = await openSettings("secret", context);
  const text = await readSecret(name, value);
  await orRefuse("secret", () => settings.set(name, text, { secret: true }));
  console.log(
    context.json
      ? JSON.stringify({ set: name, file: settings.path })
      : `${name} is set, encrypted, in ${settings.path}. ${next(context)}`,
  );
};

const list = async (context: Context): Promise<void> => {
  const written = new Map(
    (await openSettings("secret", context)).list().map((one) => [one.key, one.secret]),
  );
  const all = SECRET_NAMES.map((name) => {
    const encrypted = written.get(`${PROJECT}:${name}`);
    return { name, set: encrypted !== undefined, encrypted: encrypted === true };
  });
  const words = ({ name, set: isSet, encrypted }: (typeof all)[number]): string[] => {
    if (!isSet) return [name, "no"];
    return [name, encrypted ? "yes" : `yes, but in the clear: ./fleet secret set ${name}`];
  };
  console.log(
    context.json ? JSON.stringify(all) : table(["SECRET", "SET"], all.map(words)).join("\n"),
  );
};

const remove = async (given: string, context: Context): Promise<void> => {
  const name = known(given);
  const settings = await openSettings("secret", context);
  const removed = await orRefuse("secret", () => settings.remove(name));
  const said = removed ? `${name} is removed. ${next(context)}` : `${name} was not set.`;
  console.log(context.json ? JSON.stringify({ removed: removed ? [name] : [] }) : said);
};

export const define = (command: Command): void => {
  common(command.command("set <name> [value]").description("set one").exitOverride())
    // A value may begin with a dash.
    .allowUnknownOption()
    .addHelpText(
      "after",
      "\nThe value: as an argument (others on this machine may see it), from standard input (-, or left out and piped; one newline at its end is not part of it), or from a prompt that does not show it. Any text, of several lines too.\nIt is what `pulumi config set --secret` sets: encrypted with the stack's passphrase, in Pulumi.<stack>.yaml.",
    )
    .action((name: string, value: string | undefined, options: CommonOptions) =>
      set(name, value, contextOf(options)),
    );
  common(
    command.command("list").description("which there are, and which are set").exitOverride(),
  ).action((options: CommonOptions) => list(contextOf(options)));
  common(command.command("rm <name>").description("take one away").exitOverride()).action(
    (name: string, options: CommonOptions) => remove(name, contextOf(options)),
  );
};
