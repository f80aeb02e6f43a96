import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import type { Release } from "@second-server/contract/release";

import type { Confinement } from "../../../agent/confine";
import type { Machine } from "../../../agent/machine";
import { type Ran, runAndCollect } from "../../../agent/process";
import { sha256 } from "./sample";

/**
 * Programs that do the same in a folder as on a machine, so they run for real; the rest (systemctl,
 * nginx…) is answered by the test.
 */
const REAL = new Set([
  "tar",
  "cp",
  "sync",
  "openssl",
  "python3",
  "find",
  "env",
  "du",
  "choom",
  "mv",
  "rm",
]);

export interface TemporaryMachine extends Machine {
  readonly root: string;
  /** Every command that was not run for real, joined with spaces. */
  readonly ran: string[];
  readonly said: string[];
  /** Whom something was done as, by the names of units. */
  readonly confined: Confinement[];
  /** By the beginning of a command line; what is not here succeeds silently. */
  readonly answers: Map<string, Partial<Ran>>;
  /** By URL; what is not here refuses the connection. */
  readonly pages: Map<string, { status: number; body: string }>;
  write(path: string, text: string): void;
  read(path: string): string;
  /** Packs a release as `up` copies it, and returns its sha256. */
  deliver(
    release: Release,
    texts: readonly string[],
    trees?: Readonly<Record<string, Readonly<Record<string, string>>>>,
    /** Something done to the bundle's folder before it is packed. */
    touch?: (folder: string) => void,
  ): string;
  remove(): void;
}

/** Units run, and nobody else has their ports, unless a test says so. */
const standing = ([program, verb, ...rest]: readonly string[]): Partial<Ran> => {
  if (program === "ss") return { code: 127 };
  if (program !== "systemctl" || verb !== "show") return {};
  return { stdout: `ActiveState=active\nNRestarts=0\nControlGroup=/system.slice/${rest.at(-1)}\n` };
};

/** A machine in a folder, with a clock that moves only when somebody waits. */
export const temporaryMachine = (): TemporaryMachine => {
  const root = mkdtempSync(join(tmpdir(), "agent-machine-"));
  const at = (path: string): string => (path.startsWith(root) ? path : join(root, path));
  let clock = Date.UTC(2026, 10, 21, 12);
  const confinements: Confinement[] = [];
  const [ran, said, answers, pages] = [
    [] as string[],
    [] as string[],
    new Map<string, Partial<Ran>>(),
    new Map<string, { status: number; body: string }>(),
  ];
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(at(path)), { recursive: true });
    writeFileSync(at(path), text);
  };
  const run: Machine["run"] = async (
    argv,
    { environment, input, inputFile } = {},
  ): Promise<Ran> => {
    if (REAL.has(argv[0]!)) return await runAndCollect(argv, { environment, input, inputFile });
    const line = argv.join(" ").replaceAll(root, "");
    ran.push(line);
    const answer = [...answers].find(([start]) => line.startsWith(start))?.[1] ?? standing(argv);
    return { code: 0, stdout: "", stderr: "", ...answer };
  };
  const deliver: TemporaryMachine["deliver"] = (
    release,
    texts,
    trees = {},
    touch = () => undefined,
  ) => {
    const folder = mkdtempSync(join(root, "bundle-"));
    const put = (path: string, text: string): void => {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    };
    put("release.json", JSON.stringify(release));
    for (const text of texts) put(`files/${sha256(text)}`, text);
    for (const [name, files] of Object.entries(trees))
      for (const [path, text] of Object.entries(files)) put(`trees/${name}/${path}`, text);
    touch(folder);
    // As in a real bundle: no times, and no entry for the folder itself.
    const archive = execFileSync("tar", [
      "-cz",
      "--mtime=@0",
      "-C",
      folder,
      ...readdirSync(folder),
    ]);
    const sha = createHash("sha256").update(archive).digest("hex");
    mkdirSync(at("/home/fleet"), { recursive: true });
    writeFileSync(at(`/home/fleet/release-${sha}.tar.gz`), archive);
    return sha;
  };
  return {
    root,
    at,
    run,
    ran,
    said,
    confined: confinements,
    // The same program, as whoever runs the tests.
    confine: (argv, confinement) => {
      confinements.push(confinement);
      const scratch = join(root, "var/cache", confinement.scratch ?? "");
      mkdirSync(scratch, { recursive: true });
      return ["env", `CACHE_DIRECTORY=${scratch}`, ...argv];
    },
    answers,
    pages,
    write,
    deliver,
    read: (path) => readFileSync(at(path), "utf8"),
    ask: async (url) => {
      const page = pages.get(url);
      if (!page) throw new Error(`connect ECONNREFUSED ${url}`);
      return page;
    },
    askPublic: async (url) => {
      const page = pages.get(url);
      if (!page) throw new Error(`connect ECONNREFUSED ${url}`);
      return page;
    },
    own: () => undefined,
    now: () => new Date(clock),
    sleep: async (milliseconds) => {
      clock += milliseconds;
    },
    log: (line) => {
      said.push(line);
    },
    remove: () => {
      rmSync(root, { recursive: true, force: true });
    },
  };
};
