/**
 * A constant load on one service, over changes of it of each kind: failed and reset requests, and
 * the longest that anybody waited.
 *
 *   node --import tsx bench/deploy/measure.ts --state DIR [--copy DIR] [--changes 20] [--only TEXT] [--stands]
 *
 * 50 requests a second with keep-alive, two of them uploads of 256 kB, and one open WebSocket where
 * the service is a streaming one. It brings the fleet of that state folder up from a copy of the
 * project, and leaves it up; with --stands it is taken as it is. --only: the kinds whose name has
 * that in it.
 */
import { mkdtempSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { parseArgs } from "node:util";

import type { Tally } from "./client";
import { fleetOf, type Kind, KINDS, makeCopy, targetOf } from "./subjects";
import { startVisit } from "./visit";

const SETTLE_MS = 1500;

interface Row {
  readonly seconds: number;
  readonly tally: Tally;
}

const sum = (rows: readonly Row[], of: (tally: Tally) => number): number =>
  rows.reduce((total, { tally }) => total + of(tally), 0);
const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

const line = (name: string, rows: readonly Row[]): string => {
  const longest = Math.max(0, ...rows.map(({ tally }) => tally.longestMs));
  return `| ${name} | ${rows.length} | ${sum(rows, ({ requests }) => requests)} | ${sum(rows, ({ failed }) => failed)} | ${sum(rows, ({ reset }) => reset)} | ${longest} ms | ${sum(rows, (one) => one.webSocketsCut)}, ${sum(rows, (one) => one.webSocketsRefused)} | ${median(rows.map(({ seconds }) => seconds)).toFixed(1)} s |`;
};
const HEAD = [
  "| change | times | requests | failed | reset | longest wait | WebSocket cut, refused | command, median |",
  "| --- | --- | --- | --- | --- | --- | --- | --- |",
];

interface Where {
  readonly copy: string;
  readonly state: string;
}

const measure = async (
  { copy, state }: Where,
  name: string,
  { service, write, version, words }: Kind,
  changes: number,
): Promise<readonly Row[]> => {
  const visit = await startVisit(state, [targetOf(service)]);
  const rows: Row[] = [];
  try {
    await pause(SETTLE_MS);
    console.log(`${name}, before any change: ${JSON.stringify((await visit.look())[service])}`);
    for (let turn = 1; turn <= changes; turn++) {
      await visit.look();
      write(copy, turn);
      const command = words?.(service, turn) ?? ["deploy", service];
      const { code, seconds, said } = await fleetOf(copy, state, ...command);
      if (code !== 0) throw new Error(`${command.join(" ")}: exit ${code}\n${said}`);
      await pause(SETTLE_MS);
      const tally = (await visit.look())[service];
      if (!tally || (version && !tally.versions.includes(version(turn))))
        throw new Error(`${name}: the change was not seen: ${JSON.stringify(tally)}\n${said}`);
      rows.push({ seconds, tally });
      console.log(`${name} ${turn}: ${seconds.toFixed(1)} s ${JSON.stringify(tally)}`);
    }
  } finally {
    await visit.end();
  }
  return rows;
};

const main = async (): Promise<void> => {
  const { values } = parseArgs({
    options: {
      state: { type: "string" },
      copy: { type: "string" },
      changes: { type: "string", default: "20" },
      only: { type: "string", default: "" },
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
  const lines: string[] = [];
  for (const [name, kind] of Object.entries(KINDS)) {
    if (!name.includes(values.only)) continue;
    const rows = await measure({ copy, state }, name, kind, Number(values.changes));
    lines.push(line(name, rows));
    console.log(["", ...HEAD, ...lines, "", `load ${loadavg()[0]?.toFixed(1)}`, ""].join("\n"));
  }
};

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
});
