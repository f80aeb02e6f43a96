import type { IncomingMessage } from "node:http";

import type { Signer } from "../actions/actions";
import type { Clock } from "../adapters/clock";
import type { Key } from "../adapters/key";
import { readBody, Refusal } from "./reply";

export interface Keys {
  /** On the watcher alone: links in mails, and what the owner asks for there. */
  readonly owner: Key;
  /** The primary's own; absent: no machine may report. */
  readonly primary?: Key;
}

export interface Signed {
  readonly signer: Signer;
  /** As it came: who reads it has to look at all of it. */
  readonly value: Readonly<Record<string, unknown>>;
}

/** Reads signed messages: each is taken once. */
export type Signatures = (request: IncomingMessage) => Promise<Signed>;

const WINDOW_MS = 5 * 60_000;

const objectIn = (text: string): Readonly<Record<string, unknown>> => {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Refusal(400, "the message is not JSON");
  }
  if (typeof value !== "object" || !value || Array.isArray(value))
    throw new Refusal(400, "the message is not a JSON object");
  return value as Readonly<Record<string, unknown>>;
};

/**
 * Which messages were taken: as long as one could be sent again, by its signature. One of before
 * this process is older than its start.
 */
const createOnce = (clock: Clock) => {
  const taken = new Map<string, number>();
  const began = clock.monotonic();
  return (signature: string, at: number): void => {
    const now = clock.now();
    for (const [old, since] of taken) {
      if (Math.abs(now - since) <= WINDOW_MS) break;
      taken.delete(old);
    }
    if (taken.has(signature)) throw new Refusal(409, "this message was taken already");
    if (at < now - (clock.monotonic() - began) - 1000)
      throw new Refusal(
        409,
        "the message is older than this run of the Observatory, and may have been taken by the one before; send it again",
      );
    taken.set(signature, at);
  };
};

/** A message is whole, of a key that is known here, of now, and has not been taken before. */
export const createSignatures = (keys: Keys, clock: Clock): Signatures => {
  const once = createOnce(clock);
  const signerOf = (text: string, signature: string): Signer | undefined => {
    if (keys.owner.verify(text, signature)) return "owner";
    return keys.primary?.verify(text, signature) ? "primary" : undefined;
  };
  return async (request) => {
    const text = await readBody(request);
    const signature = request.headers["x-signature"];
    const signer = typeof signature === "string" ? signerOf(text, signature) : undefined;
    if (typeof signature !== "string" || signer === undefined)
      throw new Refusal(403, "the signature does not fit; is it the same key file?");
    const value = objectIn(text);
    const { at } = value;
    if (typeof at !== "number" || Math.abs(clock.now() - at) > WINDOW_MS)
      throw new Refusal(403, "the request is not of now; do the clocks agree?");
    once(signature, at);
    return { signer, value };
  };
};
