import { spawn } from "node:child_process";

import { z } from "zod";

/** A page as someone outside sees it. */
export interface Fetched {
  readonly status: number;
  readonly location?: string;
  readonly body: string;
}
export type FetchFrom = (url: string, address: string) => Promise<Fetched>;

const SECONDS = 10;
const LARGEST = 4_096;

// Runs as a program of its own: requests have to come from outside, through the firewall, and this
// process lives on the router.
const PROGRAM = `
const [url, address] = process.argv.slice(1), secure = url.startsWith("https:");
const answer = (value) => { process.stdout.write(JSON.stringify(value)); process.exit(0); };
const { request } = require(secure ? "node:https" : "node:http");
const asked = request(url, { rejectUnauthorized: false, timeout: ${SECONDS * 1000}, headers: { "user-agent": "local ACME validation" }, agent: false,
  lookup: (_, options, done) => (options.all ? done(null, [{ address, family: 4 }]) : done(null, address, 4)) }, (response) => {
  let body = "";
  response.setEncoding("latin1").on("data", (part) => { body += part; if (body.length > ${LARGEST}) response.destroy(); })
    .on("close", () => answer({ status: response.statusCode, location: response.headers.location, body: body.slice(0, ${LARGEST}) }));
});
asked.on("timeout", () => asked.destroy(new Error("timeout during connect or read"))).on("error", (error) => answer({ status: 0, body: error.message || error.code })).end();
setTimeout(() => answer({ status: 0, body: "timeout" }), ${SECONDS * 1000}).unref();`;
const fetched = z.object({ status: z.number(), location: z.string().optional(), body: z.string() });

/** Asks from a network namespace, e.g. the operators'. */
export const fetchFromNamespace =
  (netns: string): FetchFrom =>
  (url, address) =>
    new Promise((resolve, reject) => {
      const child = spawn(
        "nsenter",
        [`--net=/run/netns/${netns}`, process.execPath, "-e", PROGRAM, url, address],
        { stdio: ["ignore", "pipe", "ignore"], env: { PATH: process.env.PATH } },
      );
      let said = "";
      child.stdout.setEncoding("utf8").on("data", (part: string) => {
        said += part;
      });
      child.once("error", reject);
      child.once("close", () => {
        try {
          resolve(fetched.parse(JSON.parse(said)));
        } catch {
          // It was killed, or never began.
          reject(new Error(`the validation of ${url} gave no answer`));
        }
      });
    });
