/**
 * Asks each address once over HTTPS, as a visitor would, and says what it saw. A program of its
 * own, because it has to run inside the lab's network: `node prober.ts` with a `ProbeOrder` as JSON
 * on standard input; answers `ProbeReport` as JSON on standard output.
 */
import { lookup } from "node:dns/promises";
import { readFileSync } from "node:fs";
import { request } from "node:https";
import type { TLSSocket } from "node:tls";

import { messageOf } from "@second-server/contract/caught";

export interface ProbeTarget {
  readonly name: string;
  readonly url: string;
  readonly status: number;
  readonly contains?: string;
  /** A POST with this JSON body instead of a GET. */
  readonly post?: unknown;
  /** Asked there, whatever the name leads to. */
  readonly address?: string;
}
export interface ProbeOrder {
  readonly targets: readonly ProbeTarget[];
  /** PEM file whose certificates alone are trusted; absent: the system's. */
  readonly ca?: string;
  readonly timeoutMs: number;
}
export interface ProbeResult {
  readonly name: string;
  readonly url: string;
  readonly ok: boolean;
  /** The address that the name resolved to. */
  readonly address?: string;
  readonly status?: number;
  readonly latencyMs?: number;
  /** ISO time of the served certificate's end. */
  readonly certificateExpires?: string;
  readonly issuer?: string;
  readonly body?: string;
  readonly error?: string;
}
export type ProbeReport = readonly ProbeResult[];

/** More than a page needs, and a bound on what a hostile answer can make us keep. */
const BODY_LIMIT = 256 * 1024;

interface Answer {
  status: number;
  body: string;
  latencyMs: number;
  certificateExpires: string;
  issuer?: string;
}

const ask = (
  { url, post }: ProbeTarget,
  address: string,
  ca: string | undefined,
  timeoutMs: number,
): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const started = performance.now();
    const target = new URL(url);
    const payload = post === undefined ? undefined : JSON.stringify(post);
    const call = request(
      target,
      {
        hostname: address,
        servername: target.hostname,
        agent: false,
        ca,
        method: payload === undefined ? "GET" : "POST",
        headers: {
          host: target.host,
          "user-agent": "second-server-verify",
          ...(payload === undefined
            ? {}
            : { "content-type": "application/json", "content-length": Buffer.byteLength(payload) }),
        },
      },
      (response) => {
        const latencyMs = performance.now() - started;
        const certificate = (response.socket as TLSSocket).getPeerCertificate();
        let body = "";
        response.setEncoding("utf8");
        const finish = (): void =>
          resolve({
            status: response.statusCode ?? 0,
            body,
            latencyMs,
            certificateExpires: new Date(certificate.valid_to).toISOString(),
            issuer: certificate.issuer?.CN,
          });
        // An endless answer (an event stream) has answered once its head is there; what came until
        // the limit is enough.
        response.on("data", (chunk: string) => {
          body += chunk;
          if (body.length > BODY_LIMIT) {
            finish();
            call.destroy();
          }
        });
        response.on("end", finish);
        response.on("error", reject);
      },
    );
    const deadline = setTimeout(
      () => call.destroy(new Error(`no answer within ${timeoutMs / 1000} s`)),
      timeoutMs,
    );
    call.on("close", () => clearTimeout(deadline));
    call.on("error", reject);
    call.end(payload);
  });

const whatIsWrong = (
  { status, contains }: ProbeTarget,
  got: number,
  body: string,
): string | undefined => {
  if (got !== status) return `status ${got}, not ${status}`;
  if (contains !== undefined && !body.includes(contains))
    return `the answer does not contain ${JSON.stringify(contains)}`;
  return undefined;
};

export const probe = async (
  target: ProbeTarget,
  ca: string | undefined,
  timeoutMs: number,
): Promise<ProbeResult> => {
  const { name, url } = target;
  let address: string | undefined;
  try {
    address = target.address ?? (await lookup(new URL(url).hostname, { family: 4 })).address;
    const { body, ...answer } = await ask(target, address, ca, timeoutMs);
    const wrong = whatIsWrong(target, answer.status, body);
    return {
      name,
      url,
      address,
      ...answer,
      body,
      ok: wrong === undefined,
      ...(wrong ? { error: wrong } : {}),
    };
  } catch (error) {
    return {
      name,
      url,
      address,
      ok: false,
      error: messageOf(error),
    };
  }
};

const main = async (): Promise<void> => {
  const order = JSON.parse(readFileSync(0, "utf8")) as ProbeOrder;
  const ca = order.ca === undefined ? undefined : readFileSync(order.ca, "utf8");
  const report: ProbeReport = await Promise.all(
    order.targets.map((target) => probe(target, ca, order.timeoutMs)),
  );
  process.stdout.write(JSON.stringify(report));
};

if (require.main === module)
  main().catch((error: unknown) => {
    console.error(`prober: ${String(error)}`);
    process.exitCode = 2;
  });
