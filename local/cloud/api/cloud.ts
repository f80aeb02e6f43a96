import type { Hono } from "hono";

import type { Clock } from "../clock";
import type { Faults } from "../faults/active";
import type { Hypervisor } from "../machines/hypervisor";
import type { Letter } from "../mail/send";
import type { Collection, Store } from "../record-store";
import type { DropletRecord } from "../records/machines";
import type { Jobs } from "./jobs";
import type { Network } from "./network-plan";
import type { Notify } from "./notifications";
import type { Tokens } from "./tokens/tokens";
import type { Metrics } from "./watch/metrics";

/** What every resource works with. */
export interface Cloud {
  readonly store: Store;
  readonly hypervisor: Hypervisor;
  readonly clock: Clock;
  /** "host": things take as long as they take here. "real": DigitalOcean's delays are added. */
  readonly pace: "host" | "real";
  readonly jobs: Jobs;
  readonly network: Network;
  readonly faults: Faults;
  readonly metrics: Metrics;
  /** Who may call the API. */
  readonly tokens: Tokens;
  /** Mails to customers; tried again while nobody takes them. */
  readonly write: (letter: Letter) => void;
  /** Of alerts: by mail and webhook. */
  readonly notify: Notify;
  readonly log: (line: string) => void;
  /** All of them, for those that look at the others (tags, projects, the account). */
  readonly resources: readonly Resource[];
}

/** A kind of record whose tags the API changes. */
export interface Taggable {
  /** As requests name it; its plural is the key in a tag's answer. */
  readonly type: "droplet" | "image" | "volume" | "volume_snapshot";
  /** Of one, below /v2. */
  readonly path: string;
  readonly collection: (store: Store) => Collection<{
    readonly id: number | string;
    readonly tags: readonly string[];
  }>;
}

/** What a project may hold. */
export interface ProjectMember {
  /** In its URN: "do:<kind>:<id>". */
  readonly kind: string;
  /** A former or second name in URNs, which reads back as `kind`. */
  readonly alias?: string;
  /** Below /v2. */
  readonly path: string;
  readonly exists: (store: Store, id: string) => boolean;
}

/**
 * One resource of API v2, whole: a new one is its own file, its collection in records.ts and a line
 * in resources.ts.
 */
export interface Resource {
  /** Below /v2. */
  readonly routes: (cloud: Cloud) => Api;
  /** After a daemon's death: goes on with what was under way. */
  readonly resume?: (cloud: Cloud) => void;
  readonly taggable?: readonly Taggable[];
  readonly projectMember?: ProjectMember;
  /** How many an account may have, under the names that GET /v2/account says it by. */
  readonly accountLimits?: Readonly<Record<string, number>>;
  /** A tag is gone: of records that name tags for another reason than having them. */
  readonly forgetTag?: (store: Store, tag: string) => void;
  /** A droplet is gone, and with it what names it. */
  readonly forgetDroplet?: (store: Store, droplet: DropletRecord) => void;
}

export type ApiEnv = {
  Variables: { requestId: string; token: string };
  /**
   * Whether a request came through a door that opens to the lab's owner only: there any token is
   * the owner's.
   */
  Bindings: { readonly ownersDoor?: boolean };
};
export type Api = Hono<ApiEnv>;

/** DigitalOcean's times have no fraction of a second. */
export const timestamp = (cloud: { readonly clock: Clock }): string =>
  cloud.clock
    .now()
    .toISOString()
    .replace(/\.\d+Z$/, "Z");
