import { createHash, randomBytes, scrypt, timingSafeEqual } from "node:crypto";
import { readFileSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import { promisify } from "node:util";

import type { Clock } from "../adapters/clock";
import type { Log } from "../adapters/log";
import { Refusal } from "./reply";

const derive = promisify(scrypt) as (
  password: string,
  salt: Buffer,
  length: number,
) => Promise<Buffer>;

/** A line for the operator's file: "user:scrypt$salt$hash". */
export const passwordLine = async (user: string, password: string): Promise<string> => {
  const salt = randomBytes(16);
  return `${user}:scrypt$${salt.toString("hex")}$${(await derive(password, salt, 32)).toString("hex")}`;
};

const split = (text: string): readonly [string, string] => {
  const at = text.indexOf(":");
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
};

const digest = (text: string): Buffer => createHash("sha256").update(text).digest();

/**
 * Against "user:scrypt$salt$hash", or against a password alone, whose user is "operator". Both are
 * compared in one time, whatever differs.
 */
const fits = async (line: string, user: string, password: string): Promise<boolean> => {
  const [, name = "", salt = "", hash = ""] =
    /^([^:]+):scrypt\$([0-9a-f]+)\$([0-9a-f]+)$/.exec(line) ?? [];
  if (name === "")
    return (
      timingSafeEqual(digest(`${user}:${password}`), digest(`operator:${line}`)) && line !== ""
    );
  const [derived, right] = [
    await derive(password, Buffer.from(salt, "hex"), 32),
    Buffer.from(hash, "hex"),
  ];
  return (
    timingSafeEqual(digest(user), digest(name)) &&
    right.length === derived.length &&
    timingSafeEqual(right, derived)
  );
};

/** Basic authentication. */
export interface Login {
  /** @returns the user. @throws Refusal 401, 404 without an operator, 429. */
  check(request: IncomingMessage): Promise<string>;
}

export interface LoginDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly operatorFile: () => string | undefined;
}

const MOST_ADDRESSES = 1000;
const LONGEST_PAUSE_MS = 300_000;

type Guard = (address: string, isRight: () => Promise<boolean>) => Promise<void>;

/** A wrong login costs its address a second, and more with each. */
const createGuard = ({ clock, log }: LoginDeps): Guard => {
  const wrong = new Map<string, { readonly times: number; readonly until: number }>();
  let deriving = false;

  const blame = (address: string, times: number, now: number): void => {
    if (wrong.size >= MOST_ADDRESSES) wrong.clear();
    const until = now + Math.min(1000 * 2 ** times, LONGEST_PAUSE_MS);
    wrong.set(address, { times: times + 1, until });
    log.warn(`operator's view: a wrong login from ${address}`);
  };
  return async (address, isRight) => {
    const now = clock.monotonic();
    const { times, until } = wrong.get(address) ?? { times: 0, until: 0 };
    // One derivation at a time: it is made to be slow, and the checks share this processor.
    if (now < until || deriving) throw new Refusal(429, "wait a little and try again");
    deriving = true;
    try {
      if (await isRight()) return void wrong.delete(address);
    } finally {
      deriving = false;
    }
    blame(address, times, now);
    throw new Refusal(401, "wrong user or password");
  };
};

const operatorLine = (file: string | undefined): string => {
  if (file === undefined)
    throw new Refusal(404, "there is no operator's view: set the stack's secret operator-password");
  return readFileSync(file, "utf8").trim();
};

export const createLogin = (deps: LoginDeps): Login => {
  const guarded = createGuard(deps);
  /** A right header's hash is remembered, so that the slow derivation runs once. */
  let good: string | undefined;
  return {
    check: async (request) => {
      const line = operatorLine(deps.operatorFile());
      const given = request.headers.authorization ?? "";
      const mark = digest(`${line}\n${given}`).toString("hex");
      const decoded = Buffer.from(given.replace(/^Basic /, ""), "base64").toString("utf8");
      const [user, password] = split(decoded);
      if (mark === good) return user;
      if (given === "") throw new Refusal(401, "log in");
      const address = String(request.headers["x-real-ip"] ?? request.socket.remoteAddress);
      await guarded(address, () => fits(line, user, password));
      good = mark;
      return user;
    },
  };
};
