/** What whoever has taken over a machine, or a service on it, does: as root there, or as a service's user. */
import { readFileSync } from "node:fs";
import { join } from "node:path";

import type { Role } from "@second-server/contract/roles";

import { fleet, must, type Outcome } from "../kit";

const sent = (text: string): string => Buffer.from(text).toString("base64");

/** A shell script as root; never rejects for its exit code. */
export const asRoot = (machine: Role, script: string): Promise<Outcome> =>
  fleet("ssh", machine, "--", `echo ${sent(script)} | base64 -d | sudo sh`);

/** What a script that has to succeed says. */
export const rootSays = async (machine: Role, script: string): Promise<string> =>
  (await must(asRoot(machine, script))).out.trim();

/** A shell line that puts one of the programs beside this file on the machine. */
export const bring = (name: string, path: string): string =>
  `echo ${sent(readFileSync(join(__dirname, name), "utf8"))} | base64 -d >${path} && chmod 644 ${path}`;

/** The last line of an output, as JSON. */
export const lastJson = <T>(out: string): T => JSON.parse(out.trim().split("\n").at(-1) ?? "") as T;
