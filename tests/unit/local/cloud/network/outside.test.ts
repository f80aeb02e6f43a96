import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { connect, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, expect, test } from "@jest/globals";

import { openAuthority } from "../../../../../local/cloud/acme/authority";
import {
  askOutside,
  askPatiently,
  proxyFor,
  type Environment,
} from "../../../../../local/cloud/network/outside";

const url = (text: string): URL => new URL(text);

test("the customary variables choose the proxy", () => {
  const env = {
    http_proxy: "proxy.test:3128",
    HTTPS_PROXY: "http://secure.test:8080",
    no_proxy: "localhost, .corp.test,mirror.test:8000",
  };
  expect(proxyFor(url("http://deb.debian.org/debian"), env)?.href).toBe("http://proxy.test:3128/");
  expect(proxyFor(url("https://deb.debian.org/debian"), env)?.host).toBe("secure.test:8080");
  for (const near of [
    "http://localhost/",
    "http://a.corp.test/",
    "http://corp.test/",
    "http://mirror.test:8000/",
  ])
    expect(proxyFor(url(near), env)).toBeUndefined();
  expect(proxyFor(url("http://mirror.test/"), env)).toBeDefined();
  expect(proxyFor(url("http://deb.debian.org/"), { ...env, no_proxy: "*" })).toBeUndefined();
  expect(proxyFor(url("http://deb.debian.org/"), {})).toBeUndefined();
  expect(() =>
    proxyFor(url("http://deb.debian.org/"), { all_proxy: "socks5://proxy.test" }),
  ).toThrow("socks5://proxy.test can't be used");
});

let plain: Server, secure: Server, proxy: Server, folder: string, env: Environment, seen: string[];
const portOf = (server: Server): number => (server.address() as AddressInfo).port;
const listening = async (server: Server): Promise<Server> => {
  await once(server.listen(0, "127.0.0.1"), "listening");
  return server;
};
const text = async (answer: IncomingMessage): Promise<string> =>
  (await answer.setEncoding("utf8").toArray()).join("");

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "outside-"));
  const authority = await openAuthority(folder);
  const site = (request: IncomingMessage, response: ServerResponse): void => {
    if (request.url === "/moved") response.writeHead(302, { location: "/here" }).end();
    else response.end(`${request.url} for ${request.headers.host}`);
  };
  plain = await listening(createServer(site));
  // Its certificate is a stranger's: what the tunnel leads to is verified as without one.
  secure = await listening(
    createTlsServer({ cert: authority.certificate, key: authority.key }, site),
  );
  proxy = await listening(
    createServer((request, response) => {
      seen.push(`${request.method} ${request.url} ${request.headers["proxy-authorization"]}`);
      response.end("by proxy");
    }).on("connect", (request, socket) => {
      seen.push(`${request.method} ${request.url}`);
      if (request.url!.startsWith("closed.test")) {
        socket.end("HTTP/1.1 403 Forbidden\r\n\r\n");
        return;
      }
      const [host, port] = request.url!.split(":");
      const onward = connect(Number(port), host, () => {
        socket.write("HTTP/1.1 200 OK\r\n\r\n");
        onward.pipe(socket).pipe(onward);
      });
      socket.on("error", () => onward.destroy());
      onward.on("error", () => socket.destroy());
    }),
  );
  env = {
    http_proxy: `http://me:s%20cret@127.0.0.1:${portOf(proxy)}`,
    https_proxy: `127.0.0.1:${portOf(proxy)}`,
  };
  seen = [];
});
afterAll(async () => {
  for (const server of [plain, secure, proxy]) {
    server.closeAllConnections();
    server.close();
  }
  await rm(folder, { recursive: true });
});

test("without a proxy: the answer itself, redirections followed", async () => {
  const host = `127.0.0.1:${portOf(plain)}`;
  expect(await text(await askOutside(`http://${host}/moved`, {}, {}))).toBe(`/here for ${host}`);
});

test("through a proxy: HTTP by its whole address, with the name and password of the variable; HTTPS by a tunnel, and verified", async () => {
  expect(await text(await askOutside("http://deb.debian.org/debian/x", {}, env))).toBe("by proxy");
  expect(seen.pop()).toBe(
    `GET http://deb.debian.org/debian/x Basic ${Buffer.from("me:s cret").toString("base64")}`,
  );
  await expect(askOutside(`https://127.0.0.1:${portOf(secure)}/`, {}, env)).rejects.toThrow(
    /certificate/,
  );
  expect(seen.pop()).toBe(`CONNECT 127.0.0.1:${portOf(secure)}`);
  await expect(askOutside("https://closed.test/", {}, env)).rejects.toThrow(
    /refuses closed.test:443: 403/,
  );
});

test("a mirror that fails for a moment is asked again; one that goes on failing answers as it does, and what is not there is not asked for twice", async () => {
  const answers = [503, 0, 200, 404, 503, 503, 503];
  const mirror = createServer((_, response) => {
    const status = answers.shift()!;
    if (status === 0) response.destroy();
    else response.writeHead(status).end();
  });
  await once(mirror.listen(0, "127.0.0.1"), "listening");
  const ask = async (): Promise<number | undefined> =>
    (await askPatiently(`http://127.0.0.1:${portOf(mirror)}/x`, {}, {}, [1, 1])).statusCode;
  expect([await ask(), await ask(), await ask(), answers]).toEqual([200, 404, 503, []]);
  mirror.closeAllConnections();
  mirror.close();
});
