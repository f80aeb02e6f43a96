import { powerCut } from "./power-cut";
import { servicesAnswer, statusPageIsDark } from "./visitors";

/**
 * The watcher loses its power: visitors notice nothing, and the primary, which watches the watcher,
 * tells the owner; it comes back, and the owner gets one more mail.
 */
export const drill = powerCut("watcher", async (tools) => {
  await statusPageIsDark(tools);
  await servicesAnswer(tools);
});
