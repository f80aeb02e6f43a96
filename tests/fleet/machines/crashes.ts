import { spawn } from "node:child_process";
import { join } from "node:path";

import { expect, describe, test } from "@jest/globals";

import { lab } from "../../../local/cloud/lab";
import { killAll, processes, PROJECT, remains } from "../kit";
import { act, api, becomes, bootOf, ids, on, paths, quiet, until } from "./lab-of-machines";

/** What a user may be doing when everything is killed: lab-at-work.ts's words. */
const works = [
  "start",
  "create",
  "snapshot",
  "cycle",
  "delete",
  "volume",
  "faults",
  "stop",
  "destroy",
] as const;
const nexts = ["up", "down", "destroy"] as const;

/**
 * What is left. A process that the kernel is taking down has no command line any more: its end is
 * waited for.
 */
const remainsOf = async (): Promise<Readonly<Record<string, readonly string[]>>> => {
  await until("those that end have ended", 60, () =>
    Promise.resolve(processes(paths()).every(({ command }) => command !== "")),
  );
  const { files, ...rest } = remains(paths());
  void files;
  return rest;
};
const nothing = {
  processes: [],
  mounts: [],
  loops: [],
  namespaces: [],
  links: [],
  tables: [],
  cgroups: [],
};

const up = (): Promise<unknown> =>
  lab.start({ paths: paths(), machines: true, pace: "host", progress: quiet });

/**
 * Begins a work in a process of its own and kills it, and everything of the lab, after some
 * milliseconds.
 */
const killAt = async (work: string, milliseconds: number): Promise<void> => {
  const child = spawn(
    process.execPath,
    ["--import", "tsx", join(__dirname, "lab-at-work.ts"), work, paths().state],
    { cwd: PROJECT, stdio: ["ignore", "pipe", "inherit"] },
  );
  // Counted from when it begins: loading takes its own time.
  await new Promise<void>((resolve) => {
    child.stdout.once("data", () => resolve());
    child.once("close", () => resolve());
  });
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
  child.kill("SIGKILL");
  await killAll(paths());
};

/**
 * Whether all droplets that ought to run do, and answer. An action that was cut short is done again
 * (a power cycle pulls the plug once more), and holds its droplet's lock until then.
 */
const checkMachines = async (): Promise<void> => {
  await until("the end of the actions that were cut short", 300, async () =>
    (await api("GET", "/v2/droplets")).droplets.every(({ locked }) => !locked),
  );
  const { droplets } = await api("GET", "/v2/droplets");
  for (const { id, status } of droplets)
    if (status === "active") expect((await on(id, "true")).code).toBe(0);
};

export const crashTests = (): void =>
  describe("killed at any moment", () => {
    test("a daemon that was killed is succeeded by one that finds its machines running", async () => {
      const before = await bootOf(ids.one);
      const { pid } = await lab.status(paths());
      process.kill(pid!, "SIGKILL");
      await until("its end", 60, async () => !(await lab.status(paths())).running);
      await up();
      expect(await bootOf(ids.one)).toEqual(before);
    });

    test("the package mirror, killed while its daemon lives, is started again, and that it ended is told", async () => {
      const mirror = async () => (await api("GET", "/local/status")).helpers[0]!;
      const { pid } = await mirror();
      process.kill(pid!, "SIGKILL");
      await until(
        "another mirror",
        60,
        async () => ![undefined, pid].includes((await mirror()).pid),
      );
      expect(await mirror()).toMatchObject({ restarts: 1, lastEnd: { how: "SIGKILL" } });
      expect((await on(ids.one, "apt-get -q -o APT::Update::Error-Mode=any update")).code).toBe(0);
    });

    test("somebody's own copy of the mounts, in a namespace that hears nothing of the host, is in nobody's way", async () => {
      const child = spawn("unshare", ["--mount", "sh", "-c", "echo made; exec sleep 600"], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      try {
        await new Promise((resolve) => child.stdout.once("data", resolve));
        await act(ids.one, { type: "power_cycle" });
        await lab.stop(paths(), quiet);
        expect(await remainsOf()).toEqual(nothing);
      } finally {
        child.kill("SIGKILL");
      }
      await up();
      expect((await on(ids.one, "true")).code).toBe(0);
    });

    test("a disk that somebody still has open when its machine is switched on again is waited for", async () => {
      const child = spawn(
        "unshare",
        [
          "--mount",
          "sh",
          "-c",
          'cd "$1" && echo made && sleep 3',
          "sh",
          join(paths().machines, String(ids.one), "root"),
        ],
        { stdio: ["ignore", "pipe", "inherit"] },
      );
      await new Promise((resolve) => child.stdout.once("data", resolve));
      await act(ids.one, { type: "power_cycle" });
      expect((await on(ids.one, "true")).code).toBe(0);
    });

    const rounds = Number(process.env["FLEET_TEST_KILLS"] ?? 6);
    test(`SIGKILL of everything at ${rounds} random moments: the next up, down or destroy clears what was left`, async () => {
      const story: string[] = [];
      for (let round = 0; round < rounds; round++) {
        const pick = <T>(list: readonly T[]): T => list[Math.floor(Math.random() * list.length)]!;
        // Each way to go on at least once in three rounds.
        const [work, milliseconds, next] = [
          pick(works),
          Math.round(Math.random() * 1500),
          nexts[round % nexts.length]!,
        ];
        story.push(`${work} killed after ${milliseconds} ms, then ${next}`);
        try {
          if (work !== "start") await up();
          await killAt(work, milliseconds);
          if (next === "up") {
            await up();
            await checkMachines();
          } else {
            await (next === "down" ? lab.stop(paths(), quiet) : lab.destroy(paths(), quiet));
            expect(await remainsOf()).toEqual(nothing);
          }
        } catch (error) {
          throw new Error(`round ${round}: ${story.join("; ")}: ${(error as Error).message}`, {
            cause: error,
          });
        }
      }
      // Whatever happened, a machine can be made, and no fault has outlived a destroy.
      await up();
      await api("POST", "/local/faults", { kind: "acme" });
      await lab.destroy(paths(), quiet);
      await up();
      expect((await api("GET", "/local/faults")).faults).toEqual([]);
      const {
        droplet: { id },
      } = await api("POST", "/v2/droplets", {
        name: "after",
        region: "fra1",
        size: "s-1vcpu-512mb-10gb",
        image: "debian-13-x64",
      });
      await becomes(id, "active");
    });
  });
