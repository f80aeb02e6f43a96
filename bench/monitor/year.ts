/**
 * Size of the history after a simulated year: the real tables, statements and pruning; the clock is
 * moved on. `node --import tsx bench/monitor/year.ts [checks] [days]`
 */
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { openDatabase } from "../../monitor/store/database";
import { createRollups } from "../../monitor/store/rollups";
import { DAY, tiers } from "../../monitor/store/tiers";

const silent = {
  info: () => undefined,
  warn: (line: string) => void process.stderr.write(`${line}\n`),
  error: (line: string) => void process.stderr.write(`${line}\n`),
};

const main = async (checks: number, dayCount: number): Promise<void> => {
  const folder = mkdtempSync(join(tmpdir(), "year-"));
  const path = join(folder, "observatory.db");
  const database = await openDatabase(path);
  let now = Date.parse("2026-01-01T00:00:00Z");
  const clock = {
    now: () => now,
    monotonic: () => now,
    after: () => ({ cancel: () => undefined }),
  };
  const rollups = createRollups(database, clock, silent);
  const began = performance.now();
  for (let check = 1; check <= checks; check += 1)
    await database.exec(`INSERT INTO check_name VALUES (${check}, 'check-${check}')`);
  for (let index = 0; index < dayCount; index += 1) {
    const start = now / 1000;
    await database.exec(`BEGIN; WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < ${DAY / 10 - 1})
      INSERT INTO sample (check_id, t, result, ms) SELECT c.id, ${start} + i * 10, abs(random()) % 1000 = 0, 20 + abs(random()) % 180 FROM n CROSS JOIN check_name c; COMMIT`);
    now += DAY * 1000;
    for (const tier of tiers) await rollups.roll(tier);
    await rollups.prune();
    if (index % 30 === 29 || index === dayCount - 1)
      process.stdout.write(
        `day ${index + 1}: ${(statSync(path).size / 1e6).toFixed(1)} MB, ${((performance.now() - began) / 1000).toFixed(0)} s\n`,
      );
  }
  const rows = await database.rows<{ tier: number; n: number }>(
    "SELECT tier, count(*) AS n FROM rollup GROUP BY tier UNION ALL SELECT 0, count(*) FROM sample",
  );
  process.stdout.write(
    `${rows.map(({ tier, n }) => `${tiers.find(({ id }) => id === tier)?.name ?? "samples"}: ${n} rows`).join(", ")}\n`,
  );
  database.close();
  rmSync(folder, { recursive: true });
};

main(Number(process.argv[2] ?? 12), Number(process.argv[3] ?? 365)).catch((error: unknown) => {
  process.stderr.write(`${String(error)}\n`);
  process.exit(1);
});
