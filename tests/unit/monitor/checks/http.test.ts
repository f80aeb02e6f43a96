import { gzipSync } from "node:zlib";

import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { HttpCheck } from "@second-server/contract/check-settings";

import { createAnswerReader } from "../../../../monitor/checks/answer";
import { runCheck } from "../../../../monitor/checks/run";
import { Lab } from "./lab";

let lab: Lab;
beforeEach(() => {
  lab = new Lab();
});
afterEach(() => lab.close());

const head = (length: number | string, more = ""): string =>
  `HTTP/1.1 200 OK\r\ncontent-length: ${length}\r\nconnection: close\r\n${more}\r\n`;
const check = (port: number, more: Partial<HttpCheck> = {}): HttpCheck => ({
  kind: "http",
  id: "x",
  url: `http://127.0.0.1:${port}/a`,
  status: 200,
  ...more,
});
const text = (body: string, more = "") =>
  lab.serve((socket) => socket.end(head(Buffer.byteLength(body), more) + body));

test.each<[string, Partial<HttpCheck>, string | undefined]>([
  ["status alone", {}, undefined],
  ["contains", { contains: "green" }, undefined],
  ["contains, absent", { contains: "red" }, '"red" is not in the answer'],
  ["regex", { matches: '"state":\\s*"gr' }, undefined],
  ["regex, no match", { matches: "^x" }, "the answer does not match /^x/"],
  ["JSON path", { json: { path: "list.1.state", equals: "green" } }, undefined],
  ["JSON path, other value", { json: { path: "list.0", equals: 2 } }, "list.0 is 1, not 2"],
  ["JSON path, absent", { json: { path: "a.b", equals: 2 } }, "a.b is absent, not 2"],
  ["status differs", { status: 204 }, "HTTP 200, expected 204"],
  ["too slow", { maxLatencyMs: 0.0001 }, "ms, more than 0.0001 ms"],
])("body and status: %s", async (_what, more, problem) => {
  const outcome = await runCheck(check(await text('{"list":[1,{"state": "green"}]}'), more), 2000);
  expect(outcome.result).toBe(problem === undefined ? "pass" : "fail");
  if (problem !== undefined) expect(outcome.error).toContain(problem);
});

test("a pattern that would never come to an end on what is answered is told, and holds nothing up", async () => {
  const port = await text(`${"a".repeat(50)}!`);
  const outcome = await runCheck(check(port, { matches: "^(a+)+$" }), 20_000);
  expect(outcome).toMatchObject({
    result: "fail",
    error: expect.stringContaining("/^(a+)+$/ does not come to an end on this answer"),
  });
  const well = await runCheck(check(port, { matches: "^a+!$" }), 20_000);
  expect(well.result).toBe("pass");
});

test("method and headers are sent", async () => {
  let heard = "";
  const port = await lab.serve((socket, request) => {
    heard = request;
    socket.end(head(0));
  });
  await runCheck(check(port, { method: "POST", headers: { "x-probe": "1" } }), 2000);
  expect(heard).toMatch(/^POST \/a HTTP\/1\.1[^]*x-probe: 1/);
});

test("an answer in chunks, byte by byte, after an interim one, is put together", async () => {
  const raw =
    "HTTP/1.1 103 Early Hints\r\n" +
    "link: </a>\r\n" +
    "\r\n" +
    "HTTP/1.1 200 OK\r\n" +
    "Transfer-Encoding: chunked\r\n" +
    "\r\n" +
    "4;note=x\r\n" +
    "gree\r\n" +
    "1\r\n" +
    "n\r\n" +
    "0\r\n" +
    "x-sum: 1\r\n" +
    "\r\n";
  const reader = createAnswerReader("GET", true);
  const done = [...raw].map((byte) => reader.take(Buffer.from(byte)));
  expect([reader.head()?.status, reader.body().toString(), done.indexOf(true)]).toEqual([
    200,
    "green",
    raw.length - 1,
  ]);
});

test("HEAD has no body whatever the length says; a header can't smuggle in another request", async () => {
  const port = await lab.serve((socket) => socket.write(head(1000)));
  expect((await runCheck(check(port, { method: "HEAD" }), 2000)).result).toBe("pass");
  expect(
    (await runCheck(check(port, { headers: { "x-probe": "1\r\nhost: other" } }), 2000)).error,
  ).toContain("Invalid character in header content");
});

test("redirects are followed as far as asked, and only to the web", async () => {
  const target = await text("there");
  const port = await lab.serve((socket) =>
    socket.end(
      `HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:${target}/b\r\ncontent-length: 0\r\n\r\n`,
    ),
  );
  expect((await runCheck(check(port, { redirects: 1, contains: "there" }), 2000)).result).toBe(
    "pass",
  );
  expect((await runCheck(check(port), 2000)).error).toBe("HTTP 302, expected 200");
  const odd = await lab.serve((socket) =>
    socket.end("HTTP/1.1 302 Found\r\nlocation: file:///etc/passwd\r\ncontent-length: 0\r\n\r\n"),
  );
  expect((await runCheck(check(odd, { redirects: 3 }), 2000)).error).toBe("redirected to file:");
  const loop = await lab.serve((socket) =>
    socket.end("HTTP/1.1 302 Found\r\nlocation: /a\r\ncontent-length: 0\r\n\r\n"),
  );
  expect((await runCheck(check(loop, { redirects: 3 }), 2000)).error).toBe(
    "HTTP 302, expected 200, after 3 redirects",
  );
  const nowhere = await lab.serve((socket) =>
    socket.end("HTTP/1.1 302 Found\r\nlocation: http://[nonsense\r\ncontent-length: 0\r\n\r\n"),
  );
  expect((await runCheck(check(nowhere, { redirects: 3 }), 2000)).error).toBe(
    'redirected to "http://[nonsense", which is no address',
  );
});

test("a redirect to another place does not take the manifest's headers along, one within the place does; a POST goes on as a GET", async () => {
  const heard: string[] = [];
  const elsewhere = await lab.serve((socket, request) => {
    heard.push(request);
    socket.end(head(0));
  });
  const port = await lab.serve((socket, request) => {
    heard.push(request);
    socket.end(
      `HTTP/1.1 303 See Other\r\nlocation: ${heard.length === 1 ? "/b" : `http://127.0.0.1:${elsewhere}/c`}\r\ncontent-length: 0\r\n\r\n`,
    );
  });
  expect(
    (
      await runCheck(
        check(port, { redirects: 2, method: "post", headers: { "x-token": "secret" } }),
        2000,
      )
    ).result,
  ).toBe("pass");
  expect(
    heard.map((request) => `${request.split(" HTTP")[0]} ${request.includes("x-token: secret")}`),
  ).toEqual(["POST /a true", "GET /b true", "GET /c false"]);
});

test("HTTP/1.0 without a length ends with the connection", async () => {
  const port = await lab.serve((socket) => socket.end("HTTP/1.0 200 OK\r\n\r\ngreen"));
  expect((await runCheck(check(port, { contains: "green" }), 2000)).result).toBe("pass");
});

describe("hostile answers", () => {
  test("an endless body costs 256 kB and no time", async () => {
    let sent = 0;
    const port = await lab.serve((socket) => {
      socket.write("HTTP/1.1 200 OK\r\n\r\n");
      const pour = (): void => {
        while (!socket.destroyed && socket.write(Buffer.alloc(65_536, 97))) sent += 65_536;
      };
      socket.on("drain", pour);
      pour();
    });
    expect((await runCheck(check(port, { contains: "zebra" }), 5000)).error).toBe(
      '"zebra" is not in the answer in the first 256 kB',
    );
    expect((await runCheck(check(port), 5000)).result).toBe("pass");
    expect(sent).toBeLessThan(64e6);
  });

  test("a gzip bomb is not unpacked", async () => {
    const bomb = gzipSync(Buffer.alloc(20e6));
    const port = await lab.serve((socket) => {
      socket.write(head(bomb.length, "content-encoding: gzip\r\n"));
      socket.end(bomb);
    });
    expect((await runCheck(check(port, { contains: "x" }), 2000)).error).toContain(
      "encoded (gzip)",
    );
  });

  test.each([
    [
      "a slow drip ends at the deadline",
      (socket: { write: (text: string) => void }) => {
        socket.write(head(1000));
        const drip = setInterval(() => socket.write("a"), 20);
        drip.unref();
      },
      "no complete answer within 0.2 s",
    ],
    ["silence ends at the deadline", () => undefined, "no answer within 0.2 s"],
    [
      "a body shorter than its length",
      (socket: { end: (text: string) => void }) => socket.end(`${head(1000)}short`),
      "the answer was cut off",
    ],
    [
      "a 10 MB header",
      (socket: { write: (text: string) => void }) => {
        socket.write(`HTTP/1.1 200 OK\r\nx: ${"a".repeat(10e6)}\r\n\r\n`);
      },
      "response headers are too large",
    ],
    [
      "something that is not HTTP",
      (socket: { end: (text: string) => void }) => socket.end("SSH-2.0-OpenSSH_9.9\r\n"),
      "the answer is not HTTP",
    ],
    [
      "a closed connection",
      (socket: { destroy: () => void }) => socket.destroy(),
      "the connection was closed without an answer",
    ],
    [
      "two lengths",
      (socket: { end: (text: string) => void }) =>
        socket.end("HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab"),
      "the answer has two lengths",
    ],
    [
      "a length that is no number",
      (socket: { end: (text: string) => void }) => socket.end(head("-5")),
      'the answer\'s length is "-5"',
    ],
    [
      "a chunk that ends too soon",
      (socket: { end: (text: string) => void }) =>
        socket.end("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n10\r\nshort"),
      "the answer was cut off",
    ],
    [
      "a chunk's size that is none",
      (socket: { end: (text: string) => void }) =>
        socket.end("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n"),
      "the answer is not HTTP",
    ],
    [
      "an endless line of a chunk",
      (socket: { write: (text: string) => void }) => {
        socket.write(`HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n${"1;".repeat(50_000)}`);
      },
      "the answer is not HTTP",
    ],
  ])("%s", async (_what, talk, problem) => {
    const port = await lab.serve(talk);
    const outcome = await runCheck(check(port), problem.includes("within") ? 200 : 10_000);
    expect(outcome.error).toContain(problem);
    expect(outcome.ms).toBeLessThan(9000);
  });

  test("HTML in an answer and control characters stay text", async () => {
    const outcome = await runCheck(
      check(await text('{"a":"<img src=x>\\u0007"}'), { json: { path: "a", equals: 1 } }),
      2000,
    );
    expect(outcome.error).toBe('a is "<img src=x>\\u0007", not 1');
  });
});

test("nobody listens", async () => {
  const port = await lab.serve(() => undefined);
  lab.close();
  expect((await runCheck(check(port), 1000)).error).toBe("connection refused");
});
