import { stat } from "node:fs/promises";
import { dirname } from "node:path";

import type { LiveStatus } from "@second-server/contract/backups";
import { messageOf } from "@second-server/contract/caught";
import type { LiveCheck } from "@second-server/contract/check-settings";
import { UNITS } from "@second-server/contract/names";

import { span } from "../alerts/words";
import { number, text } from "../rules";
import { type Advice, onMachine } from "./advice";
import { readLeft } from "./backup";
import type { LookingKind } from "./check-kind";
import { Finding } from "./outcome";

/** @returns how the copies stand. @throws Finding when they lag, or lack a database. */
export const checkLive = async (check: LiveCheck, now = Date.now()): Promise<string> => {
  const status = await readLeft<LiveStatus>(check.statusFile);
  const { askedAt, at, failingSince, error, problems = [] } = status ?? {};
  const because = error === undefined ? "" : `; last error: ${error}`;
  const failing = failingSince === undefined ? 0 : now - Date.parse(failingSince);
  if (!(failing <= check.maxFailingSeconds * 1000))
    throw new Finding(`the live copies lag since ${span(failing)}${because}`);
  const asked = askedAt === undefined ? await sinceSetUp(check, now) : now - Date.parse(askedAt);
  if (!(asked <= check.maxAgeSeconds * 1000))
    throw new Finding(`the primary was not asked for changes for ${span(asked)}${because}`);
  if (problems.length > 0) throw new Finding(`the newest live copy: ${problems.join("; ")}`);
  return at === undefined ? "none yet" : `last change copied ${span(now - Date.parse(at))} ago`;
};

/** systemd makes that folder before the unit has said anything. */
const sinceSetUp = async ({ statusFile }: LiveCheck, now: number): Promise<number> => {
  try {
    return now - (await stat(dirname(statusFile))).mtimeMs;
  } catch (error) {
    throw new Finding(`the unit that follows the databases has not run: ${messageOf(error)}`);
  }
};

const advice: Advice = {
  wrong: "The live copies of the databases are not in order",
  affects:
    "nothing that visitors see now. What users wrote since the newest live copy, or the newest backup, would be lost with the primary.",
  steps: [
    {
      say: "What does the unit that follows the databases say?",
      run: onMachine("watcher", `sudo journalctl -n 30 -u ${UNITS.live}`),
    },
    {
      say: "A database has shrunk, and that is meant? A backup that has it so, and counts as good, is what copies are measured by from then on.",
      run: onMachine("watcher", "sudo fleet-agent backup pull; sudo fleet-agent backup accept"),
    },
    { say: "What live copies can't have, and what they take: docs/backups.md" },
  ],
};

export const liveKind: LookingKind<LiveCheck> = {
  source: "files",
  layer: "data",
  leastSeconds: 60,
  byCalendar: true,
  fields: { statusFile: text, maxFailingSeconds: number, maxAgeSeconds: number },
  run: (check) => checkLive(check),
  advice: () => advice,
};
