import { execFileSync } from "node:child_process";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServer as createTls } from "node:tls";

import { afterEach, beforeEach, expect, test } from "@jest/globals";
import * as packet from "dns-packet";

import { checkBackup } from "../../../../monitor/checks/backup";
import { checkCertificate } from "../../../../monitor/checks/certificate";
import { checkDns } from "../../../../monitor/checks/dns";
import { checkHistory } from "../../../../monitor/checks/history";
import { checkLive } from "../../../../monitor/checks/live";
import { checkOffsite } from "../../../../monitor/checks/offsite";
import { explain } from "../../../../monitor/checks/outcome";
import { createOwnNetwork } from "../../../../monitor/checks/own-network";
import { checkRepository } from "../../../../monitor/checks/repository";
import { runCheck } from "../../../../monitor/checks/run";
import { FakeClock } from "../fake-clock";
import { Lab } from "./lab";

let lab: Lab;
let folder = "";
const closers: (() => void)[] = [];
beforeEach(() => {
  lab = new Lab();
  folder = mkdtempSync(join(tmpdir(), "check-"));
});
afterEach(() => {
  lab.close();
  closers.splice(0).forEach((close) => close());
  rmSync(folder, { recursive: true });
});

test("SSH: a banner passes, another one, none and a closed door are named", async () => {
  const ssh = async (hello: string, end = true, ms = 10_000) =>
    runCheck(
      {
        kind: "ssh",
        id: "x",
        host: "127.0.0.1",
        port: await lab.serve(
          (socket) => (end ? socket.end(hello) : socket.write(hello)),
          "connect",
        ),
      },
      ms,
    );
  expect(await ssh("SSH-2.0-OpenSSH_9.9\r\n", false)).toMatchObject({
    result: "pass",
    detail: "SSH-2.0-OpenSSH_9.9",
  });
  expect((await ssh("220 mail ready\r\n")).error).toBe(
    'the banner is "220 mail ready", not "SSH-2.0-…"',
  );
  expect((await ssh("SSH-2.0", false, 200)).error).toMatch(
    /^no (SSH banner|connection) within 0.2 s$/,
  );
  expect((await ssh("a".repeat(1e6), false)).error).toBe(
    `the banner is "${"a".repeat(60)}", not "SSH-2.0-…"`,
  );
  expect((await ssh("")).error).toBe("the connection was closed before the SSH banner");
});

test("the certificate as served: untrusted, and about to expire", async () => {
  const [key, cert] = [join(folder, "key"), join(folder, "cert")];
  execFileSync(
    "openssl",
    [
      "req",
      "-x509",
      "-newkey",
      "ec",
      "-pkeyopt",
      "ec_paramgen_curve:P-256",
      "-nodes",
      "-days",
      "5",
      "-subj",
      "/CN=localhost",
      "-keyout",
      key,
      "-out",
      cert,
    ],
    { stdio: "ignore" },
  );
  const server = createTls({ key: readFileSync(key), cert: readFileSync(cert) }, (socket) =>
    socket.on("error", () => socket.destroy()),
  );
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  closers.push(() => server.close());
  const check = {
    kind: "certificate",
    id: "x",
    host: "localhost",
    port: (server.address() as AddressInfo).port,
  } as const;
  await expect(checkCertificate(check, 2000)).rejects.toThrow(
    "does not verify: certificate is self-signed",
  );
});

test("DNS: the set has to be equal, whatever its order; wrong answers and silence are named", async () => {
  const server = createSocket("udp4");
  server.on("message", (message, peer) => {
    const query = packet.decode(message);
    const [question] = query.questions ?? [];
    if (question?.name === "silent.test") return;
    const answers =
      question?.name === "two.test"
        ? ["192.0.2.2", "192.0.2.1"].map((data) => ({
            type: "A" as const,
            name: "two.test",
            ttl: 1,
            data,
          }))
        : [];
    server.send(
      packet.encode({
        type: "response",
        id: query.id,
        flags: answers.length > 0 ? 0 : 3,
        questions: query.questions,
        answers,
      }),
      peer.port,
      peer.address,
    );
  });
  server.bind(0, "127.0.0.1");
  await once(server, "listening");
  closers.push(() => server.close());
  const dns = (name: string, equals?: string[]) =>
    checkDns(
      {
        kind: "dns",
        id: "x",
        name,
        type: "A",
        equals,
      },
      600,
      { resolvers: [`127.0.0.1:${server.address().port}`] },
    );
  expect(await dns("two.test", ["192.0.2.1", "192.0.2.2"])).toBe("192.0.2.1, 192.0.2.2");
  await expect(dns("two.test", ["192.0.2.9"])).rejects.toThrow(
    "two.test A is 192.0.2.1, 192.0.2.2, not 192.0.2.9",
  );
  await expect(dns("none.test")).rejects.toMatchObject({ code: "ENOTFOUND" });
  await expect(dns("silent.test")).rejects.toThrow(/within 0.6 s|ETIMEOUT/);
});

test("DNS that answers wrongly: garbage, another id, nothing, a cut answer, an error: each is named, none passes, none hangs", async () => {
  const server = createSocket("udp4");
  const wrong: Record<string, (query: Buffer) => Buffer | undefined> = {
    garbage: () => Buffer.from("not a DNS message at all"),
    "other-id": (query) => {
      const reply = answer(query, 0);
      reply.writeUInt16BE(reply.readUInt16BE(0) ^ 0xffff, 0);
      return reply;
    },
    short: (query) => answer(query, 0).subarray(0, 20),
    truncated: (query) => answer(query, 0x0200, false),
    servfail: (query) => answer(query, 2, false),
    refused: (query) => answer(query, 5, false),
    nxdomain: (query) => answer(query, 3, false),
    loop: (query) =>
      packet.encode({
        type: "response",
        id: packet.decode(query).id,
        flags: 0,
        questions: packet.decode(query).questions,
        answers: [
          { type: "CNAME", name: "loop.test", ttl: 1, data: "pool.test" },
          { type: "CNAME", name: "pool.test", ttl: 1, data: "loop.test" },
        ],
      }),
    huge: (query) => Buffer.concat([answer(query, 0), Buffer.alloc(50_000, 255)]),
  };
  const answer = (query: Buffer, flags: number, full = true): Buffer => {
    const { id, questions = [] } = packet.decode(query);
    return packet.encode({
      type: "response",
      id,
      flags,
      questions,
      answers: full
        ? [{ type: "A", name: questions[0]?.name ?? "", ttl: 1, data: "192.0.2.66" }]
        : [],
    });
  };
  server.on("message", (query, peer) => {
    const reply = wrong[packet.decode(query).questions?.[0]?.name.split(".")[0] ?? ""]?.(query);
    if (reply !== undefined) server.send(reply, peer.port, peer.address);
  });
  server.bind(0, "127.0.0.1");
  await once(server, "listening");
  closers.push(() => server.close());
  const found = await Promise.all(
    Object.keys(wrong).map(async (name) => {
      const began = performance.now();
      const said = await checkDns(
        {
          kind: "dns",
          id: "x",
          name: `${name}.test`,
          type: "A",
          equals: ["192.0.2.1"],
        },
        600,
        { resolvers: [`127.0.0.1:${server.address().port}`] },
      ).then(
        (detail) => ["pass", detail] as const,
        (error: unknown) => ["fail", explain(error)] as const,
      );
      expect(performance.now() - began).toBeLessThan(3000);
      return [name, ...said] as const;
    }),
  );
  expect(found.map(([, result]) => result)).toEqual(found.map(() => "fail"));
  const said = Object.fromEntries(found.map(([name, , error]) => [name, error]));
  expect(said).toMatchObject({
    servfail: "name server failed",
    nxdomain: "name not found",
    loop: "loop.test has no A record",
    refused: "name server refused",
    "other-id": "no answer from the name server within 0.6 s",
    huge: "huge.test A is 192.0.2.66, not 192.0.2.1",
  });
});

test("ICMP reaches this machine", async () => {
  const outcome = await runCheck({ kind: "icmp", id: "x", host: "127.0.0.1" }, 2000);
  if (outcome.error?.includes("not installed")) return;
  expect(outcome).toMatchObject({ result: "pass" });
});

test("backups: none yet is fine for a while; fresh passes; old, unrestored and failed ones say so", async () => {
  const now = Date.parse("2026-11-21T12:00:00Z");
  const path = join(folder, "status.json");
  const check = {
    kind: "backup",
    id: "x",
    statusFile: path,
    maxAgeSeconds: 7800,
    maxRestoreAgeSeconds: 86_400,
  } as const;
  expect(await checkBackup(check)).toBe("none yet, not due");
  await expect(checkBackup(check, Date.now() + 8e6)).rejects.toThrow(
    "no verified backup in the 2 h 13 min",
  );
  const write = (status: object): void => writeFileSync(path, JSON.stringify(status));
  write({ newestVerifiedAt: "2026-11-21T11:00:00Z", lastRestoreAt: "2026-11-21T01:00:00Z" });
  expect(await checkBackup(check, now)).toBe("newest 60 min 0 s old");
  write({ newestVerifiedAt: "2026-11-21T11:00:00Z" });
  await expect(checkBackup(check, now)).rejects.toThrow("no restore was ever verified");
  write({ newestVerifiedAt: "2026-11-21T08:00:00Z", error: "rsync: connection refused" });
  await expect(checkBackup(check, now)).rejects.toThrow(
    "4 h 0 min old, more than 2 h 10 min; last error: rsync: connection refused",
  );
  write({ newestVerifiedAt: "nonsense" });
  await expect(checkBackup(check, now)).rejects.toThrow();
});

test("the repository: each work's last error and age, and nothing before there is one", async () => {
  const path = join(folder, "status.json");
  const check = {
    kind: "repository",
    id: "repository",
    statusFile: path,
    maxTakenAgeSeconds: 7200,
    maxCheckedAgeSeconds: 2 * 86_400,
    maxTestedAgeSeconds: 9 * 86_400,
  } as const;
  const now = Date.parse("2026-11-21T12:00:00Z");
  const write = (repository: object): void =>
    writeFileSync(
      path,
      JSON.stringify({ repository: { backups: 3, bytes: 2_500_000, ...repository } }),
    );
  expect(await checkRepository(check, now)).toBe("none yet");
  const taken = { at: "2026-11-21T11:30:00Z" };
  write({ since: "2026-11-21T11:00:00Z", taken });
  expect(await checkRepository(check, now)).toBe("3 backups, 3 MB");
  write({ since: "2026-11-01T11:00:00Z", checked: { at: "2026-11-18T11:00:00Z" } });
  await expect(checkRepository(check, now)).rejects.toThrow(
    "no backup was taken into the repository for 20 days 1 h; the repository was not found whole for 3 days 1 h",
  );
  const well = { since: "2026-11-01T11:00:00Z", checked: taken };
  write({ ...well, taken: { ...taken, error: "wrong password" } });
  await expect(checkRepository(check, now)).rejects.toThrow(
    "no backup was taken into the repository: wrong password",
  );
  write({ ...well, taken });
  expect(await checkRepository(check, now)).toBe("3 backups, 3 MB");
  write({ ...well, taken, testsSince: "2026-11-01T11:00:00Z" });
  await expect(checkRepository(check, now)).rejects.toThrow(
    "no backup was restored from it for a test for 20 days 1 h",
  );
  const tested = { at: "2026-11-20T12:00:00Z" };
  write({ ...well, taken, tested });
  expect(await checkRepository(check, now)).toBe(
    "3 backups, 3 MB, restored for a test 24 h 0 min ago",
  );
  write({ ...well, taken, tested: { ...tested, error: "x.db: malformed" } });
  await expect(checkRepository(check, now)).rejects.toThrow("for a test: x.db: malformed");
});

test("the own network is up when one place answers, even with a refusal; askers share one look", async () => {
  const clock = new FakeClock();
  let looks = 0;
  const answers: Record<string, string | undefined> = { a: "ETIMEDOUT", b: "ECONNREFUSED" };
  const network = createOwnNetwork(
    [
      { host: "a", port: 1 },
      { host: "b", port: 1 },
    ],
    clock,
    1000,
    5000,
    async ({ host }) => {
      looks += 1;
      if (answers[host] !== undefined) throw Object.assign(new Error(), { code: answers[host] });
      return undefined;
    },
  );
  expect(await Promise.all([network.up(), network.up()])).toEqual([true, true]);
  expect(looks).toBe(2);
  answers["b"] = "ENETUNREACH";
  await clock.pass(5001);
  expect(await network.up()).toBe(false);
});

test("the third place: each work's last error, the age of the newest backup there and of the last check", async () => {
  const path = join(folder, "offsite.json");
  const check = {
    kind: "offsite",
    id: "offsite",
    statusFile: path,
    maxAgeSeconds: 2 * 86_400,
    maxCheckedAgeSeconds: 2 * 86_400,
  } as const;
  const now = Date.parse("2026-11-21T12:00:00Z");
  expect(await checkOffsite(check, now)).toBe("none yet");
  const write = (status: object): void =>
    writeFileSync(path, JSON.stringify({ since: "2026-11-21T11:00:00Z", ...status }));
  write({});
  expect(await checkOffsite(check, now)).toBe("none yet");
  write({ copied: { error: "restic copy: exit 1: no route" } });
  await expect(checkOffsite(check, now)).rejects.toThrow(
    "nothing was copied to the third place: restic copy: exit 1: no route",
  );
  const well = { ids: ["a", "b"], newestAt: "2026-11-21T02:00:00Z" };
  write({ ...well, checked: { at: "2026-11-21T03:00:00Z" } });
  expect(await checkOffsite(check, now)).toBe("2 backups, newest 10 h 0 min old");
  write({ ...well, checked: { at: "2026-11-21T03:00:00Z", error: "pack 12ab is damaged" } });
  await expect(checkOffsite(check, now)).rejects.toThrow("not found whole: pack 12ab is damaged");
  write({ ...well, newestAt: "2026-11-18T02:00:00Z", checked: { at: "2026-11-18T11:00:00Z" } });
  await expect(checkOffsite(check, now)).rejects.toThrow(
    "the newest backup in the third place is 3 days 10 h old; the copy in the third place was not checked for 3 days 1 h",
  );
  write({ since: "2026-11-01T11:00:00Z" });
  await expect(checkOffsite(check, now)).rejects.toThrow("20 days 1 h old");
});

test("the history's own copy: its age, and why there is none", async () => {
  const path = join(folder, "history.json");
  const check = { kind: "history", id: "history", statusFile: path, maxAgeSeconds: 7200 } as const;
  const now = Date.parse("2026-11-21T12:00:00Z");
  const write = (history: object): void => writeFileSync(path, JSON.stringify({ history }));
  expect(await checkHistory(check, now)).toBe("none yet");
  write({ error: "no route" });
  await expect(checkHistory(check, now)).rejects.toThrow(
    "there is no copy on the primary; last error: no route",
  );
  write({ at: "2026-11-21T11:00:00Z", error: "no route" });
  expect(await checkHistory(check, now)).toBe("copied 60 min 0 s ago");
  write({ at: "2026-11-21T09:00:00Z", error: "no route" });
  await expect(checkHistory(check, now)).rejects.toThrow(
    "the copy on the primary is 3 h 0 min old; last error: no route",
  );
  write({ at: "2026-11-21T12:00:00Z" });
  expect(await checkHistory(check, now)).toBe("copied 0 s ago");
});

test("live copies: when the primary last answered, what has failed since, what a copy lacks", async () => {
  const path = join(folder, "live", "status.json");
  const check = {
    kind: "live",
    id: "live-copies",
    statusFile: path,
    maxFailingSeconds: 300,
    maxAgeSeconds: 1200,
  } as const;
  const now = Date.parse("2026-11-21T12:00:00Z");
  const write = (status: object): void => writeFileSync(path, JSON.stringify(status));
  await expect(checkLive(check, now)).rejects.toThrow("has not run");
  mkdirSync(join(folder, "live"));
  expect(await checkLive(check, Date.now())).toBe("none yet");
  await expect(checkLive(check, Date.now() + 1_260_000)).rejects.toThrow("was not asked");
  write({ askedAt: "2026-11-21T11:59:00Z", at: "2026-11-21T09:00:00Z", problems: [] });
  expect(await checkLive(check, now)).toBe("last change copied 3 h 0 min ago");
  // A restart of the primary is none to be woken for.
  const failing = { askedAt: "2026-11-21T11:50:00Z", error: "no route" };
  write({ ...failing, failingSince: "2026-11-21T11:56:00Z" });
  expect(await checkLive(check, now)).toBe("none yet");
  write({ ...failing, failingSince: "2026-11-21T11:54:00Z" });
  await expect(checkLive(check, now)).rejects.toThrow(
    "the live copies lag since 6 min 0 s; last error: no route",
  );
  write({ askedAt: "2026-11-21T11:00:00Z" });
  await expect(checkLive(check, now)).rejects.toThrow("not asked for changes for 60 min 0 s");
  write({ askedAt: "2026-11-21T12:00:00Z", problems: ["data/x has shrunk"] });
  await expect(checkLive(check, now)).rejects.toThrow("the newest live copy: data/x has shrunk");
});
