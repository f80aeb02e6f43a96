import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect, test } from "@jest/globals";

import { inLab } from "../../../../../local/cloud/lab/in-lab";
import { request } from "../../../../../local/cloud/lab/request";
import { labPaths } from "../../../../../local/cloud/paths";

test("without a network of its own, a lab's commands run as they are", () => {
  expect(inLab(labPaths("/nowhere/at/all"), ["curl", "-s", "https://blog.example.test/"])).toEqual({
    command: "curl",
    args: ["-s", "https://blog.example.test/"],
    env: {},
  });
});

test("two state folders are two labs", () => {
  const [one, other] = [labPaths("/a"), labPaths("/b")];
  expect(new Set([one.id, other.id, labPaths("/a/").id]).size).toBe(2);
  expect(one.socket.length).toBeLessThan(108);
});

test("requests go over the socket; what isn't JSON comes as text", async () => {
  const folder = mkdtempSync(join(tmpdir(), "lab-"));
  const paths = { ...labPaths("/a"), socket: join(folder, "s.sock") };
  await expect(request(paths, "GET", "/v2/droplets")).rejects.toMatchObject({ code: "ENOENT" });
  const server = createServer((incoming, response) => {
    if (incoming.method === "DELETE") return void response.writeHead(204).end();
    if (incoming.url === "/page") return void response.end("<p>");
    incoming.on("data", (chunk: Buffer) =>
      response
        .writeHead(201, { "content-type": "application/json" })
        .end(JSON.stringify({ got: JSON.parse(chunk.toString()) as unknown })),
    );
  });
  await new Promise<void>((resolve) => server.listen(paths.socket, resolve));
  try {
    expect(await request(paths, "POST", "/v2/tags", { name: "é" })).toEqual({
      status: 201,
      body: { got: { name: "é" } },
    });
    expect(await request(paths, "GET", "/page")).toEqual({ status: 200, body: "<p>" });
    expect(await request(paths, "DELETE", "/v2/tags/x")).toEqual({ status: 204, body: null });
  } finally {
    await new Promise((resolve) => server.close(resolve));
    rmSync(folder, { recursive: true });
  }
});
