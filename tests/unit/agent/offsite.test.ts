import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "@jest/globals";
import type { OffsitePlace, OffsiteStatus } from "@second-server/contract/backups";

import { forgetInFolders } from "../../../agent/backup/without-service";
import { bringBack, fillBack } from "../../../agent/offsite/bring-back";
import { copyOut } from "../../../agent/offsite/copy-out";
import { openOffsite } from "../../../agent/offsite/place";
import { forgetInRepository, havingService } from "../../../agent/repository/forget";
import { listAll } from "../../../agent/repository/history";
import { ownRepository } from "../../../agent/repository/restic";
import { openShelf } from "../../../agent/repository/shelf";
import { snapshotsIn } from "../../../agent/repository/snapshots";
import { takeIn } from "../../../agent/repository/take-in";
import { freePort } from "../../fixtures/free-port";
import { suiteWhere } from "../../fixtures/suite-where";
import { REPOSITORY, dropFolders, keepFolder, policy, textIn, watcher } from "./repository-kit";
import { makeTemplate } from "./repository-template";
import type { TemporaryMachine } from "./temporary-machine";

const idAt = (hour: number): string => `20261121T${String(hour).padStart(2, "0")}0000Z`;
const LACKING = ["restic", "rclone"].find((name) => !existsSync(`/usr/bin/${name}`));

interface Server {
  readonly address: string;
  readonly folder: string;
  stop(): Promise<void>;
}
const USER = "fleet";
const SECRET = "of the third place/+";

/** A REST server of restic's protocol, as a provider runs it. */
const serve = async (folder: string, ...words: readonly string[]): Promise<Server> => {
  const port = await freePort();
  const child: ChildProcess = spawn(
    "rclone",
    ["serve", "restic", folder, "--addr", `127.0.0.1:${port}`, ...words],
    {
      env: { ...process.env, RCLONE_CONFIG: "", RCLONE_USER: USER, RCLONE_PASS: SECRET },
      stdio: ["ignore", "ignore", "pipe"],
    },
  );
  await new Promise<void>((resolve, reject) => {
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      if (/Serving restic/i.test(text)) resolve();
    });
    child.once("close", (code) => reject(new Error(`rclone ended with ${code}`)));
  });
  return {
    address: `rest:http://127.0.0.1:${port}/`,
    folder,
    stop: () =>
      new Promise((resolve) => {
        child.once("close", () => resolve());
        if (!child.kill()) resolve();
      }),
  };
};

suiteWhere(LACKING === undefined ? null : `${LACKING} is not installed`, "the third place", () => {
  let template: string;
  let copied: string;
  let machine: TemporaryMachine;
  let server: Server;
  const statusOf = (): OffsiteStatus =>
    JSON.parse(machine.read("/var/lib/fleet-offsite/status.json")) as OffsiteStatus;
  const give = (to: TemporaryMachine, more: Partial<OffsitePlace> = {}): void => {
    const place = { address: server.address, user: USER, secret: SECRET, ...more };
    to.write("/etc/fleet/secrets/offsite", JSON.stringify(place));
  };
  const idsThere = async (): Promise<readonly string[]> =>
    (await snapshotsIn(machine, openOffsite(machine))).map(({ id }) => id);
  const take = async (...hours: readonly number[]): Promise<void> => {
    for (const hour of hours)
      keepFolder(machine, idAt(hour), { "data/a/x": `of ${hour} `.repeat(3000) });
    await takeIn(machine);
  };

  beforeAll(() => {
    template = makeTemplate();
    copied = makeTemplate();
  });
  afterAll(() => {
    for (const one of [template, copied]) rmSync(one, { recursive: true });
  });
  beforeEach(async () => {
    machine = watcher(template);
    // One that was copied to before, and opens at once.
    const folder = mkdtempSync(join(tmpdir(), "third-place-"));
    cpSync(copied, folder, { recursive: true });
    server = await serve(folder);
    give(machine);
  });
  afterEach(async () => {
    await server.stop();
    rmSync(server.folder, { recursive: true });
    machine.remove();
  });
  /** Another server over the same data. */
  const serveAgain = async (...words: readonly string[]): Promise<void> => {
    const { folder } = server;
    await server.stop();
    server = await serve(folder, ...words);
    give(machine, words.includes("--append-only") ? { appendOnly: true } : {});
  };
  /** Nobody has ever copied anything there. */
  const empty = (): void => {
    for (const name of readdirSync(server.folder))
      rmSync(join(server.folder, name), { recursive: true });
  };

  test("what the repository has is there, as it was and no more, chunked alike, and is told of", async () => {
    empty();
    await take(8, 9);
    await copyOut(machine);
    expect(await idsThere()).toEqual([idAt(8), idAt(9)]);
    expect(statusOf()).toMatchObject({
      address: server.address,
      ids: [idAt(8), idAt(9)],
      newestAt: expect.stringMatching(/^2026-11-21T/),
      copied: { at: expect.any(String) },
      checked: { at: expect.any(String) },
    });
    const config = (address: string): unknown =>
      JSON.parse(
        execFileSync("restic", ["--no-cache", "cat", "config"], {
          encoding: "utf8",
          env: {
            ...process.env,
            RESTIC_REPOSITORY: address,
            RESTIC_PASSWORD_FILE: machine.at("/etc/fleet/secrets/repository-password"),
          },
        }),
      );
    const chunkedAs = (value: unknown): unknown =>
      (value as { readonly chunker_polynomial: string }).chunker_polynomial;
    expect(chunkedAs(config(openOffsite(machine).address))).toBe(
      chunkedAs(config(ownRepository(machine).address)),
    );
    const snapshots = (): string[] => readdirSync(join(server.folder, "snapshots"));
    const before = snapshots();
    await copyOut(machine);
    expect(snapshots()).toEqual(before);
    const listed = await listAll(machine, openShelf(machine));
    expect(listed.map((one) => one.in)).toEqual([
      ["folder", "repository", "offsite"],
      ["folder", "repository", "offsite"],
    ]);
  });

  test("it is kept by the same policy; a place that takes only more keeps all, and refuses to delete", async () => {
    policy(machine, { hourly: 2, daily: 0, weekly: 0 }, 60);
    await take(7, 8);
    await copyOut(machine);
    await take(9);
    await copyOut(machine);
    expect(await idsThere()).toEqual([idAt(8), idAt(9)]);
    await serveAgain("--append-only");
    await take(10);
    await copyOut(machine);
    expect(await idsThere()).toEqual([idAt(8), idAt(9), idAt(10)]);
    give(machine);
    await expect(copyOut(machine)).rejects.toThrow("restic forget");
    expect(await idsThere()).toEqual([idAt(8), idAt(9), idAt(10)]);
  });

  test("a service that was forgotten is gone from there with the next copy, and each backup is there once", async () => {
    keepFolder(machine, idAt(8), { "data/a/x": "of a", "data/gone/secret.txt": "of nobody's" });
    await takeIn(machine);
    await copyOut(machine);
    const having = await havingService(machine, "gone");
    forgetInFolders(machine, "gone");
    await forgetInRepository(machine, "gone", having);
    await copyOut(machine);
    expect(await idsThere()).toEqual([idAt(8)]);
    const found = execFileSync("restic", ["--no-cache", "find", "secret.txt"], {
      encoding: "utf8",
      env: {
        ...process.env,
        RESTIC_REPOSITORY: openOffsite(machine).address,
        RESTIC_PASSWORD_FILE: machine.at("/etc/fleet/secrets/repository-password"),
      },
    });
    expect(found).toBe("");
  });

  test("damage there is found, told, and not pruned", async () => {
    await take(8);
    await copyOut(machine);
    const packs = readdirSync(join(server.folder, "data"), { recursive: true })
      .map(String)
      .filter((name) => /[0-9a-f]{64}$/.test(name));
    for (const name of packs) {
      const path = join(server.folder, "data", name);
      const bytes = readFileSync(path);
      bytes.fill(0, bytes.length - 40);
      writeFileSync(path, bytes);
    }
    // Whichever seventh is read today.
    await expect(
      (async () => {
        for (let day = 0; day < 7; day++) {
          await machine.sleep(86_400_000);
          await copyOut(machine);
        }
      })(),
    ).rejects.toThrow("restic check");
    expect(statusOf().checked?.error).toContain("restic check");
    expect(statusOf().copied?.error).toBeUndefined();
  });

  test("a place that is out of reach, or asks for another password, is told without the secret, and is never taken for an empty one", async () => {
    await take(8);
    give(machine, { secret: "of somebody else" });
    await expect(copyOut(machine)).rejects.toThrow("401");
    expect(statusOf().copied?.error).toContain("401");
    expect(machine.read("/var/lib/fleet-offsite/status.json")).not.toContain("somebody");
    await server.stop();
    const fresh = watcher();
    try {
      give(fresh);
      await expect(bringBack(fresh)).rejects.toThrow("backups may be there");
      await expect(fillBack(fresh, () => Promise.resolve(1))).rejects.toThrow(
        "nothing was begun without it",
      );
      expect(existsSync(fresh.at(REPOSITORY))).toBe(false);
    } finally {
      fresh.remove();
    }
  });

  test("a new watcher has the whole history again before it begins one, though it is cut short on the way", async () => {
    await take(8, 9);
    await copyOut(machine);
    const fresh = watcher();
    const broughtBack = "/var/lib/fleet-agent/repository-brought-back";
    try {
      give(fresh);
      const bring = async (): Promise<number> => {
        await bringBack(fresh);
        return 0;
      };
      // Cut short after its making: what was begun is gone on with, and not made again.
      await bringBack(fresh);
      renameSync(fresh.at(broughtBack), fresh.at(`${broughtBack}.new`));
      const config = readFileSync(fresh.at(`${broughtBack}.new/config`));
      for (const name of readdirSync(fresh.at(`${broughtBack}.new/snapshots`)).slice(1))
        rmSync(fresh.at(`${broughtBack}.new/snapshots/${name}`));
      expect(existsSync(fresh.at(REPOSITORY))).toBe(false);
      keepFolder(fresh, idAt(10), { "data/a/x": "of the new one" });
      await takeIn(fresh, () => fillBack(fresh, bring));
      expect(readFileSync(fresh.at(`${REPOSITORY}/config`))).toEqual(config);
      const all = await snapshotsIn(fresh, ownRepository(fresh));
      expect(all.map(({ id }) => id)).toEqual([8, 9, 10].map(idAt));
      dropFolders(fresh, idAt(10));
      expect(textIn(fresh, idAt(8), "data/a/x")).toBe("of 8 ".repeat(3000));
      // The next day's copy adds to what is there, and loses nothing of it.
      await copyOut(fresh);
      expect(await idsThere()).toEqual([8, 9, 10].map(idAt));
    } finally {
      fresh.remove();
    }
  });

  test("where there is none yet, one is begun here", async () => {
    empty();
    keepFolder(machine, idAt(8), { "data/a/x": "first" });
    rmSync(machine.at(REPOSITORY), { recursive: true });
    const bring = async (): Promise<number> => {
      await bringBack(machine);
      return 0;
    };
    await takeIn(machine, () => fillBack(machine, bring));
    expect((await snapshotsIn(machine, ownRepository(machine))).map(({ id }) => id)).toEqual([
      idAt(8),
    ]);
  });
});
