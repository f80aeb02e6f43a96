import { aftercare } from "../apply/aftercare";
import { rollback } from "../apply/apply";
import { historyText, readHistory } from "../history";
import { withLock } from "../lock";
import type { Machine } from "../machine";
import { freeze, thaw } from "../primary/freeze";
import { handOn } from "../primary/hand-on";
import { handedOnTo } from "../primary/handed-on";
import { forgetService, whatIsLeft } from "../primary/left-data";
import { setClosed } from "./close";
import { chosenServices, deploy, releasesText, restartService, rollbackService } from "./deploy";
import { execAs } from "./exec";
import { keptOf } from "./keep";
import { push } from "./push";

type Command = (machine: Machine, words: readonly string[]) => Promise<number>;

/** Without the options. */
const named = (words: readonly string[]): string | undefined =>
  words.find((word) => !word.startsWith("--"));

const releases = (machine: Machine, words: readonly string[]): string => {
  const services = chosenServices(machine, named(words));
  if (!words.includes("--json")) return releasesText(machine, services);
  const kept = services.map((service) => [
    service,
    keptOf(machine, service).map(({ id, since, part: { pushed } }) => ({
      id,
      since,
      ...(pushed && { commit: pushed.commit, branch: pushed.branch }),
    })),
  ]);
  return JSON.stringify(Object.fromEntries(kept), undefined, 2);
};

const history = (machine: Machine, words: readonly string[]): string => {
  const deeds = readHistory(machine, named(words));
  return words.includes("--json") ? JSON.stringify(deeds, undefined, 2) : historyText(deeds);
};

const told =
  (text: (machine: Machine, words: readonly string[]) => string): Command =>
  (machine, words) => {
    console.log(text(machine, words));
    return Promise.resolve(0);
  };

/** What changes something; it waits so long for another that does. */
const changing =
  (
    seconds: number,
    title: (words: readonly string[]) => string,
    work: (machine: Machine, words: readonly string[]) => Promise<void> | void,
  ): Command =>
  async (machine, words) => {
    await withLock(machine, title(words), seconds, async () => await work(machine, words));
    return 0;
  };

const closing = (isClosed: boolean): Command =>
  changing(
    60,
    ([service = ""]) => `${isClosed ? "close" : "open"} ${service}`,
    (machine, [service = ""]) => setClosed(machine, service, isClosed),
  );

/** What is asked of one service of a release, or of all of them one by one. */
export const PART_COMMANDS: Readonly<Record<string, Command>> = {
  rollback: changing(
    60,
    (words) => ["rollback", ...words].join(" "),
    (machine, [service, release]) =>
      service === undefined ? rollback(machine) : rollbackService(machine, service, release),
  ),
  deploy: changing(
    20,
    ([, service = ""]) => `deploy ${service}`,
    (machine, [sha = ""]) => deploy(machine, sha, process.stdin),
  ),
  push: changing(120, ([service = ""]) => `push ${service}`, push),
  restart: changing(
    60,
    ([service = ""]) => `restart ${service}`,
    (machine, [service = ""]) => restartService(machine, service),
  ),
  releases: told(releases),
  history: told(history),
  close: closing(true),
  open: closing(false),
  exec: (machine, [service = "", ...words]) =>
    execAs(machine, service, words[0] === "--" ? words.slice(1) : words),
  freeze: changing(
    60,
    () => "freeze",
    (machine, [seconds = ""]) => {
      const limit = Number(seconds);
      if (!Number.isInteger(limit) || limit < 1 || limit > 600)
        throw new Error("fleet-agent freeze: say for how many seconds at most, from 1 to 600.");
      return freeze(machine, limit);
    },
  ),
  thaw: changing(300, () => "thaw", thaw),
  forget: (machine, [service = "", ...words]) =>
    words.includes("--dry-run")
      ? told(() => JSON.stringify(whatIsLeft(machine, service)))(machine, [])
      : changing(
          300,
          () => `forget ${service}`,
          () => forgetService(machine, service),
        )(machine, []),
  "hand-on": changing(
    20,
    () => "hand-on",
    (machine, [address = ""]) => handOn(machine, address),
  ),
  "handed-on": told((machine) => handedOnTo(machine) ?? ""),
  aftercare: async (machine) => {
    await aftercare(machine);
    return 0;
  },
};
