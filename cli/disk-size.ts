import { SIZES } from "../config/catalogue";
import type { FleetFacts, MachineFacts } from "../config/fleet";
import type { Context } from "./context";
import { type StoredResource, dropletIn, readResources } from "./engine/state";
import { cannotRun } from "./errors";

/** GiB of the disk that the droplet has: its size's, unless it was resized without its disk. */
const diskOf = ({ outputs = {} }: StoredResource): number | undefined => {
  const { disk, size } = outputs;
  if (typeof disk === "number") return disk;
  return typeof size === "string" ? SIZES[size]?.diskGiB : undefined;
};

const complaint = (
  machine: MachineFacts,
  resources: readonly StoredResource[],
): string | undefined => {
  const droplet = dropletIn(resources, machine.role);
  if (droplet === undefined) return undefined;
  const { region, image } = droplet.outputs ?? {};
  // It is replaced: the new one begins with the smaller disk.
  if (region !== machine.region || image !== machine.image) return undefined;
  const [is, wanted] = [diskOf(droplet), SIZES[machine.size]?.diskGiB];
  if (is === undefined || wanted === undefined || wanted >= is) return undefined;
  return `fleet.yaml: machines.${machine.role}.size: ${machine.size} has a disk of ${wanted} GiB, and the droplet's is ${is} GiB. DigitalOcean makes no disk smaller. Choose a size with at least ${is} GiB, or leave the size as it is.`;
};

/** The machines whose new size can't be reached, each with a remedy. */
export const tooSmall = (
  fleet: FleetFacts,
  resources: readonly StoredResource[],
  replaced?: MachineFacts["role"],
): readonly string[] =>
  [fleet.primary, fleet.watcher]
    // The primary that serves stays as it is while another is made.
    .filter(
      ({ role }) =>
        role !== replaced && (role !== "primary" || fleet.primaries.other !== "prepared"),
    )
    .flatMap((machine) => complaint(machine, resources) ?? []);

/** The API would only say so once the droplet is off. */
export const refuseSmallerDisks = async (
  context: Context,
  fleet: FleetFacts,
  replaced?: MachineFacts["role"],
): Promise<void> => {
  const found = tooSmall(fleet, (await readResources(context)) ?? [], replaced);
  if (found.length > 0) throw cannotRun(found.join("\n"));
};
