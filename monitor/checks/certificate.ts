import type { PeerCertificate } from "node:tls";

import type { CertificateCheck } from "@second-server/contract/check-settings";
import { UNITS } from "@second-server/contract/names";

import { number, optional, port, text } from "../rules";
import { type Advice, logs, type Machine, onMachine, runbook } from "./advice";
import type { LookingKind } from "./check-kind";
import { openPlain, openSecure } from "./connection";
import { explain, Finding, TooLate } from "./outcome";
import { failedAt, followStage } from "./stage";

const DAY = 86_400_000;
/** Below it browsers and authorities take no RSA key any more. */
const WEAK_BITS = 2048;

/** The certificate as a new visitor gets it: a full handshake, nothing resumed. */
const served = (
  host: string,
  port: number,
  timeoutMs: number,
): Promise<{ readonly certificate: PeerCertificate; readonly problem?: Error }> => {
  return new Promise((resolve, reject) => {
    const plain = openPlain(host, port, timeoutMs);
    const socket = openSecure(plain, host, port, true);
    const stage = followStage(host, plain, socket);
    const fail = (error: Error): void => finish(() => reject(failedAt(stage(), error)));
    const timer = setTimeout(
      () => fail(new TooLate(`no TLS handshake within ${timeoutMs / 1000} s`)),
      timeoutMs,
    );
    const finish = (end: () => void): void => {
      clearTimeout(timer);
      socket.destroy();
      end();
    };
    socket.once("secureConnect", () => {
      const certificate = socket.getPeerCertificate();
      finish(() =>
        resolve({
          certificate,
          problem: socket.authorized ? undefined : problemOf(socket.authorizationError),
        }),
      );
    });
    socket.once("error", fail);
  });
};

/** Node gives an Error or, at times, its code alone. */
const problemOf = (error: Error | string): Error =>
  error instanceof Error ? error : Object.assign(new Error(error), { code: error });

/** @returns "expires in 62 days". @throws Finding when it does not verify or is about to expire. */
export const checkCertificate = async (
  check: CertificateCheck,
  timeoutMs: number,
  now = Date.now(),
): Promise<string> => {
  const { certificate, problem } = await served(check.host, check.port ?? 443, timeoutMs);
  const left = Math.floor((Date.parse(certificate.valid_to) - now) / DAY);
  if (problem !== undefined)
    throw failedAt(
      "certificate",
      new Finding(`the certificate of ${check.host} does not verify: ${explain(problem)}`),
    );
  if (certificate.modulus !== undefined && (certificate.bits ?? 0) < WEAK_BITS)
    throw new Finding(
      `the certificate of ${check.host} has a weak key (RSA of ${certificate.bits} bits)`,
    );
  if (left < (check.minDays ?? 14))
    throw new Finding(
      `the certificate of ${check.host} expires in ${left} days; is the renewal running?`,
    );
  return `expires in ${left} days`;
};

const advice = (host: string, machine: Machine): Advice => ({
  wrong: `The certificate of ${host} is not in order`,
  affects: "once it has ended, browsers warn every visitor of that machine's names.",
  steps: [
    { say: "Why was it not renewed?", run: logs(machine, UNITS.certbotRun) },
    {
      say: "Try a renewal.",
      run: onMachine(machine, "sudo certbot renew --dry-run --no-random-sleep-on-renew"),
    },
    runbook("certificates"),
  ],
});

export const certificateKind: LookingKind<CertificateCheck> = {
  source: "network",
  layer: "certificate",
  leastSeconds: 60,
  byCalendar: true,
  fields: { host: text, port: optional(port), minDays: optional(number) },
  run: (check, timeoutMs) => checkCertificate(check, timeoutMs),
  advice: ({ host }, machine) => advice(host, machine),
};
