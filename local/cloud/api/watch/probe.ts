import { spawn } from "node:child_process";

import { z } from "zod";

import { systemPath } from "../../host/environment";

export interface ProbeTarget {
  readonly id: string;
  readonly type: "ping" | "http" | "https";
  readonly target: string;
  /** Where the target's host is. */ readonly address: string;
}
const result = z.object({
  id: z.string(),
  up: z.boolean(),
  /** Why not; empty when up. */ cause: z.string(),
  milliseconds: z.number(),
  /** End of the certificate that was served. */
  certificateUntil: z.string().nullable(),
});
export type ProbeResult = z.infer<typeof result>;
export type Probe = (targets: readonly ProbeTarget[]) => Promise<readonly ProbeResult[]>;

const SECONDS = 10;

// A program of its own: it has to ask from outside, through the firewalls, and this process lives
// on the router. A redirection counts as an answer.
const PROGRAM = `
const { spawn } = require("node:child_process"), { readFileSync } = require("node:fs");
const ca = readFileSync(process.argv[1], "utf8"), targets = JSON.parse(readFileSync(0, "utf8")), clock = () => Math.round(performance.now());
const web = ({ type, target, address }, done) => {
  let until = null;
  const url = new URL(/^https?:/.test(target) ? target : type + "://" + target);
  const asked = require("node:" + url.protocol.slice(0, -1)).request(url, { ca, rejectUnauthorized: false, agent: false, timeout: ${SECONDS * 1000}, headers: { "user-agent": "DigitalOcean Uptime Probe (local)" },
    lookup: (_, options, found) => (options.all ? found(null, [{ address, family: 4 }]) : found(null, address, 4)) }, (answer) => {
      const bad = answer.socket.authorized === false ? "certificate: " + (answer.socket.authorizationError.code || answer.socket.authorizationError) : answer.statusCode >= 400 ? "answered " + answer.statusCode : "";
      done(bad, until);
      asked.destroy();
  });
  asked.on("socket", (socket) => socket.on("secureConnect", () => { const end = new Date(socket.getPeerCertificate().valid_to); if (!isNaN(end)) until = end.toISOString(); }));
  asked.on("timeout", () => asked.destroy(new Error("no answer within ${SECONDS} s"))).on("error", (error) => done(error.reason || error.message || error.code, until)).end();
};
const ping = ({ address }, done) => {
  const child = spawn("ping", ["-n", "-c", "1", "-W", "${SECONDS}", address], { stdio: "ignore" });
  child.once("error", (error) => { console.error("ping: " + error.message); process.exit(1); }).once("close", (code) => done(code === 0 ? "" : "no echo within ${SECONDS} s", null));
};
const probe = (one) => new Promise((ended) => {
  const began = clock();
  const done = (cause, certificateUntil) => ended({ id: one.id, up: cause === "", cause, milliseconds: clock() - began, certificateUntil });
  setTimeout(() => done("no answer within ${SECONDS} s", null), ${SECONDS * 1000}).unref();
  try { (one.type === "ping" ? ping : web)(one, done); } catch (error) { done(error.message, null); }
});
Promise.all(targets.map(probe)).then((results) => process.stdout.write(JSON.stringify(results), () => process.exit(0)));`;

/**
 * Asks all targets at once; rejects when they could not be asked at all.
 * @param netns the network namespace to ask from; null for this process's own
 * @param ca file of the roots that certificates have to end at
 */
export const probeFrom =
  (netns: string | null, ca: string): Probe =>
  (targets) =>
    new Promise((resolve, reject) => {
      const enter = netns === null ? [] : ["nsenter", `--net=/run/netns/${netns}`];
      const [command, ...args] = [...enter, process.execPath, "-e", PROGRAM, ca];
      const child = spawn(command, args, {
        stdio: ["pipe", "pipe", "pipe"],
        env: { PATH: systemPath() },
      });
      const said = { stdout: "", stderr: "" };
      for (const name of ["stdout", "stderr"] as const)
        child[name].setEncoding("utf8").on("data", (part: string) => {
          said[name] += part;
        });
      child.once("error", reject);
      child.once("close", (code) =>
        code === 0
          ? resolve(z.array(result).parse(JSON.parse(said.stdout)))
          : reject(new Error(`uptime probes: ${said.stderr.trim().split("\n").at(-1)}`)),
      );
      // One that can't be started reads nothing; "error" or "close" tells why.
      child.stdin.on("error", () => undefined);
      child.stdin.end(JSON.stringify(targets));
    });
