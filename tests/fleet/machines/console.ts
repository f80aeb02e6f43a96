import { spawn } from "node:child_process";
import { request } from "node:http";

import { describe, expect, test } from "@jest/globals";

import { PROJECT } from "../kit";
import { becomes, droplet, ids, paths } from "./lab-of-machines";

interface Answer {
  readonly status: number;
  readonly text: string;
}

/** What a browser sends; fetch() would not let us choose the host. */
const ask = (
  url: string,
  options: { method?: string; host?: string; body?: unknown } = {},
): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const headers = {
      authorization: "Bearer console",
      "content-type": "application/json",
      ...(options.host ? { host: options.host } : {}),
    };
    const sent = request(url, { method: options.method ?? "GET", headers }, (answer) => {
      let text = "";
      answer
        .setEncoding("utf8")
        .on("data", (part: string) => {
          text += part;
        })
        .once("end", () => resolve({ status: answer.statusCode!, text }));
    });
    sent.once("error", reject);
    sent.end(options.body === undefined ? undefined : JSON.stringify(options.body));
  });

export const consoleTests = (): void =>
  describe("console page", () => {
    test("`fleet console` serves the page and all that it asks for, to this machine's browser only; power is cut and restored through it", async () => {
      const child = spawn(
        `${PROJECT}/fleet`,
        ["console", "--port", "0", "--json", "--state", paths().state],
        { cwd: PROJECT, stdio: ["ignore", "pipe", "inherit"] },
      );
      try {
        const said = await new Promise<string>((resolve, reject) => {
          child.stdout.setEncoding("utf8").once("data", resolve);
          child.once("close", () => reject(new Error("fleet console has ended")));
        });
        const { url } = JSON.parse(said) as { url: string };
        expect((await ask(url)).text).toContain("<title>Local DigitalOcean</title>");
        for (const path of [
          "console.js",
          "console.css",
          "narrow.css",
          "local/status",
          "v2/droplets",
          `local/droplets/${ids.one}/console`,
        ])
          expect([path, (await ask(url + path)).status]).toEqual([path, 200]);
        expect((await ask(url, { host: "evil.example" })).status).toBe(403);
        const cut = await ask(`${url}local/faults`, {
          method: "POST",
          body: { kind: "power-cut", dropletId: ids.two },
        });
        expect([cut.status, (await droplet(ids.two)).status]).toEqual([201, "off"]);
        await ask(`${url}local/faults/${(JSON.parse(cut.text) as { id: string }).id}`, {
          method: "DELETE",
        });
        await becomes(ids.two, "active");
      } finally {
        child.kill();
      }
    });
  });
