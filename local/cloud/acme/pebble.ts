import { spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { request } from "node:https";
import { join } from "node:path";
import type { Authority } from "./authority";

export const pebbleAddress = "198.51.100.14";
export const pebblePort = 14_000;
const managementPort = 15_000;
const startSeconds = 15;

const configuration = (authority: Authority): string => JSON.stringify({
  pebble: {
    listenAddress: `${pebbleAddress}:${pebblePort}`, managementListenAddress: `${pebbleAddress}:${managementPort}`,
    certificate: authority.certificateFile, privateKey: authority.keyFile, httpPort: 80, tlsPort: 443, ocspResponderURL: "", externalAccountBindingRequired: false,
    // As Let's Encrypt's own: 90 days.
    certificateValidityPeriod: 7_776_000,
  },
}, null, 1);

/** @returns null while it does not answer. */
const rootOf = (authority: Authority): Promise<string | null> =>
  new Promise((resolve) => {
    const asked = request({ host: pebbleAddress, port: managementPort, path: "/roots/0", ca: authority.caPem, timeout: 2_000 }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (part: string) => { text += part; }).on("end", () => resolve(response.statusCode === 200 ? text : null));
    });
    asked.on("timeout", () => asked.destroy()).on("error", () => resolve(null)).end();
  });

const launch = (folder: string, netns: string): void => {
  const log = openSync(join(folder, "pebble.log"), "a", 0o600);
  const child = spawn(
    "nsenter", [`--net=/run/netns/${netns}`, "pebble", "-config", join(folder, "pebble.json"), "-dnsserver", "192.0.2.53:53"],
    { detached: true, stdio: ["ignore", log, log], env: { ...process.env, PEBBLE_VA_NOSLEEP: "1", PEBBLE_WFE_NONCEREJECT: "0", PEBBLE_AUTHZREUSE: "0" } },
  );
  child.on("error", () => undefined);
  child.unref();
  closeSync(log);
};

/**
 * Finds the ACME server of an earlier daemon still running, else starts it: its accounts and its root live only as long as it does.
 * @returns its root certificate. Rejects when it does not answer in time.
 */
export const ensurePebble = async (options: { folder: string; netns: string; authority: Authority }): Promise<string> => {
  const running = await rootOf(options.authority);
  if (running) return running;
  await writeFile(join(options.folder, "pebble.json"), configuration(options.authority));
  launch(options.folder, options.netns);
  const deadline = Date.now() + startSeconds * 1000;
  while (Date.now() < deadline) {
    const root = await rootOf(options.authority);
    if (root) return root;
    await new Promise((resolve) => { setTimeout(resolve, 100); });
  }
  throw new Error(`the ACME server (pebble) did not answer within ${startSeconds} s: see ${join(options.folder, "pebble.log")}`);
};

/** Whether it answers now. */
export const pebbleAnswers = async (authority: Authority): Promise<boolean> => (await rootOf(authority)) !== null;
