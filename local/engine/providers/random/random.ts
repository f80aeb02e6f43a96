import { randomBytes, randomInt, randomUUID } from "node:crypto";
import type { Props, Value } from "../../values/value";
import { inputDiff } from "../diff";
import { flag, type Existing, type Kind, number, type Package, text } from "../provider";
import { NOUNS, QUALITIES } from "./words";

/** Everything random is made once; any change of what it was made from makes it anew. */
const kind = (make: (inputs: Props) => { id: string; outputs: Props }, defaults: Props = {}, secretOutputs?: readonly string[], found?: (id: string) => Existing): Kind => ({
  ...(secretOutputs ? { secretOutputs } : {}),
  check: (given) => ({ inputs: given, failures: given["seed"] === undefined ? [] : [{ property: "seed", reason: "a seed is not supported by the embedded engine, whose generator is not the CLI provider's" }] }),
  diff: (old, now) => ({ ...inputDiff(old.inputs, now, "*"), rough: true }),
  create: async (inputs) => {
    const full = { ...defaults, ...inputs };
    const { id, outputs } = make(full);
    return { id, outputs: { ...full, ...outputs } };
  },
  read: async (old) => {
    const { id, inputs, outputs } = Object.keys({ ...old.inputs, ...old.outputs }).length > 0 ? old : taken(old.id, found);
    return { id, inputs, outputs: { ...defaults, ...inputs, ...outputs } };
  },
  preview: (inputs) => ({ ...defaults, ...inputs }),
});

/** Nothing keeps these values but the state: an import has only the id to go by. */
const taken = (id: string, found: ((id: string) => Existing) | undefined): Existing => {
  if (!found) throw new Error("this resource does not support import: its id does not tell what it was made from");
  return found(id);
};
const foundText = (id: string): Existing => ({ id, inputs: { length: id.length }, outputs: { result: id } });

const SETS = { lower: "abcdefghijklmnopqrstuvwxyz", upper: "ABCDEFGHIJKLMNOPQRSTUVWXYZ", numeric: "0123456789", special: "!@#$%&*()-_=+[]{}<>:?" } as const;
const draw = (alphabet: string, count: number): string[] => Array.from({ length: count }, () => alphabet[randomInt(alphabet.length)]!);

const shuffled = (letters: string[]): string => {
  for (let index = letters.length - 1; index > 0; index--) {
    const other = randomInt(index + 1);
    [letters[index], letters[other]] = [letters[other]!, letters[index]!];
  }
  return letters.join("");
};

/** `length` characters of the wanted sets, at least as many of each as asked. */
const characters = (inputs: Props): string => {
  const length = number(inputs["length"]) ?? 0;
  const special = text(inputs["overrideSpecial"]) || SETS.special;
  const wanted = ([["lower", SETS.lower, "minLower"], ["upper", SETS.upper, "minUpper"], ["numeric", SETS.numeric, "minNumeric"], ["special", special, "minSpecial"]] as const)
    .filter(([name]) => flag(inputs[name]) !== false && !(name === "numeric" && flag(inputs["number"]) === false));
  const alphabet = wanted.map(([, set]) => set).join("");
  if (alphabet === "") throw new Error("at least one of lower, upper, numeric and special must be true");
  const least = wanted.flatMap(([, set, minimum]) => draw(set, number(inputs[minimum]) ?? 0));
  if (least.length > length) throw new Error(`length ${length} is less than the sum of minLower, minUpper, minNumeric and minSpecial (${least.length})`);
  return shuffled([...least, ...draw(alphabet, length - least.length)]);
};

const TEXT_DEFAULTS: Props = { lower: true, minLower: 0, minNumeric: 0, minSpecial: 0, minUpper: 0, number: true, numeric: true, special: true, upper: true };

const identifier = (inputs: Props): { id: string; outputs: Props } => {
  const bytes = randomBytes(number(inputs["byteLength"]) ?? 0);
  const prefix = text(inputs["prefix"]) ?? "";
  const hex = bytes.toString("hex");
  const forms: Record<string, Value> = { b64Std: prefix + bytes.toString("base64"), b64Url: prefix + bytes.toString("base64url"), dec: prefix + BigInt(`0x${hex || "0"}`).toString(), hex: prefix + hex };
  return { id: bytes.toString("base64url"), outputs: forms };
};

const whole = (inputs: Props): { id: string; outputs: Props } => {
  const [min, max] = [number(inputs["min"]) ?? 0, number(inputs["max"]) ?? 0];
  if (max < min) throw new Error("the maximum (max) value needs to be at least the minimum (min) value");
  const result = min + randomInt(max - min + 1);
  return { id: String(result), outputs: { result } };
};

const pet = (inputs: Props): { id: string; outputs: Props } => {
  const count = number(inputs["length"]) ?? 2;
  const words = [...Array.from({ length: count - 1 }, () => QUALITIES[randomInt(QUALITIES.length)]!), NOUNS[randomInt(NOUNS.length)]!];
  return { id: [...(text(inputs["prefix"]) ? [text(inputs["prefix"])!] : []), ...words].join(text(inputs["separator"]) ?? "-"), outputs: {} };
};

export const randomPackage: Package = {
  settings: [],
  open: () => ({
    lookups: {},
    kinds: {
      "random:index/randomPassword:RandomPassword": kind((inputs) => ({ id: "none", outputs: { result: characters(inputs) } }), TEXT_DEFAULTS, ["result", "bcryptHash"], (id) => ({ ...foundText(id), id: "none" })),
      "random:index/randomString:RandomString": kind((inputs) => { const result = characters(inputs); return { id: result, outputs: { result } }; }, TEXT_DEFAULTS, undefined, foundText),
      "random:index/randomId:RandomId": kind(identifier),
      "random:index/randomUuid:RandomUuid": kind(() => { const result = randomUUID(); return { id: result, outputs: { result } }; }),
      "random:index/randomInteger:RandomInteger": kind(whole),
      "random:index/randomPet:RandomPet": kind(pet, { length: 2, separator: "-" }),
    },
  }),
};
