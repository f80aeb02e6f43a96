import { rmSync } from "node:fs";
import { relative } from "node:path";

import { PATHS } from "@second-server/contract/paths";

import { shown } from "../file-names";
import { makeFolder } from "../files";
import { type Machine, must } from "../machine";
import { probeAll } from "../probe";
import { note, readApplied } from "../record";
import { receiveShutIn } from "../shut-in";
import { systemctl } from "../systemd";
import { type Data, copyOut } from "./copy";
import { putAway, putInPlace } from "./put-back";

const ASIDE_SECONDS = 600;
/** Something else lies in the item's place: there is nothing to keep. */
const NO_DATA = /^(it is no |its -|a folder on the way )/;

/**
 * What users wrote since the backup stays on the machine until the next restore. As it lies there:
 * a database that is to be replaced may be damaged.
 */
const setAside = async (machine: Machine, data: readonly Data[]): Promise<void> => {
  const aside = machine.at(PATHS.beforeRestore);
  rmSync(aside, { recursive: true, force: true });
  makeFolder(aside, 0o700);
  for (const service of new Set(data.map((one) => one.service))) {
    const its = data.filter((one) => one.service === service);
    const journeys = its.flatMap(({ kind, path }) => {
      const place = relative(PATHS.serviceData, path);
      return kind === "sqlite"
        ? ["", "-wal", "-journal"].map((end) => ({
            kind: "file" as const,
            from: place + end,
            to: place + end,
          }))
        : [{ kind, from: place, to: place }];
    });
    const [first] = its;
    const ends = first
      ? await copyOut(machine, first, journeys, aside, { seconds: ASIDE_SECONDS })
      : [];
    const lost = ends.flatMap(({ failed }, index) =>
      failed === undefined ? [] : [`${shown(journeys[index]?.from ?? service)}: ${shown(failed)}`],
    );
    for (const line of lost) machine.log(`not set aside: ${line}`);
    if (ends.some(({ failed }) => failed !== undefined && !NO_DATA.test(failed)))
      throw new Error(
        `fleet-agent restore: what is there now can't be kept, so nothing was restored: ${lost.join("; ")}`,
      );
  }
};

/**
 * By an operator, on a primary in service: the data of all services, or of one, from the tar of a
 * backup on standard input. Their units are down meanwhile.
 */
export const restore = async (machine: Machine, service: string | undefined): Promise<void> => {
  const applied = readApplied(machine);
  if (!applied)
    throw new Error(
      "fleet-agent restore: no release is in force here. On a fresh primary the watcher restores: fleet-agent backup restore-to-peer",
    );
  const data = applied.release.data.filter(
    (one) => service === undefined || one.service === service,
  );
  if (data.length === 0)
    throw new Error(
      `fleet-agent restore: no data of "${service ?? "any service"}" is in fleet.yaml. Known: ${[...new Set(applied.release.data.map((one) => one.service))].join(", ")}`,
    );
  await receiveShutIn();
  const units = [...new Set(data.map(({ unit }) => unit))];
  await must(machine, ["systemctl", "stop", "--", ...units]);
  try {
    await setAside(machine, data);
    const services = await putInPlace(machine, data);
    note(machine, `restored ${services.join(", ")}`);
    machine.log(
      `restored ${services.join(", ")}; what was there before is in ${PATHS.beforeRestore}`,
    );
  } finally {
    await systemctl(machine, "start", units);
  }
  putAway(machine);
  await probeAll(
    machine,
    applied.release.probes.filter(({ unit }) => units.includes(unit)),
  );
};
