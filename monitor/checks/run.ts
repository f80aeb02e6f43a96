import type { Check } from "@second-server/contract/observatory";

import { monotonic } from "../adapters/clock";
import { checkBackup } from "./backup";
import { checkCertificate } from "./certificate";
import { checkDns } from "./dns";
import { checkDrift } from "./drift";
import { checkIcmp } from "./icmp";
import { explain, isLate, type Outcome } from "./outcome";
import { checkHttp } from "./page";
import { checkSsh } from "./ssh";
import { checkTcp } from "./tcp";

const unreachable = (value: never): never => {
  throw new Error(`no such kind of check: ${JSON.stringify(value)}`);
};

/** The kinds that look somewhere; heartbeats and the like, which wait to be told, are asked elsewhere. */
const perform = (check: Check, timeoutMs: number): Promise<string | undefined> => {
  switch (check.kind) {
    case "http":
      return checkHttp(check, timeoutMs);
    case "tcp":
      return checkTcp(check, timeoutMs);
    case "certificate":
      return checkCertificate(check, timeoutMs);
    case "dns":
      return checkDns(check, timeoutMs);
    case "icmp":
      return checkIcmp(check, timeoutMs);
    case "ssh":
      return checkSsh(check, timeoutMs);
    case "backup":
      return checkBackup(check);
    case "drift":
      return checkDrift(check);
    case "heartbeat":
    case "unit":
    case "host":
      return Promise.reject(
        new Error(`a ${check.kind} check needs the Observatory, which is told`),
      );
    default:
      return unreachable(check);
  }
};

/** Never throws and never takes much longer than the timeout. */
export const runCheck = async (check: Check, timeoutMs: number): Promise<Outcome> => {
  const began = monotonic();
  const ms = (): number => Math.round((monotonic() - began) * 10) / 10;
  try {
    const detail = await perform(check, timeoutMs);
    return { result: "pass", ms: ms(), detail };
  } catch (error) {
    return { result: "fail", ms: ms(), error: explain(error), late: isLate(error) || undefined };
  }
};
