import { EngineError } from "../errors";
import { STACK_TYPE } from "../urn";
import { bare, type Json, masked, type SecretStyle, store, storeProps } from "../values/stored";
import type { Props } from "../values/value";
import { type Stack, unlock } from "./session";

const asText = (value: Json): string => (typeof value === "string" ? value : JSON.stringify(value));

const printAll = (outputs: Props, style: SecretStyle, json: boolean): void => {
  const all = storeProps(outputs, style);
  const keys = Object.keys(all);
  if (json) {
    process.stdout.write(`${JSON.stringify(all, null, 2)}\n`);
    return;
  }
  if (keys.length === 0) {
    process.stdout.write(
      "Current stack outputs (0):\n    No output values currently in this stack\n",
    );
    return;
  }
  const width = Math.max(6, ...keys.map(({ length }) => length));
  process.stdout.write(
    `Current stack outputs (${keys.length}):\n    ${"OUTPUT".padEnd(width)}  VALUE\n`,
  );
  for (const [key, value] of Object.entries(all).sort(([a], [b]) => (a < b ? -1 : 1)))
    process.stdout.write(
      `    ${key.padEnd(width)}  ${asText(value).replaceAll("\n", `\n${" ".repeat(width + 6)}`)}\n`,
    );
};

/** `output [NAME] [--json] [--show-secrets]`. */
export const printOutputs = async (stack: Stack): Promise<number> => {
  const { args, checkpoint } = stack;
  if (checkpoint === undefined) throw new EngineError(`no stack named '${args.stack}' found`, 6);
  const { snapshot } = await unlock(stack);
  const outputs = snapshot.resources.find(({ type }) => type === STACK_TYPE)?.outputs ?? {};
  const style = args.showSecrets ? bare : masked;
  const [name] = args.rest;
  if (name === undefined) {
    printAll(outputs, style, args.json);
    return 0;
  }
  const value = outputs[name];
  if (value === undefined)
    throw new EngineError(`current stack does not have output property '${name}'`);
  const shown = store(value, style);
  process.stdout.write(`${args.json ? JSON.stringify(shown, null, 2) : asText(shown)}\n`);
  return 0;
};
