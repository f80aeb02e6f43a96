import { existsSync } from "node:fs";

import { SECRETS } from "@second-server/contract/names";
import { PATHS } from "@second-server/contract/paths";

import { shown } from "../file-names";
import type { Machine } from "../machine";
import type { Ran } from "../process";

/** A repository, and what opens it. */
export interface Place {
  readonly address: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** restic's own options, before its command. */
  readonly options?: readonly string[];
  /** The unit that this runs in has the fences already. */
  readonly fenced?: boolean;
  /** What opens it. @default the file that the machine was given */
  readonly passwordFile?: string;
}

export const passwordFile = (machine: Machine): string =>
  machine.at(`${PATHS.secrets}/${SECRETS.repositoryPassword}`);
export const hasPassword = (machine: Machine): boolean => existsSync(passwordFile(machine));
export const ownRepository = (machine: Machine): Place => ({
  address: machine.at(PATHS.repository),
});

/**
 * The Observatory shares this machine's memory: Go collects early and has a soft limit, packs and
 * what is read at once are small. Where all that is not enough, the kernel ends restic first, and
 * the next run goes on.
 */
const SPARING = {
  GOGC: "20",
  GOMEMLIMIT: "96MiB",
  GOMAXPROCS: "1",
  RESTIC_PACK_SIZE: "8",
  RESTIC_READ_CONCURRENCY: "1",
  RESTIC_PROGRESS_FPS: "0.1",
} as const;
const FIRST_TO_GO = ["choom", "-n", "900", "--", "nice", "-n", "19"] as const;

/** sd_booted(3): only where systemd runs is there a slice. */
const inSlice = (machine: Machine): readonly string[] =>
  existsSync(machine.at("/run/systemd/system"))
    ? [
        "systemd-run",
        "--scope",
        "--quiet",
        "--collect",
        "--slice=fleet-repository.slice",
        ...["MemoryHigh=144M", "MemoryMax=192M", "CPUWeight=20"].flatMap((limit) => ["-p", limit]),
        "--",
      ]
    : [];

export interface ResticOptions {
  readonly seconds: number;
  /** Where it runs: paths in a snapshot are relative to it. */
  readonly folder?: string;
}

/**
 * One run of restic, never asking anything, without a cache: the watcher's disk is small, and its
 * own repository is on it.
 */
export const restic = async (
  machine: Machine,
  { address, environment, options = [], fenced = false, passwordFile: opens }: Place,
  words: readonly string[],
  { seconds, folder = "/" }: ResticOptions,
): Promise<Ran> =>
  await machine.run(
    [
      ...(fenced ? [] : inSlice(machine)),
      ...FIRST_TO_GO,
      "env",
      `--chdir=${folder}`,
      "restic",
      "--no-cache",
      ...options,
      ...words,
    ],
    {
      seconds,
      environment: {
        ...SPARING,
        ...environment,
        RESTIC_REPOSITORY: address,
        RESTIC_PASSWORD_FILE: opens ?? passwordFile(machine),
      },
    },
  );

/** The last words of restic, which say what is wrong; they may quote file names. */
export const complaintOf = ({ code, stdout, stderr }: Ran): string => {
  const lines = `${stdout}\n${stderr}`.split("\n").filter((line) => line.trim() !== "");
  const told = lines.filter((line) =>
    /error|fatal|wrong|unable|no space|invalid|was killed/i.test(line),
  );
  const last = (told.length > 0 ? told : lines).slice(-3).map(shown).join("; ");
  return `exit ${code}: ${last}`;
};

export const mustRestic = async (
  machine: Machine,
  place: Place,
  words: readonly string[],
  options: ResticOptions,
): Promise<string> => {
  const ran = await restic(machine, place, words, options);
  if (ran.code !== 0) throw new Error(`restic ${words[0] ?? ""}: ${complaintOf(ran)}`);
  return ran.stdout;
};
