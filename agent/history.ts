import { appendFileSync } from "node:fs";

import { PATHS } from "@second-server/contract/paths";

import { makeFolder, readText } from "./files";
import type { Machine } from "./machine";

/** What became of a release, or was done to a service. */
export interface Deed {
  readonly at: string;
  readonly what: "in force" | "refused" | "failed" | "undone" | "restarted" | "closed" | "opened";
  /** One service's; all of the machine's where there is none. */
  readonly service?: string;
  readonly release?: string;
  /** Who asked for it, where that is known. */
  readonly by?: string;
  readonly why?: string;
}

/** Who has asked for this: sudo tells the user, SSH the address. */
const asker = (): string | undefined => {
  const [user, from] = [
    process.env["FLEET_BY"] ?? process.env["SUDO_USER"],
    process.env["SSH_CLIENT"],
  ];
  return user === undefined
    ? undefined
    : `${user}${from ? ` from ${from.split(" ")[0] ?? ""}` : ""}`;
};

/** That it can't be written (a full disk) must not hide what was to be written. */
export const writeHistory = (machine: Machine, deed: Omit<Deed, "at" | "by">): void => {
  const by = asker();
  try {
    makeFolder(machine.at(PATHS.agentState), 0o700);
    appendFileSync(
      machine.at(PATHS.history),
      `${JSON.stringify({ at: machine.now().toISOString(), ...deed, ...(by && { by }) })}\n`,
      { mode: 0o600 },
    );
  } catch (error) {
    machine.log(`${PATHS.history} can't be written: ${(error as Error).message}`);
  }
};

/** Oldest first. A line that a power cut left half written is passed over. */
export const readHistory = (machine: Machine, service?: string): readonly Deed[] =>
  (readText(machine.at(PATHS.history)) ?? "").split("\n").flatMap((line) => {
    try {
      const deed = JSON.parse(line) as Deed;
      return service === undefined || deed.service === undefined || deed.service === service
        ? [deed]
        : [];
    } catch {
      return [];
    }
  });

export const historyText = (deeds: readonly Deed[]): string =>
  deeds.length === 0
    ? "nothing yet"
    : deeds
        .map(({ at, what, service, release, by, why }) =>
          [
            `${at.slice(0, 19).replace("T", " ")}  ${(service ?? "all").padEnd(16)} ${(release ?? "").slice(0, 12).padEnd(12)} ${what}${by ? `, by ${by}` : ""}`,
            ...(why ? [`    ${why.split("\n")[0]}`] : []),
          ].join("\n"),
        )
        .join("\n");
