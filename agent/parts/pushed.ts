import { createHash } from "node:crypto";

import type { Release, ReleasePart } from "@second-server/contract/release";

import type { Machine } from "../machine";
import { idOf, partOf, refusalOf, servicesOf } from "./part";

/** Names all of a part but its source. */
export const baseOf = ({ files, units, handovers, probes, publicProbes }: ReleasePart): string =>
  createHash("sha256")
    .update(JSON.stringify([files, units, handovers, probes, publicProbes]))
    .digest("hex")
    .slice(0, 12);

export const shortCommit = (commit: string): string => commit.slice(0, 12);

const namesOf = ({ trees }: ReleasePart): string => trees.map(({ hash }) => hash).join(" ");

/** What becomes of a service that serves what was pushed, when a whole release comes; `words` are for who brings it. */
interface Meeting {
  /** Takes the place of the release's own part. */
  readonly part?: ReleasePart;
  readonly words?: string;
}

const meet = (before: Release, release: Release, service: string): Meeting => {
  const was = partOf(before, service);
  const own = partOf(release, service);
  const { pushed } = was;
  // The same source is in the tree by now: `up` goes on from there.
  if (pushed === undefined || idOf(was) === idOf(own)) return {};
  const what = `service ${service}: pushed from git ${shortCommit(pushed.commit)} (${pushed.branch}), not in this tree`;
  if (release.branches?.[service] === undefined || own.trees.length === 0)
    return { words: `${what}: replaced, as fleet.yaml here takes no push of it any more` };
  const remedy = `To bring this tree's: ./fleet deploy ${service}`;
  if (baseOf(own) === pushed.base && refusalOf(release, was) === undefined)
    return { part: was, words: `${what}: left as it is. ${remedy}` };
  if (namesOf(was) === namesOf(own)) return {};
  return {
    part: { ...own, trees: was.trees, pushed: { ...pushed, base: baseOf(own) } },
    words: `${what}: its source is left as it is; its unit, vhost and health check are as fleet.yaml here has them. ${remedy}`,
  };
};

/**
 * What of a whole release is to be otherwise, because somebody has pushed it: neither is undone
 * without a word. A new machine has nothing that was pushed.
 */
export const pushedParts = (
  machine: Machine,
  before: Release | undefined,
  release: Release,
): readonly ReleasePart[] => {
  if (before === undefined) return [];
  return servicesOf(release).flatMap((service) => {
    const { part, words } = meet(before, release, service);
    if (words !== undefined) machine.log(words);
    return part === undefined ? [] : [part];
  });
};
