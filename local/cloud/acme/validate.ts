import { spawn } from "node:child_process";
import { createHash } from "node:crypto";

import { z } from "zod";

import { answer } from "../dns/zone";
import type { CloudState } from "../records";
import { problem, type Problem } from "./problem";

/** A page as someone outside sees it. */
export interface Fetched {
  readonly status: number;
  readonly location?: string;
  readonly body: string;
}
export type FetchFrom = (url: string, address: string) => Promise<Fetched>;

export interface Outside {
  readonly state: CloudState;
  readonly fetch: FetchFrom;
  /** A DNS fault that holds for this name. */
  readonly dnsFault: (name: string) => boolean;
}

const SECONDS = 10;
const REDIRECTS = 10;
const LARGEST = 4_096;

// Runs as a program of its own: requests have to come from outside, through the firewall, and this process lives on the router.
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

const dns = (outside: Outside, name: string, type: string): { rcode: string; data: unknown[] } => {
  if (outside.dnsFault(name))
    throw problem(400, "dns", `DNS problem: SERVFAIL looking up ${type} for ${name}`);
  const reply = answer(outside.state, { name, type });
  return {
    rcode: reply.rcode,
    data: reply.answers
      .filter((one) => one.type === type)
      .map((one) => (one as { data: unknown }).data),
  };
};

const addressOf = (outside: Outside, host: string): string => {
  const { rcode, data } = dns(outside, host, "A");
  if (rcode === "NXDOMAIN")
    throw problem(
      400,
      "dns",
      `DNS problem: NXDOMAIN looking up A for ${host} - check that a DNS record exists for this domain`,
    );
  if (!data.length) throw problem(400, "dns", `DNS problem: no valid A records found for ${host}`);
  return String(data[0]);
};

/** RFC 8659: the nearest name upwards that has CAA records decides. */
const checkCaa = (outside: Outside, host: string, wildcard: boolean): void => {
  for (let name = host; name.includes("."); name = name.slice(name.indexOf(".") + 1)) {
    const records = dns(outside, name, "CAA").data as { tag: string; value: string }[];
    if (!records.length) continue;
    const tagged = (tag: string): { value: string }[] => records.filter((one) => one.tag === tag);
    const deciding = wildcard && tagged("issuewild").length ? tagged("issuewild") : tagged("issue");
    if (
      deciding.length &&
      !deciding.some((one) => one.value.split(";")[0]!.trim() === "letsencrypt.org")
    )
      throw problem(403, "caa", `CAA record for ${name} prevents issuance`);
    return;
  }
};

const httpChallenge = async (
  outside: Outside,
  host: string,
  token: string,
  expected: string,
): Promise<void> => {
  let url = `http://${host}/.well-known/acme-challenge/${token}`;
  for (let hop = 0; ; hop++) {
    const { hostname, protocol } = new URL(url);
    const address = addressOf(outside, hostname);
    const page = await outside.fetch(url, address);
    if (page.status === 0)
      throw problem(400, "connection", `${address}: Fetching ${url}: ${page.body}`);
    const next =
      [301, 302, 303, 307, 308].includes(page.status) && page.location
        ? new URL(page.location, url)
        : null;
    if (next && hop < REDIRECTS && ["http:", "https:"].includes(next.protocol)) {
      url = next.toString();
      continue;
    }
    if (page.status !== 200)
      throw problem(
        403,
        "unauthorized",
        `${address}: Invalid response from ${protocol}//${hostname}: ${page.status}`,
      );
    if (page.body.trimEnd() !== expected)
      throw problem(
        403,
        "unauthorized",
        `${address}: The key authorization file from the server did not match this challenge`,
      );
    return;
  }
};

const dnsChallenge = (outside: Outside, host: string, expected: string): void => {
  const digest = createHash("sha256").update(expected).digest("base64url");
  const values = dns(outside, `_acme-challenge.${host}`, "TXT").data.map((parts) =>
    Buffer.concat(parts as Buffer[]).toString(),
  );
  if (!values.includes(digest))
    throw problem(403, "unauthorized", `Incorrect TXT record found at _acme-challenge.${host}`);
};

export interface Attempt {
  readonly type: "http-01" | "dns-01";
  readonly host: string;
  readonly wildcard: boolean;
  readonly token: string;
  readonly thumbprint: string;
}

/** @returns null when whoever asked holds the name, else why not. Looks with the world's eyes: the lab's DNS, and requests from outside. */
export const validate = async (outside: Outside, asked: Attempt): Promise<Problem | null> => {
  const expected = `${asked.token}.${asked.thumbprint}`;
  try {
    if (asked.type === "http-01") await httpChallenge(outside, asked.host, asked.token, expected);
    else dnsChallenge(outside, asked.host, expected);
    checkCaa(outside, asked.host, asked.wildcard);
    return null;
  } catch (error) {
    const known = (error as { problem?: Problem }).problem;
    return known ?? problem(500, "serverInternal", (error as Error).message).problem;
  }
};
