import type { Hono } from "hono";

import type { Clock } from "../clock";
import type { Hypervisor } from "../machines/hypervisor";
import type { Letter } from "../mail/send";
import type { CloudState } from "../records";
import type { Store } from "../store";
import type { Faults } from "./faults";
import type { Jobs } from "./jobs";
import type { Network } from "./network-plan";
import type { Notify } from "./notices";
import type { Metrics } from "./watch/metrics";

/** What every resource works with. */
export interface Cloud {
  readonly store: Store;
  readonly state: CloudState;
  readonly hypervisor: Hypervisor;
  readonly clock: Clock;
  /** "host": things take as long as they take here. "real": DigitalOcean's delays are added. */
  readonly pace: "host" | "real";
  readonly jobs: Jobs;
  readonly network: Network;
  readonly faults: Faults;
  readonly metrics: Metrics;
  /** Mails to customers; tried again while nobody takes them. */
  readonly write: (letter: Letter) => void;
  /** Of alerts: by mail and webhook. */
  readonly notify: Notify;
  readonly log: (line: string) => void;
}

export type ApiEnv = { Variables: { requestId: string; token: string } };
export type Api = Hono<ApiEnv>;

/** DigitalOcean's times have no fraction of a second. */
export const timestamp = (cloud: { readonly clock: Clock }): string =>
  cloud.clock
    .now()
    .toISOString()
    .replace(/\.\d+Z$/, "Z");
