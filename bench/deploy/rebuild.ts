/**
 * `./fleet rebuild primary` under visitors and a constant writer: what failed, how long the longest
 * wait was, what was lost. On the running local fleet of a state folder:
 *
 *     node --import tsx bench/deploy/rebuild.ts STATE [WORDS of rebuild...]
 */
import { contextOf } from "../../cli/context";
import { loadLab } from "../../cli/lab";
import { loadManifest } from "../../cli/manifest";
import { reporterFor } from "../../cli/progress/reporter";
import { startWriter } from "../../drills/constant-writer";
import { runFleet } from "../../drills/fleet-command";
import { startVisit } from "./visit";

const PAGES_PER_SECOND = 10;
/** One that nginx answers alone, one with a process, one that only one process may write for. */
const VISITED = ["blog", "forth", "comments"];

const main = async ([state = "", ...words]: readonly string[]): Promise<void> => {
  const context = contextOf({ state });
  const fleet = await loadManifest(context);
  const reporter = reporterFor(process.stdout, false);
  const tools = { context, lab: await loadLab(), fleet, reporter };
  const targets = fleet.services
    .filter(({ name }) => VISITED.includes(name))
    .map(({ name, host }) => ({
      name,
      host,
      pagesPerSecond: PAGES_PER_SECOND,
      uploadsPerSecond: 0,
      webSocket: false,
    }));
  const visit = await startVisit(state, targets);
  const writer = await startWriter(tools);
  await visit.look();
  const began = Date.now();
  const { code, complaints } = await runFleet(tools, ["rebuild", "primary", ...words]);
  const seconds = (Date.now() - began) / 1000;
  const seen = await visit.look();
  await visit.end();
  const writes = await writer?.stop();
  reporter.close();
  console.log(
    JSON.stringify(
      {
        code,
        complaints,
        seconds,
        writes,
        seen,
      },
      undefined,
      2,
    ),
  );
  process.exitCode = code;
};

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
