/**
 * A constant load on one service of each kind, over changes of it: failed and reset requests, and
 * the longest that anybody waited.
 *
 *   node --import tsx bench/deploy/measure.ts --state DIR [--copy DIR] [--changes 20] [--by up|restart] [--stands]
 *
 * 50 requests a second with keep-alive to each, two of them uploads of 256 kB, and one open WebSocket, all at once. It brings the fleet of that state folder up from a copy of the project, and leaves it up; with --stands it is taken as it is.
 */
import { mkdtempSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { parseArgs } from "node:util";

import type { Tally } from "./client";
import { fleetOf, makeCopy, SUBJECTS, targetOf, WAYS, type Way, writeVersion } from "./subjects";
import { startVisit } from "./visit";

const SETTLE_MS = 1500;

interface Row {
  readonly way: Way;
  readonly seconds: number;
  readonly tally: Tally;
}

const sum = (rows: readonly Row[], of: (tally: Tally) => number): number =>
  rows.reduce((total, { tally }) => total + of(tally), 0);
const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

const table = (rows: readonly Row[]): string =>
  [
    "| way | changes | requests | failed | reset | longest wait | WebSocket cut, refused | command, median |",
    "| --- | --- | --- | --- | --- | --- | --- | --- |",
    ...WAYS.map((way) => {
      const own = rows.filter((row) => row.way === way);
      const longest = Math.max(0, ...own.map(({ tally }) => tally.longestMs));
      return (
        `| ${way} | ${own.length} | ${sum(own, ({ requests }) => requests)} | ` +
        `${sum(own, ({ failed }) => failed)} | ${sum(own, ({ reset }) => reset)} | ` +
        `${longest} ms | ${sum(own, (one) => one.webSocketsCut)}, ` +
        `${sum(own, (one) => one.webSocketsRefused)} | ` +
        `${median(own.map(({ seconds }) => seconds)).toFixed(1)} s |`
      );
    }),
  ].join("\n");

/** `restart` is the moment of a change alone, without what goes before and after it. */
const wordsOf = (by: string, way: Way): readonly string[] => {
  if (by === "up") return ["up"];
  const unit = way === "static" ? "nginx" : `fleet-${SUBJECTS[way]}`;
  return [
    "ssh",
    "primary",
    "--",
    `sudo systemctl ${way === "static" ? "reload" : "restart"} ${unit}`,
  ];
};

/** A change of one service is none of the others' visitors' business. */
const tellOthers = (changed: Way, seen: Readonly<Record<string, Tally>>): void => {
  for (const other of WAYS) {
    const tally = seen[other];
    if (other !== changed && tally && tally.failed + tally.reset > 0)
      console.log(`  meanwhile ${other}: ${JSON.stringify(tally)}`);
  }
};

const main = async (): Promise<void> => {
  const { values } = parseArgs({
    options: {
      state: { type: "string" },
      copy: { type: "string" },
      changes: { type: "string", default: "20" },
      by: { type: "string", default: "up" },
      stands: { type: "boolean", default: false },
    },
  });
  if (!values.state) throw new Error("bench/deploy/measure.ts: --state DIR is needed");
  const state = values.state;
  const copy = values.copy ?? join(mkdtempSync(join(tmpdir(), "second-server-")), "copy");
  makeCopy(copy);
  if (!values.stands) {
    const first = await fleetOf(copy, state, "up");
    if (first.code !== 0) throw new Error(`up: exit ${first.code}\n${first.said}`);
  }
  const visit = await startVisit(
    state,
    WAYS.map((way) => targetOf(way)),
  );
  const rows: Row[] = [];
  try {
    await pause(SETTLE_MS);
    const calm = await visit.look();
    console.log(`before any change: ${JSON.stringify(calm)}`);
    for (let change = 1; change <= Number(values.changes); change++)
      for (const way of WAYS) {
        await visit.look();
        writeVersion(copy, way, `v${change}`);
        const words = wordsOf(values.by, way);
        const { code, seconds, said } = await fleetOf(copy, state, ...words);
        if (code !== 0) throw new Error(`${words.join(" ")}: exit ${code}\n${said}`);
        await pause(SETTLE_MS);
        const seen = await visit.look();
        const tally = seen[way];
        if (!tally || (values.by !== "restart" && !tally.versions.includes(`v${change}`)))
          throw new Error(`${way}: version v${change} was not seen: ${JSON.stringify(tally)}`);
        rows.push({ way, seconds, tally });
        console.log(`${way} ${change}: ${seconds.toFixed(1)} s ${JSON.stringify(tally)}`);
        tellOthers(way, seen);
      }
  } finally {
    await visit.end();
  }
  console.log(`\n${table(rows)}\n\nload ${loadavg()[0]!.toFixed(1)}`);
};

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
});
