import { powerCut } from "./power-cut";
import { noServiceAnswers, statusPageAnswers } from "./visitors";

/**
 * The primary loses its power: visitors see nothing, the owner gets one mail; it comes back, and
 * the owner gets one more.
 */
export const drill = powerCut("primary", async (tools) => {
  await noServiceAnswers(tools);
  await statusPageAnswers(tools);
});
