import { execFile } from "node:child_process";

import { codeOf } from "@second-server/contract/caught";
import type { IcmpCheck } from "@second-server/contract/check-settings";

import { text } from "../rules";
import { lookAt } from "./advice";
import type { LookingKind } from "./check-kind";
import { Finding, TooLate } from "./outcome";
import { failedAt } from "./stage";

export const pingArgv = (host: string, seconds: number): readonly [string, ...string[]] => [
  "ping",
  "-n",
  "-q",
  "-c",
  "1",
  "-W",
  String(Math.max(1, Math.floor(seconds))),
  "--",
  host,
];

/** By the system's ping, which may open the socket that we may not. */
export const checkIcmp = (
  { host }: { readonly host: string },
  timeoutMs: number,
): Promise<string | undefined> => {
  const [program, ...rest] = pingArgv(host, timeoutMs / 1000);
  return new Promise((resolve, reject) => {
    execFile(
      program,
      rest,
      { timeout: timeoutMs + 500, env: { PATH: "/usr/bin:/bin", LC_ALL: "C" } },
      (error, stdout, stderr) => {
        if (!error)
          return resolve(/= [\d.]+\/([\d.]+)/.exec(stdout)?.[1]?.concat(" ms round trip"));
        if (codeOf(error) === "ENOENT")
          return reject(new Finding("ping is not installed (Debian package iputils-ping)"));
        const said = stderr.trim().split("\n")[0] ?? "";
        reject(
          failedAt(
            /resolution|not known|No address/.test(said) ? "name" : "connection",
            said === "" ? new TooLate("no answer to ping") : new Finding(said),
          ),
        );
      },
    );
  });
};

export const icmpKind: LookingKind<IcmpCheck> = {
  source: "network",
  layer: "primary",
  fields: { host: text },
  run: checkIcmp,
  advice: ({ id, host }) => lookAt(id, host),
};
