import { isList, isProps, mapProps, type Props, Secret, type Value } from "../values/value";

/** Secrets inside a secret keep their own mark. */
const markAs = (output: Value, input: Value | undefined): Value => {
  if (input === undefined) return output;
  if (output instanceof Secret || input instanceof Secret) return new Secret(markAs(output instanceof Secret ? output.value : output, input instanceof Secret ? input.value : input));
  if (isList(output) && isList(input)) return output.map((item, index) => markAs(item, input[index]));
  return isProps(output) && isProps(input) ? mapProps(output, (item, key) => markAs(item, input[key])) : output;
};

/** Keeps the very secret of before where its content has not changed, so that its ciphertext stays. */
const keep = (now: Value, before: Value | undefined): Value => {
  if (now instanceof Secret && before instanceof Secret) return JSON.stringify(now) === JSON.stringify(before) ? before : now;
  return isProps(now) && isProps(before) ? mapProps(now, (item, key) => keep(item, before[key])) : now;
};

/** Providers answer bare values. An output is secret when the input of the same name is, or when the program or the kind says so. */
export const markSecrets = (outputs: Props, inputs: Props, names: readonly string[], before: Props = {}): Props =>
  mapProps(outputs, (output, key) => {
    const marked = markAs(output, inputs[key]);
    return keep(!(marked instanceof Secret) && names.includes(key) ? new Secret(marked) : marked, before[key]);
  });

/** Inputs as sent, with the ciphertexts of unchanged secrets. */
export const keepSecrets = (inputs: Props, before: Props): Props => mapProps(inputs, (item, key) => keep(item, before[key]));

/** Secrecy of the given values put back on what a check returned bare. */
export const remark = (checked: Props, given: Props): Props => mapProps(checked, (item, key) => markAs(item, given[key]));
