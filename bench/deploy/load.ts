/**
 * Visitors of several services, inside the fleet's network: started by `visit.ts` with the targets
 * as its argument. Each line on standard input is answered by a line: what was seen since the last
 * one. It ends with its standard input.
 */
import { createInterface } from "node:readline";

import { type Target, createVisitors } from "./client";

const targets = JSON.parse(process.argv[2] ?? "[]") as readonly Target[];
const all = targets.map((target) => ({ name: target.name, visitors: createVisitors(target) }));

const lines = createInterface({ input: process.stdin });
lines.on("line", () => {
  const seen = all.map(({ name, visitors }) => [name, visitors.tally()] as const);
  console.log(JSON.stringify(Object.fromEntries(seen)));
});
lines.on("close", () => {
  for (const { visitors } of all) visitors.stop();
  process.exit(0);
});
console.log("ready");
