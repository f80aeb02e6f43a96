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
  type: string,
): { rcode: string; data: unknown[] } => {
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

export const addressOf = (outside: Outside, host: string): string => {
  const { rcode, data } = lookup(outside, host, "A");
  if (rcode === "NXDOMAIN")
    throw problem(
      400,
      "dns",
      `DNS problem: NXDOMAIN looking up A for ${host} - check that a DNS record exists for this domain`,
    );
  if (!data.length) throw problem(400, "dns", `DNS problem: no valid A records found for ${host}`);
  return String(data[0]);
};
