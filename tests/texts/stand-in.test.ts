import type { ChildProcess } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import type { IncomingHttpHeaders } from "node:http";
import { request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { ROUTES } from "@second-server/contract/names";
import { PATHS } from "@second-server/contract/paths";

import { renderWatcher } from "../../render/machine";
import { freePort } from "../fixtures/free-port";
import {
  MANIFEST,
  SETTINGS,
  SOURCES,
  factsIn,
  project,
  removeProjects,
} from "../fixtures/manifest";
import { suiteWhere } from "../fixtures/suite-where";
import { NGINX, layOut, makeCertificate, put, startNginx, stopNginx } from "./nginx-kit";

/** The watcher's real nginx with the rendered files, asked by the services' names. */
const ROOT = mkdtempSync(join(tmpdir(), "second-server-stand-in-"));

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

suiteWhere(existsSync(NGINX) ? null : `${NGINX} is not installed`, "the watcher's nginx", () => {
  const fleet = factsIn(
    project({ ...SOURCES, "fleet.yaml": `${MANIFEST}failover: {}\n` }),
    SETTINGS,
    ["failover-token"],
  );
  let nginx: ChildProcess | undefined;
  let port = 0;
  const ask = (service: string, path: string, method = "GET", body?: Buffer): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const { host } = fleet.services.find(({ name }) => name === service)!;
      const asked = request(
        {
          host: "127.0.0.1",
          port,
          path,
          method,
          agent: false,
          headers: { host },
          servername: host,
          rejectUnauthorized: false,
        },
        (response) => {
          let text = "";
          response
            .setEncoding("utf8")
            .on("data", (chunk: string) => {
              text += chunk;
            })
            .on("end", () =>
              resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }),
            );
        },
      );
      asked.on("error", reject).end(body);
    });

  beforeAll(async () => {
    port = await freePort();
    const plain = await freePort();
    makeCertificate(join(ROOT, "tls"));
    put(join(ROOT, "pages/index.html"), "<title>front</title>");
    const files = renderWatcher(fleet);
    put(join(ROOT, "page.html"), files.find(({ path }) => path === PATHS.repairPage)!.text);
    const config = layOut(files, join(ROOT, "etc"), join(ROOT, "tls"), (text) =>
      text
        .replaceAll("/opt/fleet/trees/pages/current", join(ROOT, "pages"))
        .replaceAll(PATHS.repairPageShown, join(ROOT, "shown.html"))
        .replaceAll(PATHS.repairPage, join(ROOT, "page.html"))
        .replaceAll(`${PATHS.tls}/failover/`, `${join(ROOT, "tls")}/`)
        .replaceAll("user www-data;", process.getuid?.() === 0 ? "user root;" : "")
        .replace(/^\s*listen \[::\].*\n/gm, "")
        .replaceAll("listen 80", `listen 127.0.0.1:${plain}`)
        .replaceAll("listen 443", `listen 127.0.0.1:${port}`),
    );
    nginx = await startNginx(config, () => ask("pages", "/"));
  });
  afterAll(async () => {
    await stopNginx(nginx);
    rmSync(ROOT, { recursive: true, force: true });
    removeProjects();
  });

  test("a static site is served as it is, without a word of repairs", async () => {
    const { status, body, headers } = await ask("pages", "/");
    expect([status, body]).toEqual([200, "<title>front</title>"]);
    expect(headers["retry-after"]).toBeUndefined();
    expect(headers["content-security-policy"]).toContain("default-src 'self'");
    expect((await ask("pages", "/missing")).status).toBe(404);
  });

  test.each(["notes", "feed", "hook", "grafana"])(
    "%s has the page, and is to be asked again",
    async (service) => {
      const { status, body, headers } = await ask(service, "/any/path?x=1");
      expect(status).toBe(503);
      expect(headers).toMatchObject({
        "retry-after": "60",
        "cache-control": "no-store",
        "strict-transport-security": "max-age=31536000",
        "content-type": expect.stringContaining("text/html"),
      });
      expect(body).toContain("We are being repaired");
      expect(body).toContain("https://status.example.test/");
    },
  );

  test.each(["POST", "PUT", "DELETE", "PATCH"])(
    "%s is refused, also of what is served, and however large",
    async (method) => {
      for (const service of ["pages", "notes"]) {
        const { status, headers } = await ask(service, "/", method, Buffer.alloc(3_000_000));
        expect([status, headers["retry-after"]]).toEqual([503, "60"]);
      }
    },
  );

  test("its nginx says that it is there", async () => {
    const { status, body } = await ask("notes", ROUTES.ping);
    expect([status, body]).toEqual([200, "pong\n"]);
  });

  test("the page says since when, once that is known", async () => {
    put(join(ROOT, "shown.html"), "since a moment");
    expect((await ask("notes", "/")).body).toBe("since a moment");
    rmSync(join(ROOT, "shown.html"));
  });

  test("the page itself is nobody's address", async () =>
    expect((await ask("pages", ROUTES.repair)).status).toBe(404));
});
