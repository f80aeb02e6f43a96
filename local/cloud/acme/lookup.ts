import type { Answer } from "dns-packet";

import { answer } from "../dns/zone";
import type { CloudState } from "../records";
import type { FetchFrom } from "./fetch";
import { problem } from "./problem";

/** The world as a certificate authority sees it. */
export interface Outside {
  readonly state: CloudState;
  readonly fetch: FetchFrom;
  /** A DNS fault that holds for this name. */
  readonly dnsFault: (name: string) => boolean;
}

export const lookup = (
  outside: Outside,
  name: string,
  type: "A" | "CAA" | "TXT",
): { rcode: string; answers: readonly Answer[] } => {
  if (outside.dnsFault(name))
    throw problem(400, "dns", `DNS problem: SERVFAIL looking up ${type} for ${name}`);
  return answer(outside.state, { name, type });
};

export const addressOf = (outside: Outside, host: string): string => {
  const { rcode, answers } = lookup(outside, host, "A");
  if (rcode === "NXDOMAIN")
    throw problem(
      400,
      "dns",
      `DNS problem: NXDOMAIN looking up A for ${host} - check that a DNS record exists for this domain`,
    );
  const [address] = answers.flatMap((one) => (one.type === "A" ? [one.data] : []));
  if (address === undefined)
    throw problem(400, "dns", `DNS problem: no valid A records found for ${host}`);
  return address;
};
