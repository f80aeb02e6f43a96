import { existsSync, linkSync, renameSync, rmSync } from "node:fs";

import { PATHS } from "@second-server/contract/paths";
import type { Release, ReleasePart } from "@second-server/contract/release";

import { hashedFolder } from "../apply/unpack";
import { makeFolder, sha256, writeWhole } from "../files";
import { type Machine, must } from "../machine";
import { hashesOf, withPart } from "./part";

export interface Composed {
  readonly sha: string;
  readonly folder: string;
  readonly release: Release;
}

/** Started by the release's name, where `up` asks for it again: the agent is the one that runs. */
const lendAgent = (machine: Machine, sha: string): void => {
  const program = machine.at(`${PATHS.agents}/current/agent.js`);
  const target = machine.at(`${PATHS.agents}/${sha}/agent.js`);
  if (!existsSync(program) || existsSync(target)) return;
  makeFolder(machine.at(`${PATHS.agents}/${sha}`), 0o755);
  linkSync(program, target);
};

const layOut = async (
  machine: Machine,
  draft: string,
  part: ReleasePart,
  contents: (hash: string) => string,
): Promise<void> => {
  for (const hash of hashesOf(part)) {
    const target = machine.at(`${draft}/files/${hash}`);
    if (!existsSync(target)) linkSync(machine.at(contents(hash)), target);
  }
  for (const tree of part.trees) {
    const target = machine.at(`${draft}/trees/${tree.name}`);
    rmSync(target, { recursive: true, force: true });
    makeFolder(machine.at(`${draft}/trees`));
    await must(machine, ["cp", "-al", machine.at(hashedFolder(tree.name, tree.hash)), target]);
  }
};

/**
 * Writes the whole release that this one is with these parts, beside it; `contents` is where what
 * the parts name lies.
 */
export const compose = async (
  machine: Machine,
  { sha, release }: Pick<Composed, "sha" | "release">,
  parts: readonly ReleasePart[],
  contents: (hash: string) => string,
): Promise<Composed> => {
  const next = parts.reduce(withPart, release);
  const text = `${JSON.stringify(next, undefined, 1)}\n`;
  const name = sha256(text);
  const folder = `${PATHS.releases}/${name}`;
  lendAgent(machine, name);
  if (existsSync(machine.at(`${folder}/release.json`))) return { sha: name, folder, release: next };
  const draft = `${folder}.new`;
  rmSync(machine.at(draft), { recursive: true, force: true });
  // Files are never written to, so the two may share them.
  await must(machine, ["cp", "-al", machine.at(`${PATHS.releases}/${sha}`), machine.at(draft)]);
  for (const part of parts) await layOut(machine, draft, part, contents);
  rmSync(machine.at(`${draft}/release.json`));
  writeWhole(machine.at(`${draft}/release.json`), text, 0o644);
  renameSync(machine.at(draft), machine.at(folder));
  return { sha: name, folder, release: next };
};
