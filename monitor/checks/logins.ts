import { execFile } from "node:child_process";
import { promisify } from "node:util";

import { USERS } from "@second-server/contract/names";
import type { Login } from "@second-server/contract/reports";

const run = promisify(execFile);

const ASK_EVERY_MS = 60_000;
/** So long a login is reported, so that one whose report was lost is in a later one. */
const TOLD_FOR_MS = 24 * 3_600_000;
/** Addresses at most, the newest. */
export const MOST_LOGINS = 64;

/**
 * sshd's own words alone: by its program and user, which the journal sees for itself, where any
 * program may call itself "sshd".
 */
const asks = (sinceMs: number): readonly string[] => [
  "--quiet",
  "--no-pager",
  "--output=short-unix",
  "--grep=^Accepted [^ ]+ for ",
  `--since=@${Math.floor(sinceMs / 1000)}`,
  "--lines=500",
  ...["sshd", "sshd-session"].flatMap((program, index) => [
    ...(index === 0 ? [] : ["+"]),
    "_UID=0",
    `_COMM=${program}`,
  ]),
];

/** "1764288000.123456 watcher sshd-session[812]: Accepted publickey for fleet from 192.0.2.7 port 50144 ssh2: ED25519 SHA256:…" */
const ACCEPTED =
  /^(\d+)\.\d+ \S+ sshd[^:]*: Accepted (\S+) for (\S+) from (\S+) port \d+(?: ssh2(?:: (.+))?)?$/;

/** The other machine's account is not listed: its key holds for that machine's address alone. */
export const loginsIn = (journal: string): readonly Login[] =>
  journal.split("\n").flatMap((line) => {
    const [, at, method, user, address, key] = ACCEPTED.exec(line) ?? [];
    return at === undefined || !method || !user || !address || user === USERS.peer
      ? []
      : [{ at: Number(at) * 1000, user, address, by: (key ?? method).slice(0, 128) }];
  });

/** The newest login of each address. */
export const newestOf = (all: readonly Login[], after: number): readonly Login[] => {
  const byAddress = new Map<string, Login>();
  for (const login of [...all].sort((a, b) => a.at - b.at))
    if (login.at >= after) byAddress.set(login.address, login);
  return [...byAddress.values()].sort((a, b) => b.at - a.at).slice(0, MOST_LOGINS);
};

/** @returns undefined where there is no journal that can be read. */
const ofJournal = (sinceMs: number): Promise<string | undefined> =>
  run("journalctl", asks(sinceMs), {
    timeout: 20_000,
    maxBuffer: 1024 * 1024,
    env: { PATH: "/usr/bin:/bin", LC_ALL: "C" },
  }).then(
    ({ stdout }) => stdout,
    // grep's way: nothing was found.
    (error: { readonly code?: unknown; readonly stdout?: unknown }) =>
      error.code === 1 && error.stdout === "" ? "" : undefined,
  );

/**
 * Who has logged in over SSH within a day; what is new is asked for once a minute, and no look
 * waits for it. Undefined before the first answer.
 */
export const createLogins = (
  ask: (sinceMs: number) => Promise<string | undefined> = ofJournal,
): ((now: number) => readonly Login[] | undefined) => {
  let found: readonly Login[] | undefined;
  let asked = -Infinity;
  return (now) => {
    if (Math.abs(now - asked) >= ASK_EVERY_MS) {
      // A minute twice: what was written while the last answer was on its way.
      const since = found === undefined ? now - TOLD_FOR_MS : Math.min(asked, now) - ASK_EVERY_MS;
      asked = now;
      void ask(since).then((journal) => {
        if (journal !== undefined)
          found = newestOf([...(found ?? []), ...loginsIn(journal)], now - TOLD_FOR_MS);
      });
    }
    return found;
  };
};
