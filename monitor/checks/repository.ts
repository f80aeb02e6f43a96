import type { RepositoryStatus, RepositoryWork } from "@second-server/contract/backups";
import type { RepositoryCheck } from "@second-server/contract/check-settings";

import { span } from "../alerts/words";
import { number, text } from "../rules";
import { type Advice, onMachine } from "./advice";
import { readBackupStatus } from "./backup";
import type { LookingKind } from "./check-kind";
import { Finding } from "./outcome";

/** What is done to the repository, in words, and how seldom it may be. */
const worksOf = (
  check: RepositoryCheck,
): readonly (readonly ["taken" | "checked" | "tested", string, number])[] => [
  ["taken", "no backup was taken into the repository", check.maxTakenAgeSeconds],
  ["checked", "the repository was not found whole", check.maxCheckedAgeSeconds],
  ["tested", "no backup was restored from it for a test", check.maxTestedAgeSeconds],
];

/**
 * @returns what is wrong with one work: its last error, or that it has not been done for too long.
 */
const faultOf = (
  { at, error }: RepositoryWork,
  what: string,
  limitSeconds: number,
  since: number,
  now: number,
): string | undefined => {
  if (error !== undefined) return `${what}: ${error}`;
  const last = at === undefined ? since : Date.parse(at);
  return now - last <= limitSeconds * 1000 ? undefined : `${what} for ${span(now - last)}`;
};

/**
 * @returns how many backups the repository has. @throws Finding with everything that is wrong with
 * it.
 */
export const checkRepository = async (
  check: RepositoryCheck,
  now = Date.now(),
): Promise<string> => {
  const { repository } = await readBackupStatus(check.statusFile);
  // An agent of before there was one, or a machine that was set up just now: the backups' own check
  // tells of those that never came.
  if (repository === undefined) return "none yet";
  const faults = worksOf(check).flatMap(([work, what, limit]) => {
    const since = Date.parse((work === "tested" ? repository.testsSince : repository.since) ?? "");
    return (
      faultOf(repository[work] ?? {}, what, limit, Number.isNaN(since) ? now : since, now) ?? []
    );
  });
  if (faults.length > 0) throw new Finding(faults.join("; "));
  return told(repository, now);
};

const told = ({ backups = 0, bytes, tested }: RepositoryStatus, now: number): string =>
  [
    `${backups} backups`,
    ...(bytes === undefined ? [] : [`${Math.ceil(bytes / 1e6)} MB`]),
    ...(tested?.at === undefined
      ? []
      : [`restored for a test ${span(now - Date.parse(tested.at))} ago`]),
  ].join(", ");

const advice: Advice = {
  wrong: "The repository of backups is not in order",
  affects:
    "nothing that visitors see now. The backups lie beside it as plain folders too, which a recovery reads.",
  steps: [
    { say: "What does it have?", run: onMachine("watcher", "sudo fleet-agent backup list") },
    {
      say: "Check it now, and see what is wrong.",
      run: onMachine("watcher", "sudo fleet-agent backup upkeep"),
    },
    {
      say: "Restore from it for a test.",
      run: onMachine("watcher", "sudo fleet-agent backup test"),
    },
    { say: "Damaged, or its password does not fit: docs/runbooks/restore.md" },
  ],
};

export const repositoryKind: LookingKind<RepositoryCheck> = {
  source: "files",
  layer: "data",
  leastSeconds: 60,
  byCalendar: true,
  fields: {
    statusFile: text,
    maxTakenAgeSeconds: number,
    maxCheckedAgeSeconds: number,
    maxTestedAgeSeconds: number,
  },
  run: (check) => checkRepository(check),
  advice: () => advice,
};
