import { existsSync, mkdirSync, rmSync } from "node:fs";
import { dirname, relative } from "node:path";

import { PATHS } from "@second-server/contract/paths";
import type { Release } from "@second-server/contract/release";

import { type Machine, must } from "../machine";
import { probeAll } from "../probe";
import { note, readApplied } from "../record";
import { systemctl } from "../systemd";
import { putAway, putInPlace } from "./put-back";
import { receive } from "./receive";

type Data = Release["data"][number];

/** What users wrote since the backup stays on the machine until the next restore. */
const setAside = async (machine: Machine, data: readonly Data[]): Promise<void> => {
  const aside = machine.at(PATHS.beforeRestore);
  rmSync(aside, { recursive: true, force: true });
  mkdirSync(aside, { recursive: true, mode: 0o700 });
  for (const { path } of data) {
    for (const one of [path, `${path}-wal`])
      if (existsSync(machine.at(one))) {
        const kept = `${aside}/${relative(PATHS.serviceData, one)}`;
        mkdirSync(dirname(kept), { recursive: true, mode: 0o700 });
        await must(machine, ["cp", "-a", "--", machine.at(one), kept], { seconds: 600 });
      }
  }
};

/** By an operator, on a primary in service: the data of all services, or of one, from the tar of a backup on standard input. Their units are down meanwhile. */
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
  await receive(machine);
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
