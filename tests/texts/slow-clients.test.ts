import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { PATHS } from "@second-server/contract/paths";

import { renderWatcher } from "../../render/machine";
import { factsIn, project, removeProjects } from "../fixtures/manifest";
import { suiteWhere } from "../fixtures/suite-where";
import { NGINX, layOut, makeCertificate, put } from "./nginx-kit";

/**
 * The watcher's: the same templates as the primary's, with the one process that a small machine
 * has.
 */
const ROOT = mkdtempSync(join(tmpdir(), "second-server-slow-"));

interface Outcome {
  readonly answers: readonly { readonly status: number | string; readonly ms: number }[];
  /** Connections of the slow client that were open when the other one began to ask. */
  readonly held: number;
  /** Those that are open in the end: where it was waited for, when their heads are overdue. */
  readonly patient: number;
}

const lacking = (): string | null => {
  if (!existsSync(NGINX)) return `${NGINX} is not installed`;
  const { status } = spawnSync("unshare", ["--net", "nft", "list", "ruleset"]);
  return status === 0 ? null : "no network namespace or no nft";
};

suiteWhere(lacking(), "one client with 5,000 slow connections of every kind", () => {
  const fleet = factsIn(project());
  const files = renderWatcher(fleet);
  let config = "";
  beforeAll(() => {
    makeCertificate(join(ROOT, "tls"));
    config = layOut(files, join(ROOT, "etc"), join(ROOT, "tls"), (text) =>
      text.replaceAll("user www-data;", "user root;"),
    );
  });
  afterAll(() => {
    rmSync(ROOT, { recursive: true, force: true });
    removeProjects();
  });

  /** In a namespace that ends with its processes: ports 80 and 443 are its own. */
  const attacked = (connections: number, prepare: string, wait = "no longer"): Outcome => {
    const { stdout, stderr } = spawnSync(
      "unshare",
      [
        "--net",
        "--pid",
        "--fork",
        "--kill-child",
        "sh",
        "-c",
        `ulimit -n 16384 && ip link set lo up && ${prepare} && exec "$@"`,
        "sh",
        process.execPath,
        join(__dirname, "slow-clients.cjs"),
        config,
        fleet.status.host,
        String(connections),
        wait,
      ],
      { encoding: "utf8", timeout: 280_000 },
    );
    const line = stdout.trim().split("\n").at(-1);
    if (!line) throw new Error(stderr);
    return JSON.parse(line) as Outcome;
  };
  const served = ({ answers }: Outcome): void => {
    expect(answers.length).toBe(50);
    expect([...new Set(answers.map(({ status }) => status))]).toEqual([200]);
    const times = answers.map(({ ms }) => ms).sort((a, b) => a - b);
    expect(times[25]).toBeLessThan(1000);
  };

  test("nginx alone holds 1,500 of them, serves the other client, and ends those whose heads do not come", () => {
    const outcome = attacked(1500, "true", "overdue");
    served(outcome);
    expect(outcome.held).toBeGreaterThan(400);
    expect(outcome.patient).toBe(0);
  });

  test("the kernel lets it have 400, whatever the kind, and the other client is served", () => {
    const limits = files.find(({ path }) => path === PATHS.clientLimits)!.text;
    const rules = put(join(ROOT, "limits.nft"), limits);
    // Twice: a release that changes them loads them over what is there.
    const outcome = attacked(5000, `nft -f ${rules} && nft -f ${rules}`);
    served(outcome);
    expect(outcome.held).toBeGreaterThan(100);
    expect(outcome.held).toBeLessThanOrEqual(400);
  });
});
