import { isIP } from "node:net";

import { answer } from "../../dns/zone";
import { hitsName } from "../../faults/dns";
import type { ActiveFault } from "../../faults/registry";
import type { Cloud } from "../cloud";

/** The DNS fault that holds for a name. */
export const dnsFault = (
  { faults }: Pick<Cloud, "faults">,
  name: string,
): Extract<ActiveFault, { kind: "dns" }> | undefined =>
  faults.find("dns", (fault) => hitsName(fault, name));

/**
 * "https://a.example.test/x", "a.example.test:8080/x" and "203.0.113.10" each name a host; null for
 * what names none.
 */
const hostOf = (target: string): string | null => {
  const text = /^[a-z]+:\/\//i.test(target) ? target : `http://${target}`;
  return URL.canParse(text) ? new URL(text).hostname.replace(/^\[|\]$/g, "") : null;
};

export type Located = { readonly address: string } | { readonly problem: string };

/** Where a check's target is, by the lab's own DNS. */
export const locate = (cloud: Cloud, target: string): Located => {
  const host = hostOf(target);
  if (!host) return { problem: `"${target}" names no host` };
  if (isIP(host)) return { address: host };
  if (dnsFault(cloud, host)) return { problem: `${host} can't be looked up` };
  const reply = answer(cloud.store.state, { name: host, type: "A" });
  const [address] = reply.answers.flatMap((one) => (one.type === "A" ? [one.data] : []));
  return address !== undefined
    ? { address }
    : { problem: reply.rcode === "NXDOMAIN" ? `${host} does not exist` : `${host} has no address` };
};
