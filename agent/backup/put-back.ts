import { existsSync, renameSync, rmSync } from "node:fs";

import { PATHS } from "@second-server/contract/paths";
import type { Release } from "@second-server/contract/release";

import { makeFolder } from "../files";
import { type Machine, must } from "../machine";
import { note } from "../record";
import { putCertificates } from "./certificates-back";
import { copyIn } from "./copy";
import { faultsOf } from "./manifest";
import { BESIDE, type Piece, byService, pieceOf } from "./pieces";
import { isSealed } from "./receive";

const SECONDS = 3600;

/**
 * Puts what was received of a backup where it belongs, written by its service's own user; what was
 * there goes. The services that own it must not run. Resolves with the names of those that got
 * something.
 */
export const putPieces = async (
  machine: Machine,
  pieces: readonly Piece[],
): Promise<readonly string[]> => {
  const folder = machine.at(PATHS.restore);
  const faults = faultsOf(folder);
  if (faults.length > 0)
    throw new Error(
      `${PATHS.restore}: the received backup is damaged: ${faults.slice(0, 5).join("; ")}. Send it again (fleet recover primary).`,
    );
  makeFolder(machine.at(PATHS.serviceData), 0o755);
  const restored: string[] = [];
  for (const [data, its] of byService(pieces)) {
    const journeys = its.map(({ kind, place }) => ({
      kind,
      from: `data/${place}`,
      to: place,
      ...(kind === "sqlite" && { beside: BESIDE }),
    }));
    const ends = await copyIn(machine, data, journeys, folder, SECONDS);
    if (ends.some(({ absent }) => absent !== true)) restored.push(data.service);
  }
  return restored;
};

/**
 * Kept under another name until the next restore: whoever looks into an incident wants to see what
 * was put back.
 */
export const putAway = (machine: Machine): void => {
  const folder = machine.at(PATHS.restore);
  rmSync(`${folder}.done`, { recursive: true, force: true });
  renameSync(folder, `${folder}.done`);
};

/**
 * Before any service of a machine's first release starts: what the watcher gave back. Does nothing
 * where nothing was given back.
 */
export const putBack = async (machine: Machine, release: Release): Promise<void> => {
  if (!existsSync(machine.at(PATHS.restore)) || isSealed(machine)) return;
  // An apply that failed may have left them running. On a machine without these units yet, there is
  // nothing to stop.
  if (release.data.length > 0)
    await machine.run([
      "systemctl",
      "stop",
      "--",
      ...new Set(release.data.map(({ unit }) => unit)),
    ]);
  const services = await putPieces(machine, release.data.map(pieceOf));
  const certificates = await putCertificates(machine, release.certificates);
  await must(machine, ["sync"]);
  putAway(machine);
  const what = certificates.length > 0 ? "the certificates and the data" : "the data";
  const words = `restored ${what} of ${services.join(", ") || "no service"}`;
  note(machine, words);
  machine.log(words);
};
