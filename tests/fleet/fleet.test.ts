/**
 * One fleet, booted once, lived through in this order: it stands, it stays, it is changed, it is
 * attacked, it breaks and comes back, it goes.
 */
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";

import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";

import { until } from "../../cli/wait";
import { hostileTests } from "./hostile/hostile";
import {
  drill,
  fleet,
  fleetIn,
  killAll,
  killHalfWay,
  must,
  on,
  allEnded,
  PROJECT,
  remains,
  stateDir,
  up,
} from "./kit";
import { pushTests, takePushes } from "./pushes";

beforeAll(() => {
  stateDir();
});
afterAll(async () => {
  await fleet("destroy");
});

/** What the Observatory's status page says of each service. */
interface StatusPage {
  readonly services: readonly {
    readonly name: string;
    readonly condition: string;
    readonly error?: string;
  }[];
}
const curl = async (url: string): Promise<string> =>
  (await must(fleet("net", "--", "curl", "-fsS", url))).out;

const SERVICES = [
  "blog",
  "docs",
  "comments",
  "dead-drop",
  "chat",
  "forth",
  "lisp",
  "markov",
  "health",
  "hooks",
];

describe("it stands", () => {
  test("a first run that is killed half-way, with everything it started, leaves nothing that the next one stumbles over", async () => {
    await killHalfWay("created Droplet primary");
    await allEnded();
  });

  test("up ends with all ten services at 200 over HTTPS through the floating IP, certificates verified, each observed", async () => {
    const { ok, services, addresses } = await up();
    expect(ok).toBe(true);
    expect(services.map(({ name }) => name).sort()).toEqual([...SERVICES].sort());
    for (const service of services)
      expect(service).toMatchObject({
        ok: true,
        status: 200,
        observed: true,
        certificateExpires: expect.any(String),
      });
    expect(new Set(Object.values(addresses)).size).toBe(3);
  });

  test("a visitor inside the network sees a page by its name, with plain curl and the lab's CA", async () => {
    const { out } = await must(fleet("net", "--", "curl", "-fsS", "https://blog.example.test/"));
    expect(out).toMatch(/<html/i);
  });

  test("a visitor who speaks HTTP/3 gets it, through firewall and floating IP, and what the release has compressed", async () => {
    const { out } = await must(
      fleet(
        ...["ssh", "watcher", "--", "curl", "-fsS", "--http3-only", "-H", "accept-encoding:br"],
        ...["-o", "/dev/null", "-D", "-", "https://docs.example.test/"],
      ),
    );
    expect(out).toMatch(/^HTTP\/3 200/);
    expect(out).toMatch(/^content-encoding: br/m);
  });

  test("the Observatory sees what a visitor sees: every service up", async () => {
    // It asks each of them every ten seconds; what it saw before the release was whole passes.
    const seen = async (): Promise<StatusPage["services"]> =>
      (JSON.parse(await curl("https://status.example.test/api/status")) as StatusPage).services;
    await until(
      async () => ((await seen()).every(({ condition }) => condition === "up") ? true : undefined),
      { seconds: 120, everyMs: 1000 },
    );
    expect((await seen()).filter(({ condition }) => condition !== "up")).toEqual([]);
  });

  test("no unit has failed on either machine", async () => {
    expect(await on("primary", "systemctl --failed --no-legend")).toBe("");
    expect(await on("watcher", "systemctl --failed --no-legend")).toBe("");
  });

  test("status says so too, and exits 0", async () => {
    expect(JSON.parse((await must(fleet("status", "--json"))).out)).toMatchObject({
      ok: true,
      cloud: "running",
      floatingIp: { holder: "primary" },
    });
  });
});

describe("it stays", () => {
  test("a second up changes nothing and says so", async () => {
    expect((await must(fleet("up"))).out).toContain("Nothing changed");
  });

  test("preview expects no changes", async () => {
    await must(fleet("preview", "--expect-no-changes"));
  });
});

describe("it is changed", () => {
  /** Unit → the moment it was last started. */
  const starts = async (): Promise<Readonly<Record<string, string>>> => {
    const units = [
      ...SERVICES.filter((name) => name !== "blog" && name !== "docs").map(
        (name) => `fleet-${name}`,
      ),
      "nginx",
      "fleet-watchdog",
    ];
    const lines = await on(
      "primary",
      `systemctl show -p Id,ActiveEnterTimestampMonotonic --value ${units.map((unit) => `${unit}.service`).join(" ")}`,
    );
    return Object.fromEntries(
      lines.split("\n\n").map((block) => {
        const [id = "", at = ""] = block.split("\n").sort().reverse();
        return [id, at];
      }),
    );
  };
  // Made only when the test runs: a skipped suite leaves nothing behind.
  let copy = "";
  beforeAll(() => {
    copy = mkdtempSync(join(tmpdir(), "second-server-copy-"));
  });
  afterAll(() => rmSync(copy, { recursive: true, force: true }));

  test("a change in one service's source restarts that service alone, and another machine not at all", async () => {
    cpSync(PROJECT, copy, {
      recursive: true,
      filter: (source) => !["node_modules", ".git", ".build"].includes(basename(source)),
    });
    // Copied, not linked: bundles name their modules' real places relative to the project, and
    // those must be the same here.
    mkdirSync(join(copy, "node_modules"));
    execFileSync("cp", [
      "-a",
      "--reflink=auto",
      `${PROJECT}/node_modules/.`,
      join(copy, "node_modules"),
    ]);
    const entry = join(copy, "services/forth/main.ts");
    writeFileSync(entry, `${readFileSync(entry, "utf8")}\nconsole.log("a change of its own");\n`);
    takePushes(copy);
    const before = await starts();
    const { touched } = await up(copy);
    const after = await starts();
    expect(Object.keys(after).filter((unit) => before[unit] !== after[unit])).toEqual([
      "fleet-forth.service",
    ]);
    expect(touched.filter((urn) => urn.includes("urn:") && /watcher/i.test(urn))).toEqual([]);
  });

  pushTests(() => copy);

  test("a service that does not come up is rolled back, with its own words, and the version before goes on serving", async () => {
    const entry = join(copy, "services/forth/main.ts");
    writeFileSync(entry, `${readFileSync(entry, "utf8")}\nthrow new Error("broken on purpose");\n`);
    const { code, out, err } = await fleetIn(copy, "up");
    expect(code).not.toBe(0);
    expect(`${out}${err}`).toContain("Error: broken on purpose");
    // Side by side nothing was changed that would have to be taken back.
    expect(`${out}${err}`).toMatch(/nobody has been sent to it, and [0-9a-f]{12} goes on serving/);
    expect(
      (await must(fleet("net", "--", "curl", "-fsS", "https://forth.example.test/health"))).out,
    ).toContain('"ok":true');
    expect((await up()).ok).toBe(true);
  });
});

hostileTests();

describe("it breaks and comes back", () => {
  test("a service that runs but does not answer is restarted by the watchdog", async () => {
    const pid = await on("primary", "systemctl show -p MainPID --value fleet-chat.service");
    await must(fleet("fault", "inject", "freeze", "primary", "--unit", "chat"));
    const other = await until(
      async () => {
        const now = await on("primary", "systemctl show -p MainPID --value fleet-chat.service");
        return now !== pid && now !== "0" ? now : undefined;
      },
      { seconds: 400, everyMs: 2000 },
    );
    expect(other).toBeDefined();
    await must(fleet("fault", "clear"));
    const green = await until(async () => ((await fleet("status")).code === 0 ? true : undefined), {
      seconds: 180,
      everyMs: 2000,
    });
    expect(green).toBe(true);
  });

  test("one service's data as of a backup: said first, done from the repository alone, and put back by --undo", async () => {
    const url = "https://comments.example.test/api/comments";
    const post = async (text: string): Promise<void> => {
      const body = JSON.stringify({ page: "/", author: "a visitor", text });
      await must(fleet("net", "--", "curl", "-fsS", "--data", body, url));
    };
    const texts = async (): Promise<readonly string[]> =>
      (JSON.parse(await curl(`${url}?page=/`)) as { text: string }[]).map(({ text }) => text);
    await post("before");
    await must(fleet("backup", "now"));
    const listed = JSON.parse((await must(fleet("backup", "list", "--json"))).out) as {
      id: string;
      in: string[];
    }[];
    expect(listed[0]?.in).toEqual(["folder", "repository"]);
    await post("after");
    await must(fleet("backup", "now"));
    const [id = "", folder = ""] = [listed[0]?.id, `/var/lib/fleet-backups/${listed[0]?.id}`];
    expect((await must(fleet("restore", "comments", "--at", id, "--dry-run"))).out).toContain(
      "changes: comments/comments.json",
    );
    await on("watcher", `sudo mv ${folder} /var/tmp/aside`);
    await must(fleet("restore", "comments", "--at", id));
    await on("watcher", `sudo mv /var/tmp/aside ${folder}`);
    expect(await texts()).toContain("before");
    expect(await texts()).not.toContain("after");
    await must(fleet("restore", "comments", "--undo"));
    expect(await texts()).toEqual(expect.arrayContaining(["before", "after"]));
  });

  test("primary-dark: power cut, one alert, power on, one all-clear", async () => {
    expect((await drill("primary-dark")).ok).toBe(true);
  });

  test("watcher-dark: visitors notice nothing, one alert by the primary, power on, one all-clear", async () => {
    expect((await drill("watcher-dark")).ok).toBe(true);
  });

  test("primary-lost: the droplet deleted, recovered by one command, and the comment is there", async () => {
    const { ok, measures } = await drill("primary-lost");
    expect(ok).toBe(true);
    expect(measures["recover command (RTO from the decision)"]).toBeLessThan(600);
  });

  test("after the recovery there is nothing left to change", async () => {
    expect((await up()).changed).toBe(0);
  });

  test("down stops every machine and keeps the state; up brings them back", async () => {
    await must(fleet("down"));
    await allEnded();
    expect((await up()).changed).toBe(0);
  });

  test("SIGKILL of everything, and the next up takes over", async () => {
    await killAll();
    expect((await up()).ok).toBe(true);
  });
});

describe("it goes", () => {
  test("destroy leaves no process, mount, loop, namespace, link, table, cgroup or file", async () => {
    await must(fleet("destroy"));
    for (const [kind, left] of Object.entries(remains()))
      expect({ kind, left }).toEqual({ kind, left: [] });
  });

  test("and a second destroy has nothing to do", async () => {
    await must(fleet("destroy"));
  });
});
