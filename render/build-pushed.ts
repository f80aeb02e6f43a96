/**
 * On the primary, in a unit that may do next to nothing: makes one service's release of a tree that
 * somebody has pushed, the way `./fleet deploy` makes it. The tree comes as a tar on standard input,
 * the release goes to standard output, and what is wrong to standard error. Nothing of the tree is
 * run.
 */
import { spawnSync } from "node:child_process";
import {
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join, relative, sep } from "node:path";

import { messageOf } from "@second-server/contract/caught";
import { STACK_SETTINGS } from "@second-server/contract/units";

import { readFleet } from "../config/load";
import { readSourceFolder } from "../config/source-folder";
import type { StackConfig } from "../config/stack-config";
import { buildPart } from "./release";

const MANIFEST = "fleet.yaml";
/** Of one service's files: all that is made of them is in memory at once. */
const MOST_MIB = 48;

/** Its scratch folder, empty; what a build before has left is gone. */
const emptied = (folder: string): string => {
  for (const name of readdirSync(folder))
    rmSync(join(folder, name), { recursive: true, force: true });
  return folder;
};

const unpack = (folder: string): string => {
  mkdirSync(folder);
  const words = ["--extract", "--no-same-owner", "--no-same-permissions", "--directory", folder];
  const { status, stderr, error } = spawnSync("tar", words, { stdio: ["inherit", "pipe", "pipe"] });
  if (status !== 0)
    throw new Error(`what was pushed can't be unpacked: ${error?.message ?? String(stderr)}`);
  return folder;
};

/** git writes no empty folder but for a submodule, whose files are not in this repository. */
const submodulesIn = (folder: string): readonly string[] => {
  const entries = readdirSync(folder, { withFileTypes: true });
  if (entries.length === 0) return [folder];
  return entries.flatMap((entry) =>
    entry.isDirectory() ? submodulesIn(join(folder, entry.name)) : [],
  );
};

const checkManifest = (tree: string): void => {
  const found = lstatSync(join(tree, MANIFEST), { throwIfNoEntry: false });
  if (found === undefined)
    throw new Error(
      `this branch has no ${MANIFEST} at its top, so nothing says what is to be deployed. Push the project that ./fleet up is run in.`,
    );
  if (!found.isFile()) throw new Error(`${MANIFEST} is no file of its own. Make it one.`);
};

/** What can only be asked of the whole tree; what lies in the folder is asked by the manifest's check. */
const checkFolder = (tree: string, folder: string): void => {
  const at = join(tree, folder);
  const [submodule] = statSync(at, { throwIfNoEntry: false })?.isDirectory()
    ? submodulesIn(at)
    : [];
  if (submodule !== undefined)
    throw new Error(
      `${relative(tree, submodule)} is a submodule (or empty): its files are not in this repository. Put them there, or bring it by ./fleet deploy.`,
    );
  const way = relative(realpathSync(tree), realpathSync(at));
  if (way === ".." || way.startsWith(`..${sep}`))
    throw new Error(
      `${folder} leads out of what was pushed. Have it be a folder of the repository.`,
    );
  const { files } = readSourceFolder(at);
  const bytes = files.reduce((sum, { path }) => sum + statSync(join(at, path)).size, 0);
  if (bytes > MOST_MIB * 1024 ** 2)
    throw new Error(
      `${folder} has ${Math.ceil(bytes / 1024 ** 2)} MiB, and of a push at most ${MOST_MIB} MiB are made a release. Bring it by ./fleet deploy.`,
    );
};

const build = (name: string, scratch: string, stack: StackConfig): Buffer => {
  const tree = unpack(join(emptied(scratch), "tree"));
  checkManifest(tree);
  const fleet = readFleet(tree, stack, "the stack's settings on the primary");
  const service = fleet.services.find((one) => one.name === name);
  if (service === undefined)
    throw new Error(
      `${MANIFEST} of what was pushed has no service "${name}". It has: ${fleet.services.map((one) => one.name).join(", ")}.`,
    );
  if (service.folder !== undefined) checkFolder(tree, service.folder);
  return buildPart(fleet, name, tree).archive;
};

const REMEDY =
  "\nWhat a program is put together from has to lie in the repository: packages of npm are not installed here. Bring it by ./fleet deploy, or push what is built already.";

const main = (name: string): number => {
  const scratch = process.env["CACHE_DIRECTORY"] ?? "";
  const settings = join(process.env["CREDENTIALS_DIRECTORY"] ?? "", STACK_SETTINGS);
  try {
    const stack = JSON.parse(readFileSync(settings, "utf8")) as StackConfig;
    writeFileSync(process.stdout.fd, build(name, scratch, stack));
    return 0;
  } catch (error) {
    const words = messageOf(error);
    console.error(words.includes("Could not resolve") ? `${words}${REMEDY}` : words);
    return 1;
  } finally {
    emptied(scratch);
  }
};

process.exitCode = main(process.argv[2] ?? "");
