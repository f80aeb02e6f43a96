import { EngineError } from "../errors";
import { STACK_TYPE } from "../urn";
import { bare, type Json, masked, store, storeProps } from "../values/stored";
import { type Stack, unlock } from "./session";

const asText = (value: Json): string => (typeof value === "string" ? value : JSON.stringify(value));

/** `output [NAME] [--json] [--show-secrets]`. */
export const printOutputs = async (stack: Stack): Promise<number> => {
  const { args, checkpoint } = stack;
  if (checkpoint === null) throw new EngineError(`no stack named '${args.stack}' found`, 6);
  const { snapshot } = await unlock(stack);
  const outputs = snapshot.resources.find(({ type }) => type === STACK_TYPE)?.outputs ?? {};
  const style = args.showSecrets ? bare : masked;
  const [name] = args.rest;
  if (name !== undefined) {
    const value = outputs[name];
    if (value === undefined)
      throw new EngineError(`current stack does not have output property '${name}'`);
    const shown = store(
      value,
      args.rest.length > 0 && !args.json && !args.showSecrets ? masked : style,
    );
    process.stdout.write(`${args.json ? JSON.stringify(shown, null, 2) : asText(shown)}\n`);
    return 0;
  }
  const all = storeProps(outputs, style);
  if (args.json) process.stdout.write(`${JSON.stringify(all, null, 2)}\n`);
  else if (Object.keys(all).length === 0)
    process.stdout.write(
      "Current stack outputs (0):\n    No output values currently in this stack\n",
    );
  else {
    const width = Math.max(6, ...Object.keys(all).map(({ length }) => length));
    process.stdout.write(
      `Current stack outputs (${Object.keys(all).length}):\n    ${"OUTPUT".padEnd(width)}  VALUE\n`,
    );
    for (const key of Object.keys(all).sort())
      process.stdout.write(
        `    ${key.padEnd(width)}  ${asText(all[key]!).replaceAll("\n", `\n${" ".repeat(width + 6)}`)}\n`,
      );
  }
  return 0;
};
