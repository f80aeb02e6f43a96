import { randomBytes, randomInt, randomUUID } from "node:crypto";

import { isList, type Props, type Value } from "../../values/value";
import { type Existing, number, text } from "../provider";

/** What a kind makes of its inputs. */
export interface Made {
  readonly id: string;
  readonly outputs: Props;
}

const forms = (bytes: Buffer, prefix: string): Props => {
  const hex = bytes.toString("hex");
  return {
    b64Std: prefix + bytes.toString("base64"),
    b64Url: prefix + bytes.toString("base64url"),
    dec: prefix + BigInt(`0x${hex || "0"}`).toString(),
    hex: prefix + hex,
  };
};

export const identifier = (inputs: Props): Made => {
  const bytes = randomBytes(number(inputs["byteLength"]) ?? 0);
  const id = bytes.toString("base64url");
  return { id, outputs: { ...forms(bytes, text(inputs["prefix"]) ?? ""), id } };
};

/** "<base64url>" or "<prefix>,<base64url>". */
export const takenIdentifier = (given: string): Existing => {
  const at = given.lastIndexOf(",");
  const [prefix, id] = at < 0 ? [undefined, given] : [given.slice(0, at), given.slice(at + 1)];
  const bytes = Buffer.from(id, "base64url");
  if (bytes.toString("base64url") !== id)
    throw new Error(
      `"${id}" is not base64url: give what the resource's b64Url was, after its prefix and a comma if it had one`,
    );
  const inputs = { byteLength: bytes.length, ...(prefix === undefined ? {} : { prefix }) };
  return { id, inputs, outputs: { ...forms(bytes, prefix ?? ""), id } };
};

export const whole = (inputs: Props): Made => {
  const [min, max] = [number(inputs["min"]) ?? 0, number(inputs["max"]) ?? 0];
  if (max < min)
    throw new Error("the maximum (max) value needs to be at least the minimum (min) value");
  const result = min + randomInt(max - min + 1);
  return { id: String(result), outputs: { result, id: String(result) } };
};

const isWhole = (value: number | undefined): value is number => Number.isInteger(value);
/** "<result>,<min>,<max>". */
export const takenWhole = (given: string): Existing => {
  const [result, min, max, ...more] = given.split(",").map(Number);
  if (!isWhole(result) || !isWhole(min) || !isWhole(max) || more.length > 0)
    throw new Error(
      `"${given}": expected <result>,<min>,<max>, as in 15390,1,50000 (a seed is not supported by the embedded engine)`,
    );
  return {
    id: String(result),
    inputs: { min, max },
    outputs: { result, id: String(result) },
  };
};

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const asUuid = (result: string): Made => ({ id: result, outputs: { result, id: result } });
export const uuid4 = (): Made => asUuid(randomUUID());

/** The time in milliseconds, then chance (RFC 9562). */
export const uuid7 = (): Made => {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(Date.now(), 0, 6);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x70, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString("hex");
  return asUuid(
    [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join(
      "-",
    ),
  );
};

export const takenUuid = (id: string): Existing => {
  if (!UUID.test(id)) throw new Error(`"${id}" is not a UUID`);
  return { id, inputs: {}, outputs: { result: id, id } };
};

export const bytes = (inputs: Props): Made => {
  const drawn = randomBytes(number(inputs["length"]) ?? 0);
  return {
    id: drawn.toString("base64"),
    outputs: { base64: drawn.toString("base64"), hex: drawn.toString("hex") },
  };
};

export const takenBytes = (id: string): Existing => {
  const given = Buffer.from(id, "base64");
  if (given.toString("base64") !== id) throw new Error(`"${id}" is not base64`);
  return {
    id,
    inputs: { length: given.length },
    outputs: { base64: id, hex: given.toString("hex") },
  };
};

export const inRandomOrder = <T>(given: readonly T[]): T[] => {
  const left = [...given];
  const drawn: T[] = [];
  while (left.length > 0) drawn.push(...left.splice(randomInt(left.length), 1));
  return drawn;
};

/** As many as are asked for: the list again and again, each time in another order. */
export const shuffled = (inputs: Props): Made => {
  const from: readonly Value[] = isList(inputs["inputs"]) ? inputs["inputs"] : [];
  const count = number(inputs["resultCount"]) ?? from.length;
  const results: Value[] = [];
  while (from.length > 0 && results.length < count) results.push(...inRandomOrder(from));
  return { id: "-", outputs: { results: results.slice(0, count), id: "-" } };
};
