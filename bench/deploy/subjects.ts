/**
 * A copy of the project whose services can be changed while they are visited, and the kinds of
 * change.
 */
import { execFileSync, spawn } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";

import { parse, stringify } from "yaml";

import type { Target } from "./client";

const PROJECT = resolve(__dirname, "../..");
const NOT_COPIED: readonly string[] = ["node_modules", ".git", ".build"];

const read = (name: string): string => readFileSync(join(__dirname, name), "utf8");
const PROGRAMS: Readonly<Record<string, string>> = {
  "main.ts": read("service.ts"),
  "main.py": read("service.py"),
};

type Values = Record<string, unknown>;

const inFolder = (copy: string, service: string, file: string): string =>
  join(copy, "services", service, file);

const writeProgram = (copy: string, service: string, file: string, version: string): void =>
  writeFileSync(
    inFolder(copy, service, file),
    (PROGRAMS[file] ?? "").replace('VERSION = "0"', `VERSION = "${version}"`),
  );
const writePage = (copy: string, version: string): void =>
  writeFileSync(
    inFolder(copy, "blog", "index.html"),
    `<!doctype html><html>version ${version}</html>\n`,
  );

/** Changes some keys of a service in the copy's manifest. */
const setKeys = (copy: string, service: string, values: Values): void => {
  const path = join(copy, "fleet.yaml");
  const manifest = parse(readFileSync(path, "utf8")) as Values & {
    services: Record<string, Values>;
  };
  manifest.services[service] = { ...manifest.services[service], ...values };
  writeFileSync(path, stringify(manifest));
};

/** One kind of change: what it is made to, how it is made, and what brings it. */
export interface Kind {
  readonly service: string;
  readonly write: (copy: string, turn: number) => void;
  /** What is to be seen in answers afterwards, where it can be seen. */
  readonly version?: (turn: number) => string;
  /** The command's words; `deploy SERVICE` where there are none. */
  readonly words?: (service: string, turn: number) => readonly string[];
}

const up = (): readonly string[] => ["up"];
const restart = (service: string): readonly string[] => ["restart", service];
const nothing = (): void => undefined;
const version = (turn: number): string => `v${turn}`;
const move = (service: string, first: number): Kind => ({
  service,
  words: up,
  write: (copy, turn) => setKeys(copy, service, { port: first + (turn % 2) }),
});

export const KINDS: Readonly<Record<string, Kind>> = {
  "static site": {
    service: "blog",
    version,
    write: (copy, turn) => writePage(copy, version(turn)),
  },
  "node, side by side": {
    service: "forth",
    version,
    write: (copy, turn) => writeProgram(copy, "forth", "main.ts", version(turn)),
  },
  "node, held": {
    service: "comments",
    version,
    write: (copy, turn) => writeProgram(copy, "comments", "main.ts", version(turn)),
  },
  "python, side by side": {
    service: "health",
    version,
    write: (copy, turn) => writeProgram(copy, "health", "main.py", version(turn)),
  },
  "binary, side by side": {
    service: "hooks",
    write: (copy, turn) =>
      writeFileSync(
        inFolder(copy, "hooks", "hooks.json"),
        JSON.stringify([{ id: `turn-${turn}`, "execute-command": "/usr/bin/uptime" }]),
      ),
  },
  "environment, side by side": {
    service: "forth",
    version: (turn) => `e${turn}`,
    write: (copy, turn) => {
      writeProgram(copy, "forth", "main.ts", "");
      setKeys(copy, "forth", { environment: { CHANGE: `e${turn}` } });
    },
  },
  "environment, held": {
    service: "comments",
    version: (turn) => `e${turn}`,
    write: (copy, turn) => {
      writeProgram(copy, "comments", "main.ts", "");
      setKeys(copy, "comments", { environment: { CHANGE: `e${turn}` } });
    },
  },
  "limits of requests": {
    service: "forth",
    write: (copy, turn) =>
      setKeys(copy, "forth", { limits: { "requests-per-second": 200 + turn, burst: 1000 } }),
  },
  "memory limit": {
    service: "forth",
    write: (copy, turn) => setKeys(copy, "forth", { memory: 96 + turn }),
  },
  "port, side by side": move("forth", 18_000),
  "port, held": move("comments", 18_010),
  "restart, side by side": { service: "forth", write: nothing, words: restart },
  "restart, held": { service: "comments", write: nothing, words: restart },
  "rollback, side by side": {
    service: "forth",
    write: nothing,
    words: (service) => ["rollback", service],
  },
};

const STREAMING: readonly string[] = ["forth", "comments"];
const PAGES_ONLY: readonly string[] = ["blog", "hooks"];

export const targetOf = (service: string, domain = "example.test"): Target => ({
  name: service,
  host: `${service}.${domain}`,
  pagesPerSecond: PAGES_ONLY.includes(service) ? 50 : 48,
  uploadsPerSecond: PAGES_ONLY.includes(service) ? 0 : 2,
  webSocket: STREAMING.includes(service),
});

export const makeCopy = (copy: string): void => {
  if (!existsSync(copy)) {
    cpSync(PROJECT, copy, {
      recursive: true,
      filter: (source) => !NOT_COPIED.includes(basename(source)),
    });
    // Copied, not linked by name: bundles name their modules' real places relative to the project,
    // and those must be the same here.
    mkdirSync(join(copy, "node_modules"));
    execFileSync("cp", ["-a", "--link", `${PROJECT}/node_modules/.`, join(copy, "node_modules")]);
  }
  writeFileSync(join(copy, "fleet.yaml"), readFileSync(join(PROJECT, "fleet.yaml")));
  // All visitors are one client here; what comes late on a busy machine comes at once.
  for (const service of Object.values(KINDS).map((kind) => kind.service))
    setKeys(copy, service, { limits: "none" });
  for (const service of STREAMING) {
    setKeys(copy, service, { streaming: true });
    writeProgram(copy, service, "main.ts", "0");
  }
  writeProgram(copy, "health", "main.py", "0");
  writePage(copy, "0");
};

export interface Ran {
  readonly code: number;
  readonly seconds: number;
  readonly said: string;
}

/** `./fleet` of the copy, as a user runs it. */
export const fleetOf = (copy: string, state: string, ...words: readonly string[]): Promise<Ran> => {
  const began = Date.now();
  return new Promise((done, reject) => {
    const child = spawn(join(copy, "fleet"), words, {
      cwd: copy,
      env: { ...process.env, FLEET_STATE: state },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let said = "";
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (text: string) => {
        said += text;
      });
    child.once("error", reject);
    child.once("close", (code) =>
      done({ code: code ?? 1, seconds: (Date.now() - began) / 1000, said }),
    );
  });
};
