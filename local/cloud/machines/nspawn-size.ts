import { openIpv6 } from "../network/links";
import { growDisk } from "./disk";
import type { Hypervisor } from "./hypervisor";
import { limit } from "./machine";
import { keep } from "./machine-table";
import type { NspawnParts } from "./nspawn-parts";
import { takeSnapshot } from "./snapshots";
import { placeOf } from "./surroundings";

type SizeOperations = Required<Pick<Hypervisor, "resize" | "enableIpv6" | "snapshot">>;

/** What becomes of a machine that stays the same one. */
export const sizeOperations = ({ around, table, router }: NspawnParts): SizeOperations => {
  const { paths } = around;
  return {
    resize: (dropletId, { memoryMiB, vcpus, diskGiB }) =>
      table.use(dropletId, async (machine) => {
        const before = machine.file.spec;
        const spec = {
          ...before,
          memoryMiB,
          vcpus,
          diskGiB: Math.max(diskGiB ?? 0, before.diskGiB),
        };
        if (machine.power === "off" && diskGiB !== undefined)
          await growDisk(placeOf(paths, dropletId), spec.diskGiB);
        if (machine.power === "on") await limit(around, spec);
        await keep(paths.machines, machine, { spec });
      }),
    enableIpv6: (dropletId, ipv6) =>
      table.use(dropletId, async (machine) => {
        const networks = { ...machine.file.spec.networks, ipv6 };
        await keep(paths.machines, machine, { spec: { ...machine.file.spec, networks } });
        if (machine.power === "on") await openIpv6(paths, dropletId, networks);
        await router.load();
      }),
    snapshot: (dropletId, key) =>
      table.use(dropletId, ({ file }) => takeSnapshot(placeOf(paths, dropletId), file.base, key)),
  };
};
