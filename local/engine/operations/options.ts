import { parseArgs } from "node:util";

import type { DisplayOptions } from "../display/options";
import { EngineError, messageOf } from "../errors";

export const HELP = `Runs Pulumi programs written for Node without the pulumi CLI, on the CLI's own states.

Usage: node --import tsx local/engine/main.ts COMMAND --stack NAME [--cwd DIR] [options]

Commands
  up            make the resources as the program says
  preview       show what up would do
  refresh       read the resources and bring the state up to date
  destroy       delete the stack's resources
  import TYPE NAME ID   take an existing resource into the state (protected, as the CLI does)
  output [NAME] the stack's outputs
  cancel        lift the stack's lock
  config [get KEY | set KEY [VALUE] [--secret] | rm KEY] [--path] [--json]   the stack's configuration; without a VALUE it is read from stdin
  stack ls [--json]                     the project's stacks
  stack export [--file FILE] [--show-secrets], stack import [--file FILE] [--force]   its state, as the CLI exchanges it
  stack rename NAME, stack rm [NAME] --yes [--force] [--preserve-config]
  state protect|unprotect|taint|untaint URN… | --all       what is protected can't be deleted or replaced; what is tainted the next up makes anew
  state delete URN… [--force] [--target-dependents]        forget a resource, which stays as it is
  state rename URN NAME

Options
  --cwd DIR               the project's folder (default: here)
  --stack NAME            the stack (Pulumi.NAME.yaml)
  --yes                   go on after the preview; up, refresh and destroy need it, or one of the next two (this engine never asks)
  --skip-preview          change without a preview first
  --preview-only          only the preview (up, refresh, destroy)
  --json                  engine events, one JSON object a line; for a preview and output one JSON document
  --diff                  show each step with its properties
  --refresh               read the resources first (up, preview, destroy)
  --run-program           with destroy: run the program first, for its delete hooks and its providers' settings of today
  --expect-no-changes     fail if there is anything to do
  --target URN            only this resource (repeatable; ** and * stand for anything)
  --target-dependents     with --target: what depends on it as well
  --replace URN           make this resource anew (repeatable)
  --target-replace URN    --target and --replace in one
  --parallel N            at most N steps at a time (default 16)
  --continue-on-error     accepted: what does not depend on a failed step goes on in any case
  --show-secrets          print secrets in the clear
  --show-sames, --show-reads, --show-replacement-steps, --show-config, --show-full-output, --suppress-outputs, --suppress-progress   more or less of the display
  --message TEXT          kept in the stack's history

Environment: PULUMI_BACKEND_URL (file://DIR; default file://~), PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE, DIGITALOCEAN_TOKEN, DIGITALOCEAN_API_URL.
Exit codes, as the CLI's: 0 done; 1 failed, or wrong usage; 2 neither --yes nor --skip-preview nor --preview-only; 6 no such stack; 7 changes against --expect-no-changes.
`;

const OPTIONS = {
  cwd: { type: "string", short: "C" },
  stack: { type: "string", short: "s" },
  yes: { type: "boolean", short: "y" },
  "skip-preview": { type: "boolean", short: "f" },
  json: { type: "boolean", short: "j" },
  diff: { type: "boolean" },
  refresh: { type: "boolean", short: "r" },
  "expect-no-changes": { type: "boolean" },
  "run-program": { type: "boolean" },
  target: { type: "string", multiple: true, short: "t" },
  "target-dependents": { type: "boolean" },
  replace: { type: "string", multiple: true },
  "target-replace": { type: "string", multiple: true },
  "preview-only": { type: "boolean" },
  "continue-on-error": { type: "boolean" },
  "show-sames": { type: "boolean" },
  "show-reads": { type: "boolean" },
  "show-replacement-steps": { type: "boolean" },
  "show-config": { type: "boolean" },
  "show-full-output": { type: "boolean" },
  "suppress-outputs": { type: "boolean" },
  "suppress-progress": { type: "boolean" },
  parallel: { type: "string", short: "p" },
  "show-secrets": { type: "boolean" },
  message: { type: "string", short: "m" },
  secret: { type: "boolean" },
  plaintext: { type: "boolean" },
  path: { type: "boolean" },
  file: { type: "string" },
  "preserve-config": { type: "boolean" },
  all: { type: "boolean" },
  force: { type: "boolean" },
  "non-interactive": { type: "boolean" },
  help: { type: "boolean", short: "h" },
} as const;

const DESTROYS: ReadonlySet<string> = new Set(["destroy", "down"]);

export interface Arguments extends Omit<DisplayOptions, "project"> {
  readonly command: string;
  readonly rest: readonly string[];
  readonly cwd: string;
  readonly json: boolean;
  readonly refresh: boolean;
  readonly runProgram: boolean;
  readonly expectNoChanges: boolean;
  readonly targets: readonly string[];
  readonly targetDependents: boolean;
  readonly replaces: readonly string[];
  readonly parallel: number;
  readonly yes: boolean;
  readonly skipPreview: boolean;
  readonly previewOnly: boolean;
  readonly message: string;
  readonly help: boolean;
  /** `config set`: encrypt the value. */
  readonly secret: boolean;
  /** `config …`: the key is a path into its value. */
  readonly path: boolean;
  /** `stack export|import`: instead of stdout and stdin. */
  readonly file?: string;
  /** `stack rm`: Pulumi.STACK.yaml stays. */
  readonly preserveConfig: boolean;
  /** `state …`: every resource. */
  readonly all: boolean;
  readonly force: boolean;
}

const parse = (argv: readonly string[]) => {
  try {
    return parseArgs({
      args: [...argv],
      options: OPTIONS,
      allowPositionals: true,
      allowNegative: true,
    });
  } catch (error) {
    throw new EngineError(`${messageOf(error)}\nSee --help.`, 1);
  }
};
type Given = ReturnType<typeof parse>["values"];

const parallelOf = ({ parallel: given }: Given): number => {
  const parallel = Number(given ?? 16);
  if (Number.isInteger(parallel) && parallel >= 1) return parallel;
  throw new EngineError(`--parallel ${given}: expected a whole number from 1`, 1);
};

const displayOf = (given: Given): Omit<DisplayOptions, "project" | "stack"> => ({
  diff: given.diff ?? false,
  showSecrets: given["show-secrets"] ?? false,
  showSames: given["show-sames"] ?? false,
  showReads: given["show-reads"] ?? false,
  showReplacementSteps: given["show-replacement-steps"] ?? false,
  showConfig: given["show-config"] ?? false,
  showFull: given["show-full-output"] ?? false,
  suppressOutputs: given["suppress-outputs"] ?? false,
  suppressProgress: given["suppress-progress"] ?? false,
});

export const readArguments = (argv: readonly string[]): Arguments => {
  const { values, positionals } = parse(argv);
  const parallel = parallelOf(values);
  // `pulumi stack output` is the CLI's spelling.
  const words =
    positionals[0] === "stack" && positionals[1] === "output" ? positionals.slice(1) : positionals;
  const [command = "", ...rest] = words;
  if (values["run-program"] && !DESTROYS.has(command))
    throw new EngineError(
      "--run-program is for destroy alone: up and preview run the program in any case, " +
        "and refresh with it is not supported by the embedded engine",
      1,
    );
  const help = values.help === true || command === "";
  const namesNone = command === "stack" && (rest[0] === "ls" || (rest[0] === "rm" && rest[1]));
  if (!help && !values.stack && !namesNone)
    throw new EngineError(
      "--stack NAME is missing: the embedded engine keeps no selected stack",
      1,
    );
  const anew = values["target-replace"] ?? [];
  return {
    ...displayOf(values),
    command,
    rest,
    help,
    cwd: values.cwd ?? process.cwd(),
    stack: (values.stack ?? "").split("/").at(-1) ?? "",
    json: values.json ?? false,
    refresh: values.refresh ?? false,
    runProgram: values["run-program"] ?? false,
    expectNoChanges: values["expect-no-changes"] ?? false,
    targets: [...(values.target ?? []), ...anew],
    targetDependents: values["target-dependents"] ?? false,
    replaces: [...(values.replace ?? []), ...anew],
    parallel,
    yes: values.yes ?? false,
    skipPreview: values["skip-preview"] ?? false,
    previewOnly: values["preview-only"] ?? false,
    message: values.message ?? "",
    secret: values.secret ?? false,
    path: values.path ?? false,
    ...(values.file === undefined ? {} : { file: values.file }),
    preserveConfig: values["preserve-config"] ?? false,
    all: values.all ?? false,
    force: values.force ?? false,
  };
};
