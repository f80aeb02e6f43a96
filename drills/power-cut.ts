import type { Role } from "@second-server/contract/roles";

import { askLab, findDroplet } from "../cli/droplets";
import { call } from "../cli/lab";
import { disaster } from "./disaster";
import type { Disaster, Drill, MendTools } from "./drill";
import { inject } from "./machine";

export const powerOn = async ({ lab, context, fleet }: MendTools, role: Role): Promise<void> => {
  const droplet = await findDroplet(askLab(lab, context), fleet[role].droplet);
  if (droplet?.status === "off")
    await call(lab, context, "POST", `/v2/droplets/${droplet.id}/actions`, { type: "power_on" });
};

/** A machine loses its power and gets it back: one alert, one all-clear, no other mail. */
export const powerCut = (role: Role, meanwhile: NonNullable<Disaster["meanwhile"]>): Drill =>
  disaster({
    takes: role === "primary" ? "the primary" : "the watcher",
    broken: `the ${role}'s power is cut`,
    breakIt: (tools) => inject(tools, { kind: "power-cut" }, role),
    alertOf: () => role,
    meanwhile,
    mended: `the ${role} is powered on`,
    mend: (tools) => powerOn(tools, role),
  });
