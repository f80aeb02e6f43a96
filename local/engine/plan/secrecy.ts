import type { Kind } from "../providers/provider";
import type { Resource } from "../state/resource";
import { revealing } from "../values/stored";
import { isList, isProps, mapProps, type Props, Secret, type Value } from "../values/value";

/** Secrets inside a secret keep their own mark. */
const markAs = (output: Value, input: Value | undefined): Value => {
  if (input === undefined) return output;
  if (output instanceof Secret || input instanceof Secret)
    return new Secret(
      markAs(
        output instanceof Secret ? output.value : output,
        input instanceof Secret ? input.value : input,
      ),
    );
  if (isList(output) && isList(input))
    return output.map((item, index) => markAs(item, input[index]));
  return isProps(output) && isProps(input)
    ? mapProps(output, (item, key) => markAs(item, input[key]))
    : output;
};

const textOf = (secret: Secret): string => JSON.stringify(revealing(secret));

/**
 * Keeps the very secret of before where its content has not changed, so that its ciphertext stays.
 */
const keep = (now: Value, before: Value | undefined): Value => {
  if (now instanceof Secret && before instanceof Secret)
    return textOf(now) === textOf(before) ? before : now;
  return isProps(now) && isProps(before)
    ? mapProps(now, (item, key) => keep(item, before[key]))
    : now;
};

/**
 * Providers answer bare values. An output is secret when the input that it repeats is, or when the
 * program or the kind says so.
 */
export const markSecrets = (
  kind: Kind | undefined,
  { inputs, additionalSecretOutputs = [] }: Pick<Resource, "inputs" | "additionalSecretOutputs">,
  outputs: Props,
  before: Props = {},
): Props => {
  const names = new Set([...(kind?.secretOutputs ?? []), ...additionalSecretOutputs]);
  return mapProps(outputs, (output, key) => {
    const source = kind?.repeats?.[key];
    const marked =
      source === undefined
        ? markAs(output, inputs[key])
        : markAs(markAs(output, inputs[source]), before[key]);
    return keep(
      !(marked instanceof Secret) && names.has(key) ? new Secret(marked) : marked,
      before[key],
    );
  });
};

/** Inputs as sent, with the ciphertexts of unchanged secrets. */
export const keepSecrets = (inputs: Props, before: Props): Props =>
  mapProps(inputs, (item, key) => keep(item, before[key]));

/** Secrecy of the given values put back on what a check returned bare. */
export const remark = (checked: Props, given: Props): Props =>
  mapProps(checked, (item, key) => markAs(item, given[key]));
