import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import {
  type IncomingHttpHeaders,
  type Server,
  createServer,
  request as httpRequest,
} from "node:http";
import { request as httpsRequest } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { ROUTES } from "@second-server/contract/names";
import { PATHS } from "@second-server/contract/paths";

import { withCompressed } from "../../render/compressed";
import { renderPrimary } from "../../render/machine";
import { freePort } from "../fixtures/free-port";
import { MANIFEST, SOURCES, factsIn, project, removeProjects } from "../fixtures/manifest";
import { suiteWhere } from "../fixtures/suite-where";
import { NGINX, layOut, makeCertificate, put, startNginx, stopNginx } from "./nginx-kit";

/** The real nginx with the rendered files, asked as a visitor asks. */
const ROOT = mkdtempSync(join(tmpdir(), "second-server-nginx-"));

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}
const ask = (
  secure: boolean,
  port: number,
  host: string,
  path: string,
  headers: Readonly<Record<string, string>> = {},
  posted?: Buffer,
): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const options = {
      host: "127.0.0.1",
      port,
      path,
      method: posted ? "POST" : "GET",
      agent: false as const,
      headers: { host, ...headers },
      servername: host,
      rejectUnauthorized: false,
    };
    const asked = (secure ? httpsRequest : httpRequest)(options, (response) => {
      let body = "";
      response
        .setEncoding("utf8")
        .on("data", (chunk: string) => {
          body += chunk;
        })
        .on("end", () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body }),
        );
    });
    asked.on("error", reject).end(posted);
  });

suiteWhere(existsSync(NGINX) ? null : `${NGINX} is not installed`, "nginx as rendered", () => {
  const small = factsIn(
    project({
      ...SOURCES,
      "fleet.yaml": MANIFEST.replace(
        "kind: node,",
        "kind: node, max-body: 3MB, headers: { Content-Security-Policy: default-src " +
          "'none', Permissions-Policy: none }, limits: { requests-per-second: 1, burst: 20 },",
      )
        .replace("kind: static,", 'kind: static, nginx: "location = /old { return 301 /about; }",')
        .replace(
          "kind: proxy,",
          "kind: proxy, cache: 30s, limits: { paths: { /login: { requests-per-minute: 1, burst: 2 } } },",
        ),
    }),
  );
  const notes = small.services.find(({ name }) => name === "notes")!;
  let nginx: ChildProcess | undefined;
  let upstream: Server;
  let served = 0;
  let [http, https, standInPort] = [0, 0, 0];
  const plain = (path: string, host = "pages.example.test") => ask(false, http, host, path);
  const secure = (path: string, host = "pages.example.test") => ask(true, https, host, path);

  beforeAll(async () => {
    [http, https, standInPort] = [await freePort(), await freePort(), await freePort()];
    upstream = createServer((request, response) => {
      served += 1;
      const url = request.url ?? "";
      response
        .writeHead(url === "/missing" ? 404 : 200, {
          "x-frame-options": "DENY",
          "x-content-type-options": "nosniff",
          "content-security-policy": "default-src *",
          "permissions-policy": "camera=*",
          "cache-control": url.startsWith("/mine") ? "private" : "max-age=3600",
          ...(url.startsWith("/kept") || url.startsWith("/mine")
            ? {}
            : { "set-cookie": ["a=1; Path=/", "b=2; HttpOnly; Secure"] }),
        })
        .end(request.headers["x-forwarded-for"]);
    }).listen(0, "127.0.0.1");
    await once(upstream, "listening");
    makeCertificate(join(ROOT, "tls"));
    put(join(ROOT, "pages/index.html"), "<title>front</title>");
    put(join(ROOT, "pages/about.html"), "<title>about</title>");
    put(join(ROOT, "acme/.well-known/acme-challenge/token"), "answer");
    const { port } = upstream.address() as AddressInfo;
    const config = layOut(renderPrimary(small), join(ROOT, "etc"), join(ROOT, "tls"), (text) =>
      text
        .replaceAll("/opt/fleet/trees/pages/current", join(ROOT, "pages"))
        .replaceAll("/var/www/acme", join(ROOT, "acme"))
        .replaceAll("user www-data;", process.getuid?.() === 0 ? "user root;" : "")
        .replace(/^\s*listen \[::\].*\n/gm, "")
        .replaceAll("listen 80", `listen 127.0.0.1:${http}`)
        .replaceAll("listen 443", `listen 127.0.0.1:${https}`)
        // "notes" and "grafana" answer; "feed" is down.
        .replaceAll(`127.0.0.1:${notes.port}`, `127.0.0.1:${port}`)
        .replaceAll(`127.0.0.1:${notes.handover!.port}`, `127.0.0.1:${standInPort}`)
        .replaceAll(`(${notes.port}|${notes.handover!.port})`, `(${port}|${standInPort})`)
        .replaceAll(PATHS.standIns, ROOT)
        .replaceAll(PATHS.closed, join(ROOT, "closed"))
        .replaceAll("http://127.0.0.1:9100", `http://127.0.0.1:${port}`),
    );
    nginx = await startNginx(config, () => plain("/"));
  });
  afterAll(async () => {
    await stopNginx(nginx);
    upstream.close();
    rmSync(ROOT, { recursive: true, force: true });
    removeProjects();
  });

  const OURS = {
    "strict-transport-security": "max-age=31536000",
    "x-content-type-options": "nosniff",
    "referrer-policy": "strict-origin-when-cross-origin",
    "x-frame-options": "SAMEORIGIN",
    "alt-svc": 'h3=":443"; ma=86400',
  };
  const POLICY = expect.stringContaining("camera=()");

  test("plain HTTP goes to HTTPS, path and all, and carries neither HSTS nor word of HTTP/3", async () => {
    const { status, headers } = await plain("/a?b=1");
    expect([
      status,
      headers.location,
      headers["strict-transport-security"],
      headers["alt-svc"],
    ]).toEqual([301, "https://pages.example.test/a?b=1", undefined, undefined]);
  });
  test("the ACME challenge is answered over plain HTTP", async () =>
    expect(await plain("/.well-known/acme-challenge/token")).toMatchObject({
      status: 200,
      body: "answer",
    }));
  test("a static page, with or without its ending", async () => {
    expect(await secure("/")).toMatchObject({
      status: 200,
      body: "<title>front</title>",
      headers: OURS,
    });
    expect(await secure("/about")).toMatchObject({ status: 200, body: "<title>about</title>" });
  });
  test("error pages carry every header too", async () => {
    expect(await secure("/nothing")).toMatchObject({ status: 404, headers: OURS });
    expect(await secure("/", "feed.example.test")).toMatchObject({ status: 502, headers: OURS });
  });
  test("what nginx refuses itself is said in words for people; a service's own errors pass as they are", async () => {
    expect(await secure("/nothing")).toMatchObject({
      status: 404,
      body: expect.stringContaining("There is no such page"),
      headers: { "content-type": "text/html; charset=utf-8" },
    });
    expect((await secure("/", "feed.example.test")).body).toContain("out of order");
    expect(await secure("/missing", "notes.example.test")).toMatchObject({
      status: 404,
      body: "127.0.0.1",
    });
    const posted = await ask(true, https, "pages.example.test", "/", {}, Buffer.from("x"));
    expect([posted.status, posted.body]).toEqual([405, expect.stringContaining("can't be done")]);
    // No address of a visitor's leads there.
    expect((await secure(`${ROUTES.pages}/502.html`)).status).toBe(404);
  });
  test("a site's own 404.html is what is shown of what it has not", async () => {
    const own = put(join(ROOT, "pages/404.html"), "<title>lost</title>");
    expect(await secure("/nothing")).toMatchObject({ status: 404, body: "<title>lost</title>" });
    rmSync(own);
    expect((await secure("/nothing")).body).toContain("There is no such page");
  });
  test.each([
    ["app-3f9ac01b.js", true],
    ["app.3f9ac01b77aa.min.css", true],
    ["main-5KXLNPQF.js", true],
    ["index.BwM1lQxZ.css", true],
    ["assets/index-BwMalQ-Z.js", true],
    ["_astro/page.css", true],
    ["report-20240131.pdf", false],
    ["photo-20240131.jpg", false],
    ["photo-MyHouse2.jpg", false],
    ["assets/js-calendar.js", false],
    ["chapter-introduction2.svg", false],
    ["a-decade1.html", false],
    ["look.css", false],
  ])(
    "a name that changes with its content is kept for a year, no other is: %s %s",
    async (name, isKept) => {
      put(join(ROOT, "pages", name), "x");
      const { status, headers } = await secure(`/${name}`);
      const [cached, again] = [
        headers["cache-control"],
        await ask(true, https, "pages.example.test", `/${name}`, {
          "if-none-match": String(headers.etag),
        }),
      ];
      expect([status, cached]).toEqual([
        200,
        isKept ? "public, max-age=31536000, immutable" : "no-cache",
      ]);
      expect([again.status, again.headers["cache-control"]]).toEqual([304, cached]);
    },
  );
  test("what is not there is not kept, and a service says of its own answers what it wants", async () => {
    expect((await secure("/gone-3f9ac01b.js")).headers["cache-control"]).toBe("no-cache");
    expect((await secure("/", "stats.example.test")).headers["cache-control"]).toBe("max-age=3600");
  });
  test("what a release has compressed is sent so to who takes it", async () => {
    const text = "body { margin: 0 }\n".repeat(200);
    for (const { path, data } of withCompressed([
      { path: "long.css", mode: 0o644, data: Buffer.from(text) },
    ]))
      put(join(ROOT, "pages", path), data);
    const encoded = async (accept: string) => {
      const { headers, body } = await ask(true, https, "pages.example.test", "/long.css", {
        "accept-encoding": accept,
      });
      return [headers["content-encoding"], headers["content-length"], headers.vary, body.length];
    };
    const [encoding, length, vary] = await encoded("gzip");
    // As it is sent there would be no length.
    expect([encoding, Number(length) < 100, vary]).toEqual(["gzip", true, "Accept-Encoding"]);
    expect((await encoded("identity"))[3]).toBe(text.length);
  });
  test("what many ask a service that says so is asked of it once; what is one visitor's alone, or the Observatory's question, each time", async () => {
    const asks = async (path: string, headers: Readonly<Record<string, string>> = {}) => {
      const before = served;
      const answers = [];
      for (let times = 0; times < 3; times += 1)
        answers.push(await ask(true, https, "stats.example.test", path, headers));
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
      return [served - before, answers.at(-1)?.headers["x-cache"]];
    };
    expect(await asks("/kept")).toEqual([1, "HIT"]);
    expect(await asks("/kept?page=2")).toEqual([1, "HIT"]);
    expect(await asks("/kept", { cookie: "a=1" })).toEqual([3, "BYPASS"]);
    expect(await asks("/kept", { authorization: "Basic eDp5" })).toEqual([3, "BYPASS"]);
    expect(await asks("/kept", { "user-agent": "second-server-observatory/1" })).toEqual([
      3,
      "BYPASS",
    ]);
    expect(await asks("/mine")).toEqual([3, "MISS"]);
    expect(await asks("/cookie")).toEqual([3, "MISS"]);
  });
  test("a place that fleet.yaml allows less of is refused there, and nowhere else", async () => {
    const asked = async (path: string) => {
      const statuses = [];
      for (let times = 0; times < 5; times += 1)
        statuses.push((await secure(path, "stats.example.test")).status);
      return statuses;
    };
    expect(await asked("/login/again")).toEqual([200, 200, 200, 429, 429]);
    expect(await asked("/login")).toEqual([429, 429, 429, 429, 429]);
    expect(await asked("/logins")).toEqual([200, 200, 200, 200, 200]);
  });
  test("a service's own directives count, with every header", async () =>
    expect(await secure("/old")).toMatchObject({
      status: 301,
      headers: { ...OURS, location: expect.stringMatching(/\/about$/) },
    }));
  test("a path of its own is nginx's word, whatever the service does", async () =>
    expect(await secure(ROUTES.ping, "feed.example.test")).toMatchObject({
      status: 200,
      body: "pong\n",
    }));
  test("visitors go to a service's stand-in as soon as its route is there, without a reload, and back; who finds nobody at one is taken by the other, an upload too", async () => {
    const standIn = createServer((request, response) => {
      request.resume().on("end", () =>
        response
          .writeHead(request.url === "/moved" ? 302 : 200, {
            location: `http://127.0.0.1:${standInPort}/there`,
          })
          .end("stand-in"),
      );
    });
    const route = join(ROOT, "notes");
    const answer = async (): Promise<string> => (await secure("/", "notes.example.test")).body;
    try {
      put(route, "");
      const upload = Buffer.from("x");
      expect(await ask(true, https, "notes.example.test", "/", {}, upload)).toMatchObject({
        status: 200,
        body: "127.0.0.1",
      });
      standIn.listen(standInPort, "127.0.0.1");
      await once(standIn, "listening");
      expect(await answer()).toBe("stand-in");
      expect((await secure("/moved", "notes.example.test")).headers.location).toBe(
        `https://notes.example.test:${https}/there`,
      );
      rmSync(route);
      expect(await answer()).toBe("127.0.0.1");
    } finally {
      rmSync(route, { force: true });
      standIn.close();
    }
  });
  test("a closed service says so by its own page and when to come again, without a reload; nginx's own path stays free", async () => {
    const page = put(join(ROOT, "closed/pages.html"), "back soon");
    expect(await secure("/anything")).toMatchObject({
      status: 503,
      body: "back soon",
      headers: { ...OURS, "retry-after": "120" },
    });
    // What is sent is answered alike.
    expect(await ask(true, https, "pages.example.test", "/", {}, Buffer.from("x"))).toMatchObject({
      status: 503,
      body: "back soon",
    });
    expect((await secure(ROUTES.ping)).status).toBe(200);
    rmSync(page);
    const { status, headers } = await secure("/");
    expect([status, headers["retry-after"]]).toEqual([200, undefined]);
  });
  test.each([
    "/ping",
    "/health",
    "/status",
    "/robots.txt",
    "/favicon.ico",
    "/.well-known/acme-challenge/token",
    "/.well-known/security.txt",
  ])("nothing but that is answered before the service: %s", async (path) => {
    expect((await secure(path, "feed.example.test")).status).toBe(502);
    expect((await secure(path, "notes.example.test")).body).toBe("127.0.0.1");
  });
  test("what a service says of itself counts, once", async () => {
    const { headers, body } = await secure("/", "notes.example.test");
    expect(headers).toMatchObject({
      "x-frame-options": "DENY",
      "x-content-type-options": "nosniff",
      "strict-transport-security": OURS["strict-transport-security"],
    });
    expect(body).toBe("127.0.0.1");
  });
  test("files get a policy of their own that lets in scripts from here alone; a service keeps its own", async () => {
    expect((await secure("/")).headers).toMatchObject({
      "content-security-policy": expect.stringMatching(/^default-src 'self'; style-src/),
      "permissions-policy": POLICY,
      "cross-origin-opener-policy": "same-origin-allow-popups",
    });
    expect((await secure("/", "stats.example.test")).headers).toMatchObject({
      "content-security-policy": "default-src *",
      "permissions-policy": "camera=*",
    });
  });
  test("what fleet.yaml says of a header takes the place of the service's and of the fleet's", async () => {
    const { headers } = await secure("/", "notes.example.test");
    expect(headers["content-security-policy"]).toBe("default-src 'none'");
    expect(headers["permissions-policy"]).toBeUndefined();
  });
  test("every cookie is for HTTPS alone, whatever the service says", async () =>
    expect((await secure("/", "stats.example.test")).headers["set-cookie"]).toEqual([
      expect.stringMatching(/; secure$/i),
      expect.stringMatching(/; secure/i),
    ]));
  test("a forged X-Forwarded-For does not reach a service", async () =>
    expect(
      (await ask(true, https, "notes.example.test", "/", { "x-forwarded-for": "192.0.2.1" })).body,
    ).toBe("127.0.0.1"));
  test("an unknown name gets nothing: no page, no certificate", async () => {
    await expect(plain("/", "other.test")).rejects.toThrow(/socket hang up/);
    await expect(secure("/", "other.test")).rejects.toThrow(/unrecognized name|alert/i);
  });
  const statuses = async (answers: readonly Promise<Answer>[]): Promise<readonly number[]> => [
    ...new Set((await Promise.all(answers)).map(({ status }) => status)),
  ];
  test.each(["pages.example.test", "stats.example.test"])(
    "a page and its 150 pictures, all asked for at once, are whole: %s",
    async (host) =>
      expect(
        await statuses(
          Array.from({ length: 151 }, (_, index) => secure(`/?picture=${index}`, host)),
        ),
      ).toEqual([200]),
  );
  const upload = (host: string, megabytes: number): Promise<Answer> =>
    ask(true, https, host, "/", {}, Buffer.alloc(megabytes * 1024 ** 2));
  test("an upload of 10 MB is taken and a larger one refused, or as fleet.yaml says", async () => {
    expect((await upload("stats.example.test", 10)).status).toBe(200);
    expect(await upload("stats.example.test", 11)).toMatchObject({ status: 413, headers: OURS });
    expect((await upload("notes.example.test", 3)).status).toBe(200);
    expect((await upload("notes.example.test", 4)).status).toBe(413);
  });
  test("one client's flood ends in 429, headers included, and nginx's own path stays free", async () => {
    const answers = await Promise.all(
      Array.from({ length: 40 }, () => secure("/", "notes.example.test")),
    );
    const refused = answers.filter(({ status }) => status === 429);
    expect(refused.length).toBeGreaterThan(0);
    expect(refused[0]).toMatchObject({
      headers: { ...OURS, "retry-after": "1" },
      body: expect.stringContaining("Too much at once"),
    });
    expect((await secure(ROUTES.ping, "notes.example.test")).status).toBe(200);
    // What is counted is that service's alone.
    expect((await secure("/", "stats.example.test")).status).toBe(200);
  });
});
