import { randomInt } from "node:crypto";

import { genSaltSync, hashSync } from "bcryptjs";

import { type Props, UNKNOWN } from "../../values/value";
import { inputDiff } from "../diff";
import { flag, type Existing, type Kind, number, type Package, text } from "../provider";
import {
  bytes,
  identifier,
  inRandomOrder,
  shuffled,
  takenBytes,
  takenIdentifier,
  takenUuid,
  takenWhole,
  uuid4,
  uuid7,
  whole,
} from "./drawn";
import { NOUNS, QUALITIES } from "./words";

/** Everything random is made once; any change of what it was made from makes it anew. */
const kind = (
  make: (inputs: Props) => { id: string; outputs: Props },
  defaults: Props = {},
  secretOutputs?: readonly string[],
  found?: (id: string) => Existing,
): Kind => ({
  ...(secretOutputs ? { secretOutputs } : {}),
  check: (given) => ({
    inputs: given,
    failures:
      given["seed"] === undefined
        ? []
        : [
            {
              property: "seed",
              reason:
                "a seed is not supported by the embedded engine, whose generator is not the CLI provider's",
            },
          ],
  }),
  diff: (old, now) => ({ ...inputDiff(old.inputs, now, "*"), rough: true }),
  create: async (inputs) => {
    const full = { ...defaults, ...inputs };
    const { id, outputs } = await Promise.resolve(make(full));
    return { id, outputs: { ...full, ...outputs } };
  },
  read: async (old) => {
    const isKnown = Object.keys({ ...old.inputs, ...old.outputs }).length > 0;
    const { id, inputs, outputs } = await Promise.resolve(isKnown ? old : taken(old.id, found));
    return { id, inputs, outputs: { ...defaults, ...inputs, ...outputs } };
  },
  preview: (inputs) => ({ ...defaults, ...inputs, id: UNKNOWN }),
});

/** Nothing keeps these values but the state: an import has only the id to go by. */
const taken = (id: string, found: ((id: string) => Existing) | undefined): Existing => {
  if (!found)
    throw new Error(
      "this resource does not support import: its id does not tell what it was made from",
    );
  return found(id);
};
const foundText = (id: string): Existing => ({
  id,
  inputs: { length: id.length },
  outputs: { result: id, id },
});

const SETS = {
  lower: "abcdefghijklmnopqrstuvwxyz",
  upper: "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
  numeric: "0123456789",
  special: "!@#$%&*()-_=+[]{}<>:?",
} as const;
const draw = (alphabet: string, count: number): string[] =>
  Array.from({ length: count }, () => alphabet.charAt(randomInt(alphabet.length)));

/** `length` characters of the wanted sets, at least as many of each as asked. */
const characters = (inputs: Props): string => {
  const length = number(inputs["length"]) ?? 0;
  const special = text(inputs["overrideSpecial"]) || SETS.special;
  const wanted = (
    [
      ["lower", SETS.lower, "minLower"],
      ["upper", SETS.upper, "minUpper"],
      ["numeric", SETS.numeric, "minNumeric"],
      ["special", special, "minSpecial"],
    ] as const
  ).filter(
    ([name]) =>
      flag(inputs[name]) !== false && !(name === "numeric" && flag(inputs["number"]) === false),
  );
  const alphabet = wanted.map(([, set]) => set).join("");
  if (alphabet === "")
    throw new Error("at least one of lower, upper, numeric and special must be true");
  const least = wanted.flatMap(([, set, minimum]) => draw(set, number(inputs[minimum]) ?? 0));
  if (least.length > length)
    throw new Error(
      `length ${length} is less than the sum of minLower, minUpper, minNumeric and minSpecial (${least.length})`,
    );
  return inRandomOrder([...least, ...draw(alphabet, length - least.length)]).join("");
};

/** As the provider's Go library writes it: cost 10, marked 2a, of the first 72 bytes. */
const bcryptHash = (password: string): string =>
  hashSync(password, genSaltSync(10).replace(/^\$2b\$/, "$2a$"));
const password = (result: string): Props => ({
  result,
  id: "none",
  bcryptHash: bcryptHash(result),
});

const TEXT_DEFAULTS: Props = {
  lower: true,
  minLower: 0,
  minNumeric: 0,
  minSpecial: 0,
  minUpper: 0,
  number: true,
  numeric: true,
  special: true,
  upper: true,
};

const oneOf = (words: readonly string[]): readonly string[] => {
  const at = randomInt(words.length);
  return words.slice(at, at + 1);
};

const pet = (inputs: Props): { id: string; outputs: Props } => {
  const count = number(inputs["length"]) ?? 2;
  const words = [
    ...Array.from({ length: count - 1 }, () => oneOf(QUALITIES)),
    ...oneOf(NOUNS),
  ].flat();
  const prefix = text(inputs["prefix"]);
  const id = [...(prefix ? [prefix] : []), ...words].join(text(inputs["separator"]) ?? "-");
  return { id, outputs: { id } };
};

/** The bridge's note of the version of the provider's schema. */
const schema = (version: number): Props => ({
  __meta: JSON.stringify({ schema_version: String(version) }),
});

export const randomPackage: Package = {
  settings: [],
  open: () => ({
    lookups: {},
    kinds: {
      "random:index/randomPassword:RandomPassword": kind(
        (inputs) => ({ id: "none", outputs: password(characters(inputs)) }),
        { ...TEXT_DEFAULTS, ...schema(3) },
        ["result", "bcryptHash"],
        (result) => ({ id: "none", inputs: { length: result.length }, outputs: password(result) }),
      ),
      "random:index/randomString:RandomString": kind(
        (inputs) => {
          const result = characters(inputs);
          return { id: result, outputs: { result, id: result } };
        },
        { ...TEXT_DEFAULTS, ...schema(2) },
        undefined,
        foundText,
      ),
      "random:index/randomId:RandomId": kind(identifier, {}, undefined, takenIdentifier),
      "random:index/randomUuid:RandomUuid": kind(uuid4, {}, undefined, takenUuid),
      "random:index/randomUuid4:RandomUuid4": kind(uuid4, {}, undefined, takenUuid),
      "random:index/randomUuid7:RandomUuid7": kind(uuid7, {}, undefined, takenUuid),
      "random:index/randomInteger:RandomInteger": kind(whole, {}, undefined, takenWhole),
      "random:index/randomBytes:RandomBytes": kind(bytes, {}, ["base64", "hex"], takenBytes),
      "random:index/randomShuffle:RandomShuffle": kind(shuffled),
      "random:index/randomPet:RandomPet": kind(pet, { length: 2, separator: "-" }),
    },
  }),
};
