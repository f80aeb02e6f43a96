import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, expect, test } from "@jest/globals";

import { createService as chat } from "../../../services/chat/main";
import { createService as comments } from "../../../services/comments/main";
import { createService as deadDrop } from "../../../services/dead-drop/main";
import { createService as lisp } from "../../../services/lisp/main";
import type { App } from "../../../services/shared/app";
import { serve } from "../../../services/shared/run";

let folder = "";
const closers: (() => void)[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "service-"));
});
afterEach(() => {
  closers.splice(0).forEach((close) => close());
  rmSync(folder, { recursive: true });
});

/** @returns its port. */
const listen = async (service: App): Promise<number> => {
  const server = await serve(service, 0);
  closers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
};

const open = async (service: App): Promise<(path: string, body?: unknown) => Promise<Response>> => {
  const base = `http://127.0.0.1:${await listen(service)}`;
  return (path, body) =>
    fetch(
      base + path,
      body === undefined
        ? {}
        : { method: "POST", body: typeof body === "string" ? body : JSON.stringify(body) },
    );
};

test("a comment is there after a restart, and its text is shown as text", async () => {
  const first = await open(comments(folder));
  const posted = await first("/api/comments", { page: "/", author: "Ada", text: "<b>hello</b>" });
  expect(posted.status).toBe(201);
  const second = await open(comments(folder));
  expect(await (await second("/api/comments?page=/")).json()).toMatchObject([
    { id: 1, author: "Ada", text: "<b>hello</b>" },
  ]);
  expect(await (await second("/")).text()).toContain("&lt;b&gt;hello");
  expect((await second("/health")).status).toBe(200);
});

test.each([
  ["not JSON", "{", 400],
  ["an empty text", { author: "a", text: " " }, 422],
  ["a text that is too long", { author: "a", text: "x".repeat(5000) }, 422],
  ["a body that is too long", "x".repeat(70_000), 413],
])("a comment with %s is refused", async (_what, body, status) => {
  const ask = await open(comments(folder));
  expect((await ask("/api/comments", body)).status).toBe(status);
  expect(await (await ask("/api/comments")).json()).toEqual([]);
});

test("comments that can't be written make the service unhealthy", async () => {
  const ask = await open(comments(join(folder, "missing")));
  expect((await ask("/health")).status).toBe(500);
});

test("when there is no room for more comments, those that are there stay", async () => {
  writeFileSync(
    join(folder, "comments.json"),
    JSON.stringify([
      {
        id: 1,
        page: "/",
        author: "Ada",
        text: "x".repeat(4_000_000),
        at: "",
      },
    ]),
  );
  const ask = await open(comments(folder));
  expect((await ask("/api/comments", { author: "a", text: "one more" })).status).toBe(507);
  expect(JSON.parse(readFileSync(join(folder, "comments.json"), "utf8"))).toHaveLength(1);
});

test("a secret can be read once, with its key only, and is not in the database as text", async () => {
  const ask = await open(deadDrop(folder));
  const { id, key } = (await (await ask("/api/drops", { text: "the code is 4711" })).json()) as {
    id: string;
    key: string;
  };
  expect(readFileSync(join(folder, "drops.db"), "latin1")).not.toContain("4711");
  expect((await ask("/api/open", { id, key: "wrong" })).status).toBe(404);
  expect(await (await ask("/api/open", { id, key })).json()).toEqual({ text: "the code is 4711" });
  expect((await ask("/api/open", { id, key })).status).toBe(404);
  expect((await ask("/health")).status).toBe(200);
});

test("what is said in the chat reaches those who listen, and those who come later", async () => {
  const ask = await open(chat());
  await ask("/messages", { name: "Ada", text: "first" });
  const stream = (await ask("/events")).body?.getReader();
  await ask("/messages", { name: "Bob", text: "second" });
  let heard = "";
  while (!heard.includes("second"))
    heard += new TextDecoder().decode((await stream?.read())?.value);
  expect(heard).toMatch(/"text":"first"[^]*"text":"second"/);
  await stream?.cancel();
});

test("a chat's listener who does not read is let go, and the others hear on; who asks for the head alone is none", async () => {
  const service = chat();
  const port = await listen(service);
  const base = `http://127.0.0.1:${port}`;
  const health = async (): Promise<unknown> => (await fetch(`${base}/health`)).json();
  await fetch(`${base}/events`, { method: "HEAD" });
  expect(await health()).toEqual({ ok: true, listeners: 0 });

  const deaf = connect(port, "127.0.0.1");
  closers.push(() => deaf.destroy());
  deaf.write("GET /events HTTP/1.1\r\nhost: chat\r\n\r\n");
  await once(deaf, "readable");
  let heard = "";
  const listener = connect(port, "127.0.0.1").setEncoding("utf8");
  closers.push(() => listener.destroy());
  listener.on("data", (text: string) => {
    heard = (heard + text).slice(-20_000);
  });
  listener.write("GET /events HTTP/1.1\r\nhost: chat\r\n\r\n");
  await once(listener, "data");
  expect(await health()).toEqual({ ok: true, listeners: 2 });

  // Each takes six bytes on its way: the kernel's own buffers fill too.
  const text = `x${"\u0001".repeat(998)}x`;
  const say = async (): Promise<Response> =>
    await service.request("/messages", {
      method: "POST",
      body: JSON.stringify({ name: "Ada", text }),
    });
  let said = 0;
  while (said < 10_000 && ((await health()) as { listeners: number }).listeners === 2) {
    await Promise.all(Array.from({ length: 5 }, say));
    said += 5;
  }
  expect(await health()).toEqual({ ok: true, listeners: 1 });
  await fetch(`${base}/messages`, { method: "POST", body: '{"name":"Bob","text":"the last"}' });
  while (!heard.includes("the last")) await once(listener, "data");
});

test("a program's error is the asker's, not the server's", async () => {
  const ask = await open(lisp());
  const answer = await ask("/run", { code: "(car 1)" });
  expect([answer.status, await answer.json()]).toEqual([422, { error: "1 is not a list" }]);
  expect((await ask("/nowhere")).status).toBe(404);
  expect((await ask("//")).status).toBe(404);
  const nested =
    "(define x '()) (define (two l) (append l l)) (define long (two (two (two (two " +
    "(two (two (two (two (two (two (two (two (two (two '(1 1 1 1 1)))))))))))))))) " +
    "(reduce (lambda (a b) (list a)) x long)";
  expect((await ask("/run", { code: nested })).status).toBe(422);
});
