/**
 * Run as a process of its own, since Node reads which authorities it trusts only at its start: runs
 * the checks of its argument and prints what each found.
 */
import type { Check } from "@second-server/contract/check-settings";

import { runCheck } from "../../../../monitor/checks/run";

const main = async (): Promise<void> => {
  const checks = JSON.parse(process.argv[2] ?? "[]") as Check[];
  const outcomes = await Promise.all(
    checks.map((check) => runCheck(check, (check.timeoutSeconds ?? 2) * 1000)),
  );
  process.stdout.write(JSON.stringify(outcomes));
};

void main();
