import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { HttpCheck } from "@second-server/contract/check-settings";

import { createAnswerReader } from "../../../../monitor/checks/answer";
import { textOf } from "../../../../monitor/checks/charset";
import { runCheck } from "../../../../monitor/checks/run";
import { Lab } from "./lab";

let lab: Lab;
beforeEach(() => {
  lab = new Lab();
});
afterEach(() => lab.close());

const page = (body: Buffer | string, head = "Content-Type: text/html"): Buffer => {
  const bytes = Buffer.from(body);
  const lines = ["HTTP/1.1 200 OK", head, `Content-Length: ${bytes.length}`, "", ""];
  return Buffer.concat([Buffer.from(lines.join("\r\n")), bytes]);
};
const outcome = async (answer: Buffer | string, more: Partial<HttpCheck> = {}) => {
  const port = await lab.serve((socket) => socket.end(answer));
  const url = `http://127.0.0.1:${port}/`;
  return runCheck(
    {
      kind: "http",
      id: "x",
      url,
      status: 200,
      ...more,
    },
    5000,
  );
};

const html = (encoding: string): string => `Content-Type: text/html; charset=${encoding}`;
const gbk = Buffer.from([0x3c, 0x70, 0x3e, 0xd5, 0xfd, 0xb3, 0xa3, 0x3c, 0x2f, 0x70, 0x3e]);
const open = Buffer.from("<p>Größe: offen</p>", "latin1");
const JSON_WITH_BOM = '\ufeff{"status":"ok","load":1.0}';
const utf16be = Buffer.from("\ufeffoffen: Größe", "utf16le").swap16();

test.each<[string, Buffer, Partial<HttpCheck>]>([
  ["Latin-1 by its header", page(open, html("ISO-8859-1")), { contains: "Größe" }],
  ["Latin-1 by a header in quotes", page(open, html('"iso-8859-1"')), { matches: "^<p>Größe" }],
  ["Latin-1 that nothing names", page(open), { contains: "Größe" }],
  ["GBK by its header", page(gbk, html("gbk")), { contains: "正常" }],
  [
    "GBK by its page",
    page(Buffer.concat([Buffer.from("<meta charset=gbk>"), gbk])),
    { contains: "正常" },
  ],
  [
    "GBK by its page, as it was written long ago",
    page(
      Buffer.concat([
        Buffer.from('<META http-equiv="Content-Type" content="text/html; charset=GB2312">'),
        gbk,
      ]),
    ),
    { contains: "正常" },
  ],
  [
    "XML by its first line",
    page(
      Buffer.from('<?xml version="1.0" encoding="ISO-8859-1"?><a>ö</a>', "latin1"),
      "Content-Type: text/xml",
    ),
    { contains: "ö" },
  ],
  [
    "JSON with a byte order mark",
    page(JSON_WITH_BOM, "Content-Type: application/json"),
    { json: { path: "status", equals: "ok" } },
  ],
  [
    "a number with a point",
    page(JSON_WITH_BOM, "Content-Type: application/json"),
    { json: { path: "load", equals: 1 } },
  ],
  [
    "UTF-16 by its mark",
    page(Buffer.from(JSON_WITH_BOM, "utf16le"), html("utf-8")),
    { json: { path: "status", equals: "ok" } },
  ],
  [
    "UTF-16 by its header",
    page(Buffer.from(JSON_WITH_BOM.slice(1), "utf16le"), html("utf-16")),
    { contains: "ok" },
  ],
  ["UTF-16, the other end first", page(utf16be), { contains: "Größe" }],
  ["an encoding that nobody knows", page("Größe", html("utf-9")), { contains: "Größe" }],
  [
    "accents in two parts",
    page("Größe".normalize("NFD")),
    { contains: "Größe", matches: "Größe$" },
  ],
  ["Identity, in capitals", page("ok", "Content-Encoding: Identity"), { contains: "ok" }],
])("a page is read as browsers read it: %s", async (_name, answer, more) => {
  expect(await outcome(answer, more)).toMatchObject({ result: "pass" });
});

test("a character that the limit cuts in two does not make a page another encoding's", () => {
  const cut = Buffer.from("Größe: offen ö").subarray(0, -1);
  expect(textOf(cut)).toBe("Größe: offen ");
});

test.each<[string, string]>([
  ["bare line feeds", "HTTP/1.0 200 OK\nContent-Type: text/plain\n\nok"],
  [
    "bare line feeds at the end of the head only",
    "HTTP/1.0 200 OK\r\nContent-Type: text/plain\n\nok",
  ],
  ["a folded header", "HTTP/1.1 200 OK\r\nX-Long: a\r\n  b\r\nContent-Length: 2\r\n\r\nok"],
  [
    "a folded header before all others",
    "HTTP/1.1 200 OK\r\n folded\r\nContent-Length: 2\r\n\r\nok",
  ],
  ["a space before the colon", "HTTP/1.1 200 OK\r\nServer : x\r\nContent-Length : 2\r\n\r\nok"],
  ["no reason", "HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nok"],
  [
    "the same length twice",
    "HTTP/1.1 200 OK\r\nContent-Length: 2, 2\r\ncontent-length: 2\r\n\r\nok",
  ],
  [
    "chunks with a long size",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n0000000002\r\nok\r\n0000000000\r\n\r\n",
  ],
  ["chunks with bare line feeds", "HTTP/1.1 200 OK\ntransfer-encoding: chunked\n\n2\nok\n0\n\n"],
])("an answer is taken as browsers take it: %s", async (_name, answer) => {
  expect(await outcome(answer, { contains: "ok" })).toMatchObject({ result: "pass" });
});

test("a folded header that comes byte by byte is one value", () => {
  const raw = "HTTP/1.1 200 OK\nX-Long: a\n\tb\nContent-Length: 0\n\n";
  const reader = createAnswerReader("GET", true);
  const done = [...raw].map((byte) => reader.take(Buffer.from(byte)));
  expect(done.indexOf(true)).toBe(raw.length - 1);
  expect(reader.head()?.headers.get("x-long")).toBe("a b");
});

test("two lengths are still two, however they are written", async () => {
  for (const lengths of ["2, 3", "2\r\nContent-Length: 3"])
    expect(await outcome(`HTTP/1.1 200 OK\r\nContent-Length: ${lengths}\r\n\r\nok`)).toMatchObject({
      result: "fail",
      error: "the answer has two lengths",
    });
});

describe("a Location that is not ASCII", () => {
  test.each([
    ["raw UTF-8", Buffer.from("/größe")],
    ["a whole address", Buffer.from("http://127.0.0.1:PORT/größe")],
    ["encoded", Buffer.from("/gr%C3%B6%C3%9Fe")],
  ])("%s", async (_name, location) => {
    const port: number = await lab.serve((socket, request) =>
      socket.end(
        request.startsWith("GET /gr%C3%B6%C3%9Fe ")
          ? page("here")
          : Buffer.concat([
              Buffer.from("HTTP/1.1 302 Found\r\nLocation: "),
              Buffer.from(location.toString().replace("PORT", String(port))),
              Buffer.from("\r\n\r\n"),
            ]),
      ),
    );
    const url = `http://127.0.0.1:${port}/`;
    expect(
      await runCheck(
        {
          kind: "http",
          id: "x",
          url,
          status: 200,
          redirects: 1,
          contains: "here",
        },
        5000,
      ),
    ).toMatchObject({ result: "pass" });
  });
});

test("SSH: lines before the banner, and a server that speaks both versions", async () => {
  const ssh = async (hello: string) =>
    runCheck(
      {
        kind: "ssh",
        id: "x",
        host: "127.0.0.1",
        port: await lab.serve((socket) => socket.write(hello), "connect"),
      },
      500,
    );
  expect(await ssh("Welcome.\r\nSSH-2.0-OpenSSH_9.9\r\n")).toMatchObject({
    result: "pass",
    detail: "SSH-2.0-OpenSSH_9.9",
  });
  expect(await ssh("SSH-1.99-OpenSSH_3.9\r\n")).toMatchObject({ result: "pass" });
  expect(await ssh("SSH-1.5-old\r\n")).toMatchObject({ result: "fail" });
  expect(await ssh("220 mail ready\r\n")).toMatchObject({
    result: "fail",
    error: 'the banner is "220 mail ready", not "SSH-2.0-…"',
  });
});
