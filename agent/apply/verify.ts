import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname } from "node:path";

import { messageOf } from "@second-server/contract/caught";
import { DEBIAN_PATHS, PATHS, treeFolder } from "@second-server/contract/paths";
import type { Release, ReleaseFile, ReleaseTree } from "@second-server/contract/release";

import { sha256, makeFolder } from "../files";
import type { Machine } from "../machine";
import type { Plan } from "./plan";
import { hashedFolder, placeTree } from "./unpack";

/**
 * Folders whose readers test a configuration only where it will lie: a copy with the changes is
 * bound over the real one, for the test alone.
 */
const OVERLAID: readonly { readonly folder: string; readonly test: readonly string[] }[] = [
  { folder: DEBIAN_PATHS.nginx, test: ["nginx", "-t", "-q"] },
  { folder: DEBIAN_PATHS.ssh, test: ["sshd", "-t"] },
];
const UNIT = /^\/etc\/systemd\/system\/[^/]+\.(service|timer|socket|path)$/;

/** A release's file, whose content has to be what the release says it is. */
export const contentOf = (machine: Machine, folder: string, hash: string): Buffer => {
  const path = `${folder}/files/${hash}`;
  const content = readFileSync(machine.at(path));
  if (sha256(content) !== hash)
    throw new Error(`${path}: its content is damaged. Remove ${folder} and run ./fleet up again.`);
  return content;
};

const stageCopy = (machine: Machine, release: string, plan: Plan, folder: string): string => {
  const stage = machine.at(`${PATHS.stage}${folder}`);
  makeFolder(dirname(stage), 0o700);
  if (existsSync(machine.at(folder)))
    cpSync(machine.at(folder), stage, { recursive: true, verbatimSymlinks: true });
  for (const { path, sha256: hash, mode } of plan.write.filter(({ path }) =>
    path.startsWith(`${folder}/`),
  )) {
    mkdirSync(dirname(machine.at(`${PATHS.stage}${path}`)), { recursive: true });
    writeFileSync(machine.at(`${PATHS.stage}${path}`), contentOf(machine, release, hash), {
      mode,
    });
  }
  for (const path of plan.remove.filter((one) => one.startsWith(`${folder}/`)))
    rmSync(machine.at(`${PATHS.stage}${path}`), { force: true });
  return stage;
};

/**
 * A unit names its programs below "current", which still leads to the release before, or nowhere:
 * it is read with the folders that the switch will lead it to.
 */
const stageUnit = (
  machine: Machine,
  release: string,
  trees: readonly ReleaseTree[],
  { path, sha256: hash }: Pick<ReleaseFile, "path" | "sha256">,
): string => {
  const target = machine.at(`${PATHS.stage}/single/${basename(path)}`);
  makeFolder(dirname(target), 0o700);
  const text = trees.reduce(
    (unit, tree) =>
      unit.replaceAll(`${treeFolder(tree.name)}/`, `${hashedFolder(tree.name, tree.hash)}/`),
    contentOf(machine, release, hash).toString("utf8"),
  );
  writeFileSync(target, text, { mode: 0o600 });
  return target;
};

/** In a mount namespace of its own, so that the programs that run see nothing of it. */
const withFolder = (stage: string, folder: string, test: readonly string[]): readonly string[] => [
  "unshare",
  "--mount",
  "--propagation",
  "private",
  "sh",
  "-c",
  'mount --bind "$1" "$2" && shift 2 && exec "$@"',
  "sh",
  stage,
  folder,
  ...test,
];

/** A test has to pass; told by its own name and words, not by those of its wrapping. */
const passes = async (
  machine: Machine,
  test: readonly string[],
  argv: readonly string[] = test,
): Promise<void> => {
  const { code, stdout, stderr } = await machine.run(argv);
  if (code !== 0)
    throw new Error(
      `${test.join(" ")}: exit ${code}\n  ${(stderr.trim() || stdout.trim()).replaceAll("\n", "\n  ")}`,
    );
};

/**
 * Asks the programs that will read the files, before any of these is in place; a rejection carries
 * their words.
 */
export const verify = async (
  machine: Machine,
  folder: string,
  { trees }: Pick<Release, "trees">,
  plan: Plan,
): Promise<void> => {
  const changed = [...plan.write.map(({ path }) => path), ...plan.remove];
  // Beside those in force, where nothing looks until the switch: a unit's program has to be there
  // to be found good.
  for (const { name, hash } of plan.switchTrees) await placeTree(machine, folder, name, hash);
  rmSync(machine.at(PATHS.stage), { recursive: true, force: true });
  const tests: Promise<unknown>[] = [];
  for (const { folder: read, test } of OVERLAID) {
    if (changed.some((path) => path.startsWith(`${read}/`)))
      tests.push(
        passes(
          machine,
          test,
          withFolder(stageCopy(machine, folder, plan, read), machine.at(read), test),
        ),
      );
  }
  const units = plan.write
    .filter(({ path }) => UNIT.test(path))
    .map((file) => stageUnit(machine, folder, trees, file));
  if (units.length > 0)
    tests.push(passes(machine, ["systemd-analyze", "verify", "--man=no", ...units]));
  const answers = await Promise.allSettled(tests);
  rmSync(machine.at(PATHS.stage), { recursive: true, force: true });
  const refusals = answers.flatMap((answer) =>
    answer.status === "rejected" ? [messageOf(answer.reason)] : [],
  );
  if (refusals.length > 0) throw new Error(refusals.join("\n"));
};
