import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo, Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { promisify } from "node:util";

import { afterAll, beforeAll, expect, test } from "@jest/globals";
import type { SmtpRelay } from "@second-server/contract/channels/email";
import { SMTPServer, type SMTPServerOptions } from "smtp-server";

import { openAuthority, type Authority } from "../../../../local/cloud/acme/authority";

interface Taken {
  readonly secure: boolean;
  readonly user: string | undefined;
  readonly to: readonly string[];
  readonly mail: string;
}

let folder = "";
let authority: Authority;
const servers: (SMTPServer | Server)[] = [];
const taken: Taken[] = [];
const refuse = (responseCode: number, words: string): Error =>
  Object.assign(new Error(words), { responseCode });

/** A relay on loopback: knows one password, and no receiver called "gone". */
const relay = async (
  options: SMTPServerOptions = {},
  verdict: Error | null = null,
): Promise<number> => {
  const server = new SMTPServer({
    cert: authority.certificate,
    key: authority.key,
    authOptional: true,
    disableReverseLookup: true,
    onAuth: ({ username, password }, _session, done) =>
      password === "right" ? done(null, { user: username }) : done(refuse(535, "wrong password")),
    onRcptTo: ({ address }, _session, done) =>
      done(address.startsWith("gone@") ? refuse(550, "no such user") : null),
    onData: (stream, { secure, user, envelope }, done) =>
      void text(stream).then((mail) => {
        if (verdict === null)
          taken.push({
            secure,
            user: typeof user === "string" ? user : undefined,
            to: envelope.rcptTo.map(({ address }) => address),
            mail,
          });
        done(verdict);
      }),
    ...options,
  });
  servers.push(server);
  server.on("error", () => undefined);
  return await new Promise((resolve) => {
    const bound = server.listen(0, "127.0.0.1", () =>
      resolve((bound.address() as AddressInfo).port),
    );
  });
};

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "smtp-"));
  authority = await openAuthority(folder);
});
afterAll(async () => {
  for (const server of servers)
    await new Promise<void>((resolve) => {
      server.close(() => resolve());
    });
  rmSync(folder, { recursive: true });
});

test("relays in the clear, by STARTTLS and in TLS from the first byte take mails; a password only travels in TLS; an unknown certificate, a refusal and a wrong password are told apart", async () => {
  const stranger = await openAuthority(join(folder, "stranger"));
  const deaf = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => deaf.once("listening", resolve));
  const closed = (deaf.address() as AddressInfo).port;
  await new Promise((resolve) => deaf.close(resolve));
  for (const [name, password] of [
    ["right", "right"],
    ["wrong", "wrong"],
  ] as const)
    writeFileSync(join(folder, name), `${password}\n`);
  const [starttls, implicit, clear] = [
    await relay(),
    await relay({ secure: true }),
    await relay({ disabledCommands: ["STARTTLS"], allowInsecureAuth: true }),
  ];
  const relays: (Omit<SmtpRelay, "host"> & { expected: string | RegExp })[] = [
    { port: starttls, expected: "the relay would not take it for gone@lab.test" },
    { port: starttls, user: "ops", passwordFile: join(folder, "right"), expected: /gone@/ },
    {
      port: starttls,
      user: "ops",
      passwordFile: join(folder, "wrong"),
      expected: /^Error: Invalid login: 535/,
    },
    { port: implicit, tls: "implicit", expected: /gone@/ },
    { port: clear, expected: /gone@/ },
    { port: starttls, tls: "none", expected: /gone@/ },
    {
      port: clear,
      user: "ops",
      passwordFile: join(folder, "right"),
      expected: /^Error: .*(STARTTLS|TLS|502|500)/,
    },
    {
      port: await relay({ cert: stranger.certificate, key: stranger.key }),
      expected: /^Error: .*(certificate|signature)/,
    },
    { port: await relay({}, refuse(554, "it looks like spam")), expected: /^Refused: .*554/ },
    { port: await relay({}, refuse(451, "later, please")), expected: /^Error: .*451/ },
    { port: closed, expected: /ECONNREFUSED/ },
  ];
  const argv = [
    "--import",
    "tsx",
    join(__dirname, "send-mails.ts"),
    JSON.stringify(
      relays.map(({ expected: _expected, ...one }) => ({ host: "localhost", ...one })),
    ),
  ];
  const { stdout } = await promisify(execFile)(process.execPath, argv, {
    env: { ...process.env, NODE_EXTRA_CA_CERTS: join(folder, "ca.crt") },
  });
  const outcomes = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as string);
  expect(outcomes).toHaveLength(relays.length);
  outcomes.forEach((outcome, index) => expect(outcome).toMatch(relays[index]!.expected));
  expect(taken.map(({ secure, user }) => [secure, user])).toEqual([
    [true, undefined],
    [true, "ops"],
    [true, undefined],
    [false, undefined],
    [false, undefined],
  ]);
  expect(taken[0]?.to).toEqual(["a@lab.test"]);
  expect(taken[0]?.mail).toMatch(/^Message-ID: <id-0@lab.test>/m);
  expect(taken[0]?.mail).toMatch(/^Subject: .*=\?UTF-8\?/m);
});
