import { execFileSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import type { BackupStatus } from "@second-server/contract/backups";
import type { Release } from "@second-server/contract/release";
import Database from "libsql";

import { apply } from "../../../agent/apply/apply";
import { send } from "../../../agent/backup/give-back";
import { writeManifest } from "../../../agent/backup/manifest";
import { prepare } from "../../../agent/backup/prepare";
import { chosen, list, recordStatus, verifyBackups } from "../../../agent/backup/store";
import { release } from "./sample";
import { type TemporaryMachine, temporaryMachine } from "./temporary-machine";

const DROPS = "/var/lib/fleet/dead-drop/drops.db";
const COMMENTS = "/var/lib/fleet/comments/comments.json";
const LIVE = "/etc/letsencrypt/live/fleet";
const EXPORT = "/var/backups/fleet/export";

/** The fleet's data, or that of some of its services: each costs a copy's two programs. */
const DATA: Release["data"] = [
  {
    service: "dead-drop",
    unit: "fleet-dead-drop.service",
    owner: "svc-dead-drop",
    kind: "sqlite",
    path: DROPS,
  },
  {
    service: "comments",
    unit: "fleet-comments.service",
    owner: "svc-comments",
    kind: "file",
    path: COMMENTS,
  },
  {
    service: "quiet",
    unit: "fleet-quiet.service",
    owner: "svc-quiet",
    kind: "directory",
    path: "/var/lib/fleet/quiet/files",
  },
];
const releaseWith = (services: readonly string[]): Release =>
  release({
    trees: [],
    units: [],
    certificates: [
      { name: "fleet", hosts: ["a.example.test", "b.example.test"], email: "owner@example.test" },
    ],
    data: DATA.filter(({ service }) => services.includes(service)),
  });
const withData = releaseWith(["dead-drop", "comments", "quiet"]);

let certificate: string;
beforeAll(() => {
  certificate = mkdtempSync(join(tmpdir(), "agent-certificate-"));
  execFileSync(
    "openssl",
    [
      "req",
      "-x509",
      "-newkey",
      "ec",
      "-pkeyopt",
      "ec_paramgen_curve:prime256v1",
      "-nodes",
      "-days",
      "3650",
      "-subj",
      "/CN=a",
      "-addext",
      "subjectAltName=DNS:a.example.test,DNS:b.example.test",
      "-keyout",
      join(certificate, "privkey.pem"),
      "-out",
      join(certificate, "fullchain.pem"),
    ],
    { stdio: "ignore" },
  );
});
afterAll(() => {
  rmSync(certificate, { recursive: true });
});

let old: TemporaryMachine;
let fresh: TemporaryMachine;
let database: InstanceType<typeof Database>;
beforeEach(() => {
  [old, fresh] = [temporaryMachine(), temporaryMachine()];
  cpSync(certificate, old.at(LIVE), { recursive: true });
  old.write(COMMENTS, '[{"id":1}]');
  old.write("/var/lib/fleet/dead-drop/.keep", "");
  database = new Database(old.at(DROPS));
  database.exec(
    "PRAGMA journal_mode = WAL; CREATE TABLE drops (id TEXT); INSERT INTO drops VALUES ('committed')",
  );
});
afterEach(() => {
  database.close();
  old.remove();
  fresh.remove();
});
/** The release is in force on the old machine: what there is to back up. */
const inForce = async (services: readonly string[]): Promise<void> => {
  await apply(old, old.deliver(releaseWith(services), []));
};
const allInForce = async (): Promise<void> => {
  await apply(old, old.deliver(withData, []));
};

const rowsOf = (path: string): unknown => {
  const copy = new Database(path, { readonly: true });
  try {
    return copy.prepare("SELECT id FROM drops ORDER BY id").all();
  } finally {
    copy.close();
  }
};
const giveBack = (): void =>
  cpSync(old.at(EXPORT), fresh.at("/var/lib/fleet-agent/restore"), {
    recursive: true,
    preserveTimestamps: true,
  });

test("a database is copied whole while its service is in the middle of writing to it", async () => {
  await inForce(["dead-drop"]);
  database.exec("BEGIN IMMEDIATE; INSERT INTO drops VALUES ('half done')");
  await prepare(old);
  database.exec("COMMIT");
  expect(rowsOf(old.at(`${EXPORT}/data/dead-drop/drops.db`))).toEqual([{ id: "committed" }]);
  expect(readdirSync(old.at(`${EXPORT}/data/dead-drop`))).toEqual(["drops.db"]);
});

test("an unchanged database is the same file again, so that the watcher need not fetch it", async () => {
  await inForce(["dead-drop"]);
  const seen = (): readonly [number, string] => [
    statSync(old.at(`${EXPORT}/data/dead-drop/drops.db`)).mtimeMs,
    old.read(`${EXPORT}/manifest.json`).match(/drops\.db",\s+"sha256": "(\w+)"/)![1]!,
  ];
  await prepare(old);
  const first = seen();
  await prepare(old);
  expect(seen()).toEqual(first);
  database.exec("INSERT INTO drops VALUES ('new')");
  utimesSync(old.at(`${DROPS}-wal`), new Date(), new Date(Date.now() + 5000));
  await prepare(old);
  expect(seen()[0]).not.toBe(first[0]);
  expect(seen()[1]).not.toBe(first[1]);
});

test("a fresh machine's first apply puts the data and the certificate back, each with its owner, and asks Let's Encrypt for nothing", async () => {
  await allInForce();
  await prepare(old);
  giveBack();
  // Its own authority, which this machine trusts.
  process.env["SSL_CERT_FILE"] = old.at(`${LIVE}/fullchain.pem`);
  const owners = new Map<string, string>();
  const machine: TemporaryMachine = {
    ...fresh,
    own: (path, owner) => {
      owners.set(path.replace(fresh.root, ""), owner);
    },
  };
  await apply(machine, machine.deliver(withData, []));
  expect(rowsOf(machine.at(DROPS))).toEqual([{ id: "committed" }]);
  expect(machine.read(COMMENTS)).toBe('[{"id":1}]');
  expect(owners.get("/var/lib/fleet/dead-drop")).toBe("svc-dead-drop");
  expect(machine.confined.map(({ owner }) => owner)).toEqual([
    "svc-dead-drop",
    "svc-comments",
    "svc-quiet",
  ]);
  expect([
    readlinkSync(machine.at("/etc/fleet/tls/fleet")),
    machine.read(`${LIVE}/fullchain.pem`),
  ]).toEqual([LIVE, old.read(`${LIVE}/fullchain.pem`)]);
  expect(machine.ran.filter((line) => line.startsWith("certbot"))).toEqual([]);
  expect(machine.said).toContain("restored the certificates and the data of dead-drop, comments");
  delete process.env["SSL_CERT_FILE"];
});

test("what was damaged on its way is not put in place", async () => {
  await inForce(["comments"]);
  await prepare(old);
  giveBack();
  fresh.write("/var/lib/fleet-agent/restore/data/comments/comments.json", "[]");
  await expect(apply(fresh, fresh.deliver(withData, []))).rejects.toThrow(
    "data/comments/comments.json is damaged",
  );
  expect(existsSync(fresh.at(COMMENTS))).toBe(false);
});

test("a machine in service is never written over", async () => {
  await allInForce();
  await prepare(old);
  cpSync(old.at(EXPORT), old.at("/var/lib/fleet-agent/restore"), { recursive: true });
  old.write(COMMENTS, '[{"id":1},{"id":2}]');
  await apply(old, old.deliver(withData, []));
  expect(old.read(COMMENTS)).toBe('[{"id":1},{"id":2}]');
});

test("without a certificate, a placeholder lets nginx start, and Let's Encrypt is asked for all hosts once", async () => {
  await apply(fresh, fresh.deliver(withData, []));
  const placeholder = readlinkSync(fresh.at("/etc/fleet/tls/fleet"));
  expect(fresh.read(`${placeholder}/fullchain.pem`)).toContain("BEGIN CERTIFICATE");
  expect(fresh.ran.filter((line) => line.startsWith("certbot"))).toEqual([
    expect.stringMatching(
      /certonly .*--cert-name fleet --expand .*--domain a\.example\.test --domain b\.example\.test$/,
    ),
  ]);
});

test("a certificate that lacks a host is asked for again", async () => {
  await allInForce();
  const more = {
    ...withData,
    certificates: [{ ...withData.certificates[0]!, hosts: ["a.example.test", "new.example.test"] }],
  };
  old.ran.length = 0;
  await apply(old, old.deliver(more, []));
  expect(old.ran.some((line) => line.startsWith("certbot certonly"))).toBe(true);
});

const keep = (id: string, text: string): void => {
  fresh.write(`/var/lib/fleet-backups/${id}/data/x`, text);
  writeManifest(fresh.at(`/var/lib/fleet-backups/${id}`), new Date(0), "abc");
};

test("the newest whole backup is given, not a newer damaged one", () => {
  keep("20261121T100000Z", "good");
  keep("20261121T110000Z", "good");
  writeFileSync(fresh.at("/var/lib/fleet-backups/20261121T110000Z/data/x"), "rotten");
  expect(list(fresh).map(({ id }) => id)).toEqual(["20261121T110000Z", "20261121T100000Z"]);
  expect(chosen(fresh, undefined)).toBe("20261121T100000Z");
  expect(() => verifyBackups(fresh, undefined)).toThrow("20261121T110000Z: data/x is damaged");
  expect(() => chosen(fresh, "20200101T000000Z")).toThrow("there is no backup");
});

test("a failed pull keeps what is known of the last good one, and the next good one takes the error away", () => {
  const status = (): BackupStatus =>
    JSON.parse(fresh.read("/var/lib/fleet-backups/status.json")) as BackupStatus;
  recordStatus(fresh, { ok: true, at: "1", newest: "a", newestVerifiedAt: "1" });
  recordStatus(fresh, { ok: false, at: "2", error: "no route" });
  expect(status()).toEqual({
    ok: false,
    at: "2",
    newest: "a",
    newestVerifiedAt: "1",
    error: "no route",
  });
  recordStatus(fresh, {
    ok: true,
    at: "3",
    newest: "b",
    newestVerifiedAt: "3",
    error: undefined,
  });
  expect(status()).toEqual({ ok: true, at: "3", newest: "b", newestVerifiedAt: "3" });
});

describe("a folder is copied as it is at one moment", () => {
  const FILES = "/var/lib/fleet/quiet/files";
  /**
   * What happens in the folder while a copy of it is made: Python, after each pass and before the
   * look whether it rests.
   */
  const during = (change: string): TemporaryMachine => ({
    ...old,
    confine: (argv, confinement) =>
      old.confine(
        argv.map((word) =>
          word.replace(
            "        rests = listing",
            `        os.chdir(${JSON.stringify(old.at(FILES))})\n        ${change}\n        rests = listing`,
          ),
        ),
        confinement,
      ),
  });
  beforeEach(() => old.write(`${FILES}/index`, "one"));

  test("although a file comes while it is being copied", async () => {
    await inForce(["quiet"]);
    await prepare(during('attempt == 1 and open("page", "w").close()'));
    expect(readdirSync(old.at(`${EXPORT}/data/quiet/files`)).sort()).toEqual(["index", "page"]);
    expect(old.said.filter((line) => line.includes("different moments"))).toEqual([]);
  });
  test("although a file went while it was being copied", async () => {
    await inForce(["quiet"]);
    old.write(`${FILES}/page`, "two");
    await prepare(during('attempt == 1 and os.unlink("page")'));
    expect(readdirSync(old.at(`${EXPORT}/data/quiet/files`))).toEqual(["index"]);
  });
  test("unless it never rests, which is said", async () => {
    await inForce(["quiet"]);
    await prepare(during('open(str(attempt), "w").close()'));
    expect(readdirSync(old.at(`${EXPORT}/data/quiet/files`)).sort()).toEqual(["1", "2", "index"]);
    expect(old.said.filter((line) => line.includes("different moments"))).toHaveLength(1);
  });
  test("and one that can't be copied costs that item only, and is told by name", async () => {
    await allInForce();
    await prepare(during('raise Fault("it is not to be")'));
    const { items } = JSON.parse(old.read(`${EXPORT}/manifest.json`)) as {
      items: { path: string; failed?: string }[];
    };
    expect(items).toEqual([
      { path: "data/dead-drop/drops.db" },
      { path: "data/comments/comments.json" },
      { path: "data/quiet/files", failed: "it is not to be" },
      { path: "letsencrypt" },
    ]);
    expect(existsSync(old.at(`${EXPORT}/data/quiet/files`))).toBe(false);
    expect(rowsOf(old.at(`${EXPORT}/data/dead-drop/drops.db`))).toHaveLength(1);
  });
});

test("each service's items are copied as its own user, in one unit a service, which may write to its folder alone", async () => {
  await allInForce();
  await prepare(old);
  expect(
    old.confined.map(({ name, owner, writable }) => [
      name,
      owner,
      writable.map((path) => path.replace(old.root, "")),
    ]),
  ).toEqual([
    ["backup-copy-dead-drop", "svc-dead-drop", ["/var/lib/fleet/dead-drop"]],
    ["backup-copy-comments", "svc-comments", ["/var/lib/fleet/comments"]],
    ["backup-copy-quiet", "svc-quiet", ["/var/lib/fleet/quiet"]],
  ]);
});

test("a primary that refuses a large backup ends the giving back", async () => {
  old.write("/var/lib/fleet-backups/large", "x".repeat(1 << 20));
  await expect(
    send(old.at("/var/lib/fleet-backups"), ["sh", "-c", "exec <&-; exit 3"]),
  ).rejects.toThrow("the primary did not take it (exit 3)");
});

test("a status file that can't be read is not taken for none", () => {
  old.write("/var/lib/fleet-backups/status.json", "{ half");
  expect(() => recordStatus(old, { ok: true })).toThrow("status.json: it is damaged");
});
