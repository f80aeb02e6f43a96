/** Who has logged in: what sshd wrote down, and what people are told of it. */
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { Login, MachineReport } from "@second-server/contract/reports";

import { originOf } from "../../../../monitor/actions/login-watch";
import { hostKind, judgeHost } from "../../../../monitor/checks/host";
import { createLogins, loginsIn, MOST_LOGINS } from "../../../../monitor/checks/logins";
import { unsyncedSeconds } from "../../../../monitor/checks/time-sync";
import { loadState } from "../../../../monitor/store/load-state";
import { Site } from "../site";

const MINUTE = 60_000;
const accepted = (at: number, address: string, user = "fleet"): string =>
  `${at}.123456 primary sshd-session[812]: Accepted publickey for ${user} from ${address} port 50144 ssh2: ED25519 SHA256:8Fz0`;
const facts = {
  memoryPercent: 40,
  diskPercent: 20,
  inodesPercent: 10,
  load: 0.1,
  rebootPending: false,
  units: {},
} as const;

describe("sshd's words", () => {
  test("who was let in, from where, by which key; the other machine's account, and what is none, are not listed", () => {
    const journal = [
      accepted(1000, "192.0.2.7"),
      accepted(1001, "198.51.100.9", "peer"),
      "1002.5 primary sshd-session[813]: Failed publickey for fleet from 203.0.113.5 port 1 ssh2: ED25519 SHA256:x",
      "1003.5 primary sshd[814]: Accepted password for root from 2001:db8::7 port 1 ssh2",
      "1004.5 primary sshd-session[815]: Accepted key from an agent",
    ].join("\n");
    expect(loginsIn(journal)).toEqual([
      { at: 1_000_000, user: "fleet", address: "192.0.2.7", by: "ED25519 SHA256:8Fz0" },
      { at: 1_003_000, user: "root", address: "2001:db8::7", by: "password" },
    ]);
  });

  test("the newest of each address, of a day and of so many; asked once a minute, and nobody waits", async () => {
    const asked: number[] = [];
    let journal: string | undefined = undefined;
    const logins = createLogins((since) => {
      asked.push(since);
      return Promise.resolve(journal);
    });
    const day = 86_400_000;
    expect(logins(2 * day)).toBeUndefined();
    await Promise.resolve();
    // The journal could not be read: nobody has logged in, or somebody has.
    expect(logins(2 * day + 1000)).toBeUndefined();
    journal = [
      accepted(day / 1000, "192.0.2.1"),
      ...Array.from({ length: 70 }, (_, index) =>
        accepted((2 * day) / 1000 + (index % 3), `192.0.2.${100 + index}`),
      ),
      accepted((2 * day) / 1000 + 30, "192.0.2.100"),
    ].join("\n");
    logins(2 * day + MINUTE);
    await Promise.resolve();
    const found = logins(2 * day + MINUTE + 1);
    expect(found).toHaveLength(MOST_LOGINS);
    expect(found?.[0]).toMatchObject({ address: "192.0.2.100", at: 2 * day + 30_000 });
    expect(found?.map(({ address }) => address)).not.toContain("192.0.2.1");
    expect(asked).toEqual([day, day + MINUTE]);
  });

  test.each([
    ["192.0.2.7", "192.0.2.7"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
    ["2001:db8:1::6", "2001:db8:1:0::/64"],
    ["2001:0db8:0001:0000::6", "2001:db8:1:0::/64"],
    ["::1", "0:0:0:0::/64"],
    ["fe80::1%eth0", "fe80:0:0:0::/64"],
  ])("%s is of %s", (address, origin) => expect(originOf(address)).toBe(origin));
});

describe("what people are told", () => {
  let site: Site;
  beforeEach(async () => {
    site = await Site.open();
  });
  afterEach(() => site.close());
  const login = (address: string, at = site.clock.now()): Login => ({
    at,
    user: "fleet",
    address,
    by: "ED25519 SHA256:8Fz0",
  });
  const reports = async (logins?: readonly Login[]): Promise<number> => {
    const report: MachineReport = { ...facts, at: site.clock.now(), logins };
    return (await site.fromPrimary("/report", report)).status;
  };
  const notes = () =>
    site.observatory.queue
      .waiting()
      .filter(({ message }) => message.subject.includes("logged in"))
      .map(({ message }) => message);

  test("nothing of those who made the machine; each address of later, once, with its key and what to do", async () => {
    await reports();
    await reports([login("192.0.2.7")]);
    await reports([login("192.0.2.7")]);
    expect(notes()).toEqual([]);
    await reports([login("203.0.113.5"), login("192.0.2.7")]);
    await reports([login("203.0.113.5"), login("192.0.2.7")]);
    expect(notes().map(({ subject }) => subject)).toEqual([
      "[lab] Somebody logged in to the primary from an address not seen before",
    ]);
    expect(notes()[0]?.text).toMatch(/203\.0\.113\.5.*as fleet.*SHA256:8Fz0/s);
    expect(notes()[0]?.text).toContain("admin-keys");
    expect(notes()[0]?.text).not.toContain("192.0.2.7");
  });

  test("many at once are one mail, and the rest one more after ten minutes", async () => {
    await reports([]);
    const strangers = Array.from({ length: 30 }, (_, index) => login(`203.0.113.${index}`));
    await reports(strangers.slice(0, 15));
    await reports(strangers);
    expect(notes()).toHaveLength(1);
    expect(notes()[0]?.text).toContain("5 more");
    await site.clock.pass(11 * MINUTE);
    await reports(strangers);
    expect(notes()).toHaveLength(2);
    await site.clock.pass(11 * MINUTE);
    await reports(strangers);
    expect(notes()).toHaveLength(2);
  });

  test("who is known outlives a restart", async () => {
    await reports([login("192.0.2.7")]);
    await site.observatory.writer.flush();
    expect((await loadState(site.database)).logins).toEqual({
      primary: { "192.0.2.7": site.clock.now() },
    });
  });

  test("a list that is not whole, or without end, is refused", async () => {
    expect(await reports([{ ...login("192.0.2.7"), user: "a\nb" }])).toBe(400);
    expect(await reports(Array.from({ length: 65 }, () => login("192.0.2.7")))).toBe(400);
  });
});

describe("the clock", () => {
  let root = "";
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "second-server-clock-"));
    mkdirSync(join(root, "proc"));
    mkdirSync(join(root, "run/systemd/timesync"), { recursive: true });
    writeFileSync(join(root, "proc/uptime"), "4000.25 100.00\n");
  });
  afterEach(() => rmSync(root, { recursive: true }));

  test("is unset since the start where no server has set it, then since the last time, and the host's in a container", async () => {
    expect(await unsyncedSeconds(0, root)).toBe(4000);
    const synced = join(root, "run/systemd/timesync/synchronized");
    writeFileSync(synced, "");
    utimesSync(synced, 100, 100);
    expect(await unsyncedSeconds(130_000, root)).toBe(30);
    writeFileSync(join(root, "run/systemd/container"), "systemd-nspawn\n");
    expect(await unsyncedSeconds(130_000, root)).toBeUndefined();
  });

  test("is an alert of its own after a day, with what to do", () => {
    const check = { kind: "host", id: "x", limits: { unsyncedSeconds: 86_400 } } as const;
    expect(judgeHost(check, { ...facts, unsyncedSeconds: 86_400 }, 0)).toContain("memory");
    expect(judgeHost(check, facts, 0)).toContain("memory");
    expect(() => judgeHost(check, { ...facts, unsyncedSeconds: 90_000 }, 0)).toThrow(
      "no time server has set the clock for 25 h",
    );
    expect(hostKind.advice(check, "watcher").wrong).toContain("clock");
  });
});
