import { existsSync, lchownSync, readFileSync } from "node:fs";
import { type ClientRequest, type IncomingMessage, request } from "node:http";
import { type RequestOptions, request as requestSecurely } from "node:https";

import { type Confinement, confined } from "./confine";
import { bytesOf } from "./file-names";
import { type Ran, type RunOptions, runAndCollect } from "./process";

/**
 * The machine that the agent works on: everything outside of its own head is passed in through
 * here.
 */
export interface Machine {
  /** Where an absolute path of the machine is; the identity on a real one. */
  at(path: string): string;
  run(argv: readonly string[], options?: RunOptions): Promise<Ran>;
  /** The command line that runs a program as somebody else, shut in. */
  confine(argv: readonly string[], confinement: Confinement): readonly string[];
  /** One HTTP GET on loopback. */
  ask(url: string, timeoutMs: number): Promise<{ readonly status: number; readonly body: string }>;
  /** One HTTPS GET of a public name, at this machine's own web server. */
  askPublic(
    url: string,
    timeoutMs: number,
  ): Promise<{ readonly status: number; readonly body: string }>;
  own(path: string, owner: string, group: string): void;
  now(): Date;
  /** Ends earlier when `enough` resolves. */
  sleep(milliseconds: number, enough?: Promise<void>): Promise<void>;
  /** One line of progress. */
  log(line: string): void;
}

/** More of a health answer than this is never looked at. */
const BODY_LIMIT = 64 * 1024;

/** What this machine trusts, which may be more than Node's own list. */
const AUTHORITIES = "/etc/ssl/certs/ca-certificates.crt";

const ask = (
  start: (taken: (response: IncomingMessage) => void) => ClientRequest,
  timeoutMs: number,
): Promise<{ status: number; body: string }> =>
  new Promise((resolve, reject) => {
    const call = start((response) => {
      let body = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => {
        body += chunk;
        if (body.length > BODY_LIMIT) {
          resolve({ status: response.statusCode ?? 0, body });
          call.destroy();
        }
      });
      response.on("end", () => resolve({ status: response.statusCode ?? 0, body }));
      response.on("error", reject);
    });
    const deadline = setTimeout(
      () => call.destroy(new Error(`no answer within ${timeoutMs / 1000} s`)),
      timeoutMs,
    );
    call.on("close", () => clearTimeout(deadline));
    call.on("error", reject);
    call.end();
  });

/** The name is asked of the machine itself, whatever DNS says of it just now. */
const atItself = (url: string): RequestOptions => {
  const { hostname, port, pathname, search } = new URL(url);
  return {
    host: "127.0.0.1",
    port: port || 443,
    path: `${pathname}${search}`,
    servername: hostname,
    headers: { host: hostname },
    ca: existsSync(AUTHORITIES) ? readFileSync(AUTHORITIES) : undefined,
    agent: false,
  };
};

const idOf = (file: "/etc/passwd" | "/etc/group", name: string): number => {
  const line = readFileSync(file, "utf8")
    .split("\n")
    .find((entry) => entry.startsWith(`${name}:`));
  const id = Number(line?.split(":")[2]);
  if (!line || !Number.isInteger(id)) throw new Error(`${file}: there is no "${name}"`);
  return id;
};

export const thisMachine: Machine = {
  at: (path) => path,
  run: runAndCollect,
  confine: confined,
  ask: (url, timeoutMs) => ask((taken) => request(url, { agent: false }, taken), timeoutMs),
  askPublic: (url, timeoutMs) => ask((taken) => requestSecurely(atItself(url), taken), timeoutMs),
  own: (path, owner, group) => {
    const [user, team] = [idOf("/etc/passwd", owner), idOf("/etc/group", group)];
    lchownSync(bytesOf(path), user, team);
  },
  now: () => new Date(),
  sleep: (milliseconds, enough) =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      void enough?.then(() => {
        clearTimeout(timer);
        resolve();
      });
    }),
  log: (line) => {
    console.log(line);
  },
};

/** A command that has to succeed; otherwise its own last words are the error. */
export const must = async (
  machine: Machine,
  argv: readonly string[],
  options?: RunOptions,
): Promise<string> => {
  const { code, stdout, stderr } = await machine.run(argv, options);
  if (code === 0) return stdout;
  const said = stderr.trim() || stdout.trim();
  // Said first by the program and then buried under what follows from it.
  const full = said.includes("No space left on device")
    ? "the disk of this machine is full. Make room (apt-get clean, journalctl --vacuum-size=50M) and run this again.\n"
    : "";
  throw new Error(
    `${full}${argv.join(" ")}: exit ${code}\n  ${said.split("\n").slice(-15).join("\n  ")}`,
  );
};
