import { isIP, type Socket } from "node:net";
import type { TLSSocket } from "node:tls";

import { codeOf } from "@second-server/contract/caught";

/**
 * What a run over the network failed at: its name was not resolved, nobody took the connection, TLS
 * was not agreed on, the certificate does not verify, or what was answered (or not) is wrong. It
 * says which layer may be to blame.
 */
export const STAGES = ["name", "connection", "tls", "certificate", "answer"] as const;
export type Stage = (typeof STAGES)[number];

interface Staged {
  readonly stage?: Stage;
}

/** Node's and OpenSSL's codes for a certificate that does not verify. */
const OF_CERTIFICATE =
  /^(CERT_|ERR_TLS_CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|CRL_|ERROR_IN_CERT_|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH_|HOSTNAME_MISMATCH)/;

const isOfCertificate = (error: object): boolean => OF_CERTIFICATE.test(codeOf(error) ?? "");

const isObject = (error: unknown): error is object => typeof error === "object" && Boolean(error);

/** @returns the error, which says where the run was. */
export const failedAt = <Thrown>(stage: Stage, error: Thrown): Thrown =>
  isObject(error)
    ? Object.assign(error, {
        stage: stage === "tls" && isOfCertificate(error) ? "certificate" : stage,
      })
    : error;

export const stageOf = (error: unknown): Stage | undefined =>
  isObject(error) ? (error as Staged).stage : undefined;

/** @returns how far a connection that was just opened has come. `secure`: with TLS on top of it. */
export const followStage = (host: string, plain: Socket, secure?: TLSSocket): (() => Stage) => {
  let stage: Stage = isIP(host) === 0 ? "name" : "connection";
  plain.on("lookup", (error?: Error) => {
    if (!error && stage === "name") stage = "connection";
  });
  plain.once("connect", () => {
    stage = secure === undefined ? "answer" : "tls";
  });
  secure?.once("secureConnect", () => {
    stage = "answer";
  });
  return () => stage;
};
