import { disaster } from "./disaster";
import { mustFleet, runFleet } from "./fleet-command";
import { withChangedService } from "./scratch-project";
import { servicesAnswer } from "./visitors";

const WORDS = "broken on purpose by a drill";

/**
 * A release that does not come up: the machine goes back to the one before by itself, and `up`
 * fails with the program's own words.
 */
export const drill = disaster({
  broken: "a release that does not come up was rolled back",
  breakIt: (tools) =>
    withChangedService(tools, `throw new Error(${JSON.stringify(WORDS)});`, async (folder) => {
      const { code, complaints } = await runFleet(tools, ["up"], folder);
      if (code !== 1)
        throw new Error(`up ended with ${code} on a release that can't come up: ${complaints}`);
      if (!complaints.includes(WORDS))
        throw new Error(`up does not say what the program said: ${complaints}`);
    }),
  meanwhile: servicesAnswer,
  silenceSeconds: 20,
  mended: "./fleet up of the right one changes what is left to change",
  mend: (tools) => mustFleet(tools, "up"),
});
