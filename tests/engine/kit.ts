import { type ChildProcess, execFile, spawn } from "node:child_process";
import {
  copyFileSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";

import { type BuildOptions, buildSync } from "esbuild";

const ROOT = resolve(__dirname, "../..");
const KEYS_ONCE = join(__dirname, "keys-once.cjs");

const FOR_NODE: BuildOptions = { bundle: true, platform: "node", target: "node20" };

/**
 * Puts the engine into this folder as one file, and returns its path. A test file starts it a dozen
 * times: from its two hundred files, each looked at by tsx, each start takes half as long again.
 */
const bundledEngine = (folder: string): string => {
  const outfile = join(folder, ".engine/main.cjs");
  const entry = join(ROOT, "local/engine/main.ts");
  buildSync({ ...FOR_NODE, entryPoints: [entry], outfile, packages: "external" });
  copyFileSync(join(ROOT, "local/engine/program/launch.cjs"), join(folder, ".engine/launch.cjs"));
  return outfile;
};

/** The program as one file beside the SDK, with what it imports of this project's own. */
const bundledProgram = (folder: string, program: string): void => {
  buildSync({
    ...FOR_NODE,
    stdin: { contents: program, loader: "ts", resolveDir: folder },
    outfile: join(folder, "index.js"),
    external: ["@pulumi/*"],
  });
};

/** JSON as the test knows it to be: what isn't so fails at the expectation that reads it. */
export const parse = <T>(text: string): T => JSON.parse(text) as T;

export interface StoredResource {
  readonly urn: string;
  readonly type: string;
  readonly id?: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly outputs: Readonly<Record<string, unknown>>;
  readonly delete?: boolean;
  readonly protect?: boolean;
  readonly provider?: string;
  readonly created?: string;
  readonly modified?: string;
  readonly dependencies?: readonly string[];
  readonly propertyDependencies?: Readonly<Record<string, readonly string[]>>;
}
interface PendingOperation {
  readonly resource: Partial<StoredResource>;
  readonly type: string;
}

/** What of a stack's file the tests read and write. */
export interface StateFile {
  readonly checkpoint: {
    readonly latest: {
      manifest: { time: string };
      resources?: StoredResource[];
      pending_operations?: PendingOperation[];
    };
  };
}

/** What `preview --json` prints. */
export interface Preview {
  readonly changeSummary: Readonly<Record<string, number>>;
  readonly diagnostics?: readonly { readonly severity: string }[];
  readonly steps: readonly {
    readonly op: string;
    readonly urn: string;
    readonly newState?: StoredResource;
    readonly replaceReasons?: readonly string[];
  }[];
}

/** A stack's outputs, as `output --json` prints them. */
export type Outputs = Readonly<Record<string, unknown>>;

export interface Event {
  readonly resourcePreEvent?: { metadata: Metadata };
  readonly resOutputsEvent?: { metadata: Metadata };
  readonly resOpFailedEvent?: { metadata: Metadata };
  readonly diagnosticEvent?: { severity: string; message: string; urn?: string };
  readonly summaryEvent?: { resourceChanges: Record<string, number>; result: string };
}
interface Metadata {
  readonly op: string;
  readonly urn: string;
  readonly diffs?: readonly string[];
  readonly detailedDiff?: Record<string, { diffKind: string }> | null;
}

export interface Result {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly events: readonly Event[];
  readonly changes: Readonly<Record<string, number>>;
  /** "create pet", in the order in which the steps ended. */
  readonly steps: readonly string[];
  readonly errors: readonly string[];
}

const nameOf = (urn: string): string => urn.split("::").at(-1)!;

const resultOf = (code: number, stdout: string, stderr: string): Result => {
  const events = stdout
    .split("\n")
    .filter((line) => line.startsWith('{"sequence"'))
    .map((line) => parse<Event>(line));
  return {
    code,
    stdout,
    stderr,
    events,
    changes: events.find(({ summaryEvent }) => summaryEvent)?.summaryEvent?.resourceChanges ?? {},
    steps: events.flatMap(({ resOutputsEvent }) =>
      resOutputsEvent
        ? [`${resOutputsEvent.metadata.op} ${nameOf(resOutputsEvent.metadata.urn)}`]
        : [],
    ),
    errors: events.flatMap(({ diagnosticEvent }) =>
      diagnosticEvent?.severity === "error" ? [diagnosticEvent.message] : [],
    ),
  };
};

/** A project of its own with a state of its own, in a folder that is removed by `remove`. */
export interface Project {
  readonly folder: string;
  readonly stateFile: string;
  /** Runs the engine to its end with this program environment. */
  run(args: readonly string[], env?: NodeJS.ProcessEnv): Promise<Result>;
  /** Starts it; `seen` resolves with the first event that passes the test. */
  start(
    args: readonly string[],
    env?: NodeJS.ProcessEnv,
  ): {
    child: ChildProcess;
    seen(test: (event: Event) => boolean): Promise<Event>;
    ended: Promise<Result>;
  };
  state(): {
    readonly resources: readonly StoredResource[];
    readonly pending: readonly PendingOperation[];
  };
  remove(): void;
}

/** `program` is its source in TypeScript; the stack is called "test". */
export const project = (name: string, program: string): Project => {
  const folder = mkdtempSync(join(tmpdir(), `second-server-engine-test-${name}-`));
  const stateFile = join(folder, `state/.pulumi/stacks/${name}/test.json`);
  symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
  writeFileSync(
    join(folder, "Pulumi.yaml"),
    `name: ${name}\nruntime:\n  name: nodejs\n  options:\n    typescript: false\n`,
  );
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name, main: "index.js" }));
  bundledProgram(folder, program);
  const engine = bundledEngine(folder);
  const environment = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv => ({
    ...process.env,
    PULUMI_BACKEND_URL: `file://${join(folder, "state")}`,
    PULUMI_CONFIG_PASSPHRASE: "test",
    SECOND_SERVER_TEST_KEYS: join(folder, ".engine"),
    ...env,
  });
  const argv = (args: readonly string[]): string[] => [
    "--require",
    KEYS_ONCE,
    engine,
    "--cwd",
    folder,
    "--stack",
    "test",
    // A test may name another stack.
    ...args,
  ];
  return {
    folder,
    stateFile,
    run: async (args, env = {}) =>
      await new Promise((done) => {
        execFile(
          process.execPath,
          argv(args),
          { env: environment(env), maxBuffer: 64 << 20 },
          (error, stdout, stderr) =>
            done(resultOf(error ? Number(error.code ?? 1) : 0, stdout, stderr)),
        );
      }),
    start: (args, env = {}) => {
      const child = spawn(process.execPath, argv(args), {
        env: environment(env),
        stdio: ["ignore", "pipe", "pipe"],
      });
      const lines: string[] = [];
      const waiting: { test: (event: Event) => boolean; done: (event: Event) => void }[] = [];
      createInterface({ input: child.stdout }).on("line", (line) => {
        lines.push(line);
        if (!line.startsWith('{"sequence"')) return;
        const event = parse<Event>(line);
        waiting.filter(({ test }) => test(event)).forEach(({ done }) => done(event));
      });
      let stderr = "";
      child.stderr.on("data", (chunk: Buffer) => {
        stderr += chunk.toString();
      });
      const ended = new Promise<Result>((done) =>
        child.once("close", (code) => done(resultOf(code ?? 137, lines.join("\n"), stderr))),
      );
      return {
        child,
        ended,
        seen: async (test) => await new Promise((done) => waiting.push({ test, done })),
      };
    },
    state: () => {
      const { checkpoint } = parse<StateFile>(readFileSync(stateFile, "utf8"));
      return {
        resources: checkpoint.latest.resources ?? [],
        pending: checkpoint.latest.pending_operations ?? [],
      };
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
};
