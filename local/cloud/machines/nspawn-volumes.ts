import type { Hypervisor } from "./hypervisor";
import { volumesOf } from "./machine-file";
import { keep } from "./machine-table";
import type { NspawnParts } from "./nspawn-parts";
import { plugVolume, unplugVolume } from "./volume-plug";
import { copyVolume, growVolume, removeVolume } from "./volumes";

type VolumeOperations = Required<
  Pick<Hypervisor, "attachVolume" | "detachVolume" | "resizeVolume" | "deleteVolume" | "copyVolume">
>;

export const volumeOperations = ({ around, table }: NspawnParts): VolumeOperations => {
  const { machines } = around.paths;
  return {
    attachVolume: (dropletId, volume) =>
      table.use(dropletId, async (machine) => {
        const others = volumesOf(machine.file).filter((one) => one.id !== volume.id);
        if (machine.power === "on") await plugVolume(around, dropletId, volume);
        await keep(machines, machine, { volumes: [...others, volume] });
      }),
    detachVolume: (dropletId, volumeId) =>
      table.use(dropletId, async (machine) => {
        const volumes = volumesOf(machine.file);
        const volume = volumes.find((one) => one.id === volumeId);
        if (volume) await unplugVolume(around, dropletId, volume);
        await keep(machines, machine, { volumes: volumes.filter((one) => one.id !== volumeId) });
      }),
    resizeVolume: (volumeId, sizeGiB) => growVolume(machines, volumeId, sizeGiB),
    deleteVolume: (volumeId) => removeVolume(machines, volumeId),
    copyVolume: (fromId, toId) => copyVolume(machines, fromId, toId),
  };
};
