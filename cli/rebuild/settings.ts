import type { FleetFacts } from "../../config/fleet";
import { type Primaries, PRIMARIES_SETTING, primariesValue } from "../../config/primaries";
import type { Context } from "../context";
import { loadManifest } from "../manifest";
import { openSettings, orRefuse } from "../stack-settings";

/** The next fleet of this stack begins with the first one. */
export const forgetPrimaries = async (context: Context): Promise<void> => {
  const settings = await openSettings("destroy", context);
  await orRefuse("destroy", () => settings.remove(PRIMARIES_SETTING));
};

/** On the disk when it resolves, with what the manifest and the settings come to then. */
export const setPrimaries = async (context: Context, to: Primaries): Promise<FleetFacts> => {
  const settings = await openSettings("rebuild", context);
  const isFirst = to.active === "blue" && to.other === "none";
  await orRefuse("rebuild", async () => {
    if (isFirst) await settings.remove(PRIMARIES_SETTING);
    else await settings.set(PRIMARIES_SETTING, primariesValue(to), { secret: false });
  });
  return await loadManifest(context);
};
