import { readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { z } from "zod";

import { codeOf, EngineError, messageOf } from "../errors";
import { passphrase } from "../project/stack-config";
import { openBackend } from "../state/backend";
import { type Checkpoint, checkpointCodec, envelopeOf, parseCheckpoint } from "../state/checkpoint";
import { renamed, tidy } from "../state/edit";
import { storeResource } from "../state/resource";
import { openSecrets } from "../state/secrets";
import { STACK_TYPE, typeOf } from "../urn";
import { plaintext } from "../values/stored";
import { readInput } from "./input";
import type { Arguments } from "./options";
import { openStack, type Stack, unlock } from "./session";
import { listStacks } from "./stack-list";

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const warn = (line: string): void => void process.stderr.write(`warning: ${line}\n`);

/** A stack that has a state. */
type Known = Stack & { readonly checkpoint: Checkpoint };
const known = (stack: Stack): Known => {
  const { checkpoint } = stack;
  if (checkpoint === undefined)
    throw new EngineError(`no stack named '${stack.args.stack}' found`, 6);
  return { ...stack, checkpoint };
};

const latestOf = ({ checkpoint }: Known) => checkpoint.checkpoint.latest ?? {};

/** The deployment as it is exchanged: the state without the file's own envelope. */
const exportStack = async (stack: Known): Promise<number> => {
  const { args } = stack;
  const latest = latestOf(stack);
  const { snapshot } = args.showSecrets ? await unlock(stack) : { snapshot: undefined };
  const deployment = snapshot
    ? { ...latest, resources: snapshot.resources.map((one) => storeResource(one, plaintext)) }
    : { ...latest, ...(latest.resources ? { resources: latest.resources.map(tidy) } : {}) };
  const text = JSON.stringify({ ...envelopeOf(latest.resources ?? []), deployment }, null, 4);
  if (args.file === undefined) say(text);
  else await writeFile(args.file, `${text}\n`, { mode: 0o600 });
  return 0;
};

const exchanged = z.looseObject({
  version: z.number(),
  features: z.array(z.string()).optional(),
  deployment: z.unknown(),
});

/** What Windows' shells write for `>`: UTF-16, or UTF-8 with a mark before it. */
const textOf = (bytes: Buffer): string =>
  (bytes[0] === 0xff && bytes[1] === 0xfe
    ? bytes.toString("utf16le")
    : bytes.toString("utf8")
  ).replace(/^\uFEFF/, "");

const readExchanged = async ({ file, stack }: Arguments): Promise<Checkpoint> => {
  const place = file ?? "stdin";
  let text: string;
  try {
    text = file === undefined ? await readInput() : textOf(await readFile(file));
  } catch (error) {
    throw new EngineError(`could not open file: ${messageOf(error)}`);
  }
  let parsed: z.infer<typeof exchanged>;
  try {
    parsed = exchanged.parse(JSON.parse(text));
  } catch (error) {
    throw new EngineError(`could not read deployment: ${place}: ${messageOf(error)}`);
  }
  const { version, features, deployment } = parsed;
  return parseCheckpoint(
    JSON.stringify({
      version,
      ...(features ? { features } : {}),
      checkpoint: { stack, latest: deployment },
    }),
    place,
    " Nothing was imported.",
  );
};

const refuseStrangers = (imported: Checkpoint, { stack, force }: Arguments): void => {
  const foreign = (imported.checkpoint.latest?.resources ?? [])
    .map(({ urn }) => urn)
    .filter((urn) => !urn.startsWith(`urn:pulumi:${stack}::`))
    .map(
      (urn) =>
        `resource '${urn}' is from a different stack (${urn.split(":")[2] ?? ""} != ${stack})`,
    );
  if (foreign.length === 0) return;
  if (!force)
    throw new EngineError(
      `${foreign.join("\n")}\nimporting this file could be dangerous; rerun with --force to proceed anyway`,
    );
  foreign.forEach(warn);
};

/**
 * `stack import [--file FILE]`: the state becomes what was exported; secrets in the clear are
 * encrypted.
 */
const importStack = async (stack: Stack): Promise<number> => {
  const { args, backend } = stack;
  const imported = await readExchanged(args);
  refuseStrangers(imported, args);
  for (const { type, resource } of imported.checkpoint.latest?.pending_operations ?? [])
    warn(`removing pending operation '${type}' on '${resource.urn}' from snapshot`);
  const { codec, secrets, keepSalt } = await unlock(stack);
  const salt = imported.checkpoint.latest?.secrets_providers?.state?.salt;
  const theirs = salt === undefined ? secrets : await openSecrets(salt, await passphrase());
  const decoded = checkpointCodec(args.stack, theirs, args.file ?? "stdin").decode(imported);
  await keepSalt();
  await backend.write(JSON.stringify(codec.encode({ ...decoded, pending: [] })));
  say("Import complete.");
  return 0;
};

const removeStack = async (stack: Known): Promise<number> => {
  const { args, backend, file } = stack;
  const left = (latestOf(stack).resources ?? []).some(({ type }) => type !== STACK_TYPE);
  if (left && !args.force)
    throw new EngineError(
      `'${args.stack}' still has resources; removal rejected. Possible actions:\n` +
        `- Make sure that '${args.stack}' is the stack that you want to destroy\n` +
        `- Run \`pulumi destroy\` to delete the resources, then run \`pulumi stack rm\`\n` +
        `- Run \`pulumi stack rm --force\` to override this error`,
    );
  if (!args.yes)
    throw new EngineError(
      "--yes must be passed in to proceed when running in non-interactive mode",
      2,
    );
  await backend.remove();
  if (!args.preserveConfig) await rm(file.path, { force: true });
  say(`Stack '${args.stack}' has been removed!`);
  return 0;
};

/** A stack's own resource bears its name too. */
const inStack =
  (project: string, from: string, to: string) =>
  (urn: string): string => {
    const own = `urn:pulumi:${from}::`;
    if (!urn.startsWith(own)) return urn;
    return typeOf(urn) === STACK_TYPE
      ? `urn:pulumi:${to}::${project}::${STACK_TYPE}::${project}-${to}`
      : `urn:pulumi:${to}::${urn.slice(own.length)}`;
  };

const renameStack = async (stack: Known): Promise<number> => {
  const { args, backend, checkpoint, file, project } = stack;
  const [, to, ...more] = args.rest;
  if (to === undefined || !/^[A-Za-z0-9_.-]{1,100}$/.test(to) || more.length > 0)
    throw new EngineError(
      "stack rename wants the stack's new name: letters, digits, dots, dashes and underscores",
    );
  const target = await openBackend(backend.url, project.name, to);
  if ((await target.read()) !== undefined)
    throw new EngineError(`a stack named ${to} already exists`);
  const { latest } = checkpoint.checkpoint;
  const rewrite = inStack(project.name, args.stack, to);
  const moved = {
    ...checkpoint,
    checkpoint: {
      stack: `organization/${project.name}/${to}`,
      latest: latest && {
        ...latest,
        resources: latest.resources?.map((one) => tidy(renamed(one, rewrite))),
        pending_operations: latest.pending_operations?.map((one) => ({
          ...one,
          resource: renamed(one.resource, rewrite),
        })),
      },
    },
  };
  await target.write(JSON.stringify(moved));
  await backend.moveTo(to);
  await rename(file.path, join(project.stackFolder, `Pulumi.${to}.yaml`)).catch(
    (error: unknown) => {
      if (codeOf(error) !== "ENOENT") throw error;
    },
  );
  say(`Renamed ${args.stack} to ${to}`);
  return 0;
};

type UnderLock = (args: Arguments, work: (stack: Stack) => Promise<number>) => Promise<number>;

/** `stack ls|export|import|rm|rename`, as the CLI words them. */
export const manageStacks = async (given: Arguments, underLock: UnderLock): Promise<number> => {
  const [verb = "", name] = given.rest;
  const args = verb === "rm" && name !== undefined ? { ...given, stack: name } : given;
  switch (verb) {
    case "ls":
      return await listStacks(args);
    case "export":
      return await exportStack(known(await openStack(args)));
    case "import":
      return await underLock(args, importStack);
    case "rm":
      return await underLock(args, async (stack) => await removeStack(known(stack)));
    case "rename":
      return await underLock(args, async (stack) => await renameStack(known(stack)));
    default:
      throw new EngineError(
        `unknown command "stack ${verb}". It knows ls, export, import, rm, rename and output.`,
      );
  }
};
