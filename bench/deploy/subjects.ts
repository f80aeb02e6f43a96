/**
 * A copy of the project whose services can be changed while they are visited: one of each kind that
 * goes live in its own way.
 */
import { execFileSync, spawn } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";

import { parse, stringify } from "yaml";

import type { Target } from "./client";

const PROJECT = resolve(__dirname, "../..");
const NOT_COPIED: readonly string[] = ["node_modules", ".git", ".build"];

/** What changes → the service that it is here. */
export const SUBJECTS = {
  static: "blog",
  process: "forth",
  "process with data": "comments",
} as const;
export type Way = keyof typeof SUBJECTS;
export const WAYS = Object.keys(SUBJECTS) as readonly Way[];

export const targetOf = (way: Way, domain = "example.test"): Target => ({
  name: way,
  host: `${SUBJECTS[way]}.${domain}`,
  pagesPerSecond: way === "static" ? 50 : 48,
  uploadsPerSecond: way === "static" ? 0 : 2,
  webSocket: way !== "static",
});

const PROGRAM = readFileSync(join(__dirname, "service.ts"), "utf8");

/** Writes one service's next version; what is added is the service's last line. */
export const writeVersion = (copy: string, way: Way, version: string, added = ""): void => {
  const folder = join(copy, "services", SUBJECTS[way]);
  if (way === "static")
    writeFileSync(join(folder, "index.html"), `<!doctype html><html>version ${version}</html>\n`);
  else
    writeFileSync(
      join(folder, "main.ts"),
      `${PROGRAM.replace('VERSION = "0"', `VERSION = "${version}"`)}\n${added}\n`,
    );
};

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
  const manifest = join(copy, "fleet.yaml");
  const { services, ...rest } = parse(readFileSync(join(PROJECT, "fleet.yaml"), "utf8")) as {
    services: Record<string, Record<string, unknown>>;
  };
  const changed = {
    ...services,
    [SUBJECTS.process]: { ...services[SUBJECTS.process], streaming: true },
    [SUBJECTS["process with data"]]: {
      ...services[SUBJECTS["process with data"]],
      streaming: true,
    },
  };
  writeFileSync(manifest, stringify({ ...rest, services: changed }));
  for (const way of WAYS) writeVersion(copy, way, "0");
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
