import { readdir } from "node:fs/promises";
import { join } from "node:path";

import { z } from "zod";

import { unlessGone } from "../files";
import { freezeGroup } from "../machines/cgroups";
import { insideGroup } from "../machines/machine-groups";
import type { Surroundings } from "../machines/surroundings";
import { unitName } from "../machines/unit-name";
import { dropletId } from "./droplet-id";
import { machineFaultKind } from "./kind";

const schema = z.object({
  kind: z.literal("freeze"),
  dropletId,
  /** Left out: the whole machine. */
  unit: z.string().max(255).optional(),
});
type Freeze = z.output<typeof schema>;

const groupOf = ({ host, paths }: Surroundings, { dropletId: id, unit }: Freeze): string => {
  const box = insideGroup(host, paths.id, id);
  return unit === undefined ? box : join(box, "payload", "system.slice", unitName(unit));
};

const freezeOrSay = async (around: Surroundings, fault: Freeze): Promise<void> => {
  const frozen = await unlessGone(
    freezeGroup(groupOf(around, fault), true).then(() => true),
    false,
  );
  if (!frozen)
    throw new Error(
      `droplet ${fault.dropletId}: ${fault.unit ? `${fault.unit} does not run` : "it is off"}, so it can't be frozen`,
    );
};

const thawAll = async (folder: string): Promise<void> => {
  await unlessGone(freezeGroup(folder, false), undefined);
  for (const entry of await unlessGone(readdir(folder, { withFileTypes: true }), []))
    if (entry.isDirectory()) await thawAll(join(folder, entry.name));
};

export const freeze = machineFaultKind({
  name: "freeze",
  help: "the machine, or one --unit of it, stands still",
  schema,
  options: [
    {
      flag: "--unit <unit>",
      help: "one unit; a service's name alone means its unit",
      field: "unit",
      takes: "unit",
    },
  ],
  identity: ["unit"],
  hitsServices: ({ unit }) => unit !== undefined,
  waitsForServices: true,
  begin: ({ around }, fault) => freezeOrSay(around, fault),
  // Its unit may have been restarted, or its machine rebooted: what runs now is not frozen.
  end: ({ around }, fault) => unlessGone(freezeGroup(groupOf(around, fault), false), undefined),
  freeMachine: ({ host, paths }, id) => thawAll(insideGroup(host, paths.id, id)),
});
