import type { ReleaseHandover } from "@second-server/contract/release";
import type { z } from "zod";

import type { Beside } from "./beside";
import { headersOf } from "./headers";
import type { serviceKeys } from "./keys";
import { DEFAULT_LIMITS, type RequestLimits, limitsOf } from "./visitors";

/** Where its files come from. */
export interface Sources {
  /** Relative to the manifest. */
  readonly folder: string;
  /** The file to start, inside the folder. */
  readonly entry?: string;
  /**
   * The entry becomes one main.js with all that it imports; otherwise the folder travels as it is.
   */
  readonly bundled?: boolean;
}

/**
 * How a new version takes over: a second process beside the first, or one after the other while
 * visitors wait.
 */
export type Way = ReleaseHandover["way"];

/** A process of its own: it gets a user, a port, a unit, a watchdog. */
export interface Process {
  /**
   * Argument vector. `${PORT}` and `${DATA_DIR}` are filled in; "./" before the program stands for
   * its folder.
   */
  readonly command: readonly [string, ...string[]];
  /** Where fleet.yaml fixes it; chosen otherwise. */
  readonly port?: number;
  readonly environment: Readonly<Record<string, string>>;
  /** Trees of the release that it needs besides its own: it is restarted when one changes. */
  readonly trees?: readonly string[];
  /** Where fleet.yaml says it; chosen otherwise. */
  readonly deploy?: Way;
  readonly drainSeconds?: number;
  readonly beside?: Beside;
}

/**
 * What answers the requests that nginx does not answer itself: a process of ours, or something that
 * runs at this address already.
 */
export type Backend = Process | { readonly upstream: string };

/** What a location is made from. */
export interface Served {
  readonly name: string;
  readonly port?: number;
  /** Where what answers in its place listens while it restarts. */
  readonly sparePort?: number;
  readonly upstream?: string;
  readonly streaming: boolean;
  readonly cacheSeconds?: number;
}
/** A file below templates/ and what goes into its holes. */
export interface Filling {
  readonly template: string;
  readonly values: Readonly<Record<string, string | number>>;
}

/** The keys that every service has, as the schema gives them. */
export type CommonEntry = z.output<z.ZodObject<typeof serviceKeys>>;

/**
 * All that there is to say of one kind of service; `Entry` is its item in fleet.yaml, as its schema
 * gives it.
 */
interface Definition<Schema, Entry> {
  /** Its keys: the keys of every service, and its own. */
  readonly schema: Schema;
  /** Memory limit when left out; none for what nginx does alone. */
  readonly memoryMiB: number;
  /**
   * Whether one client's requests are counted when nothing is said: what costs no process is not.
   */
  readonly limited: boolean;
  /** Path that is asked when left out. */
  readonly healthPath: string;
  /** Debian packages that have to be there before it starts. */
  readonly packages: (entry: Entry) => readonly string[];
  readonly sources: (entry: Entry) => Sources | undefined;
  readonly backend: (entry: Entry, memoryMiB: number) => Backend | undefined;
  /** What nginx does with its requests. */
  readonly location: (service: Served) => Filling;
}

/** A service of fleet.yaml in the same terms for every kind. */
export interface ServiceEntry<Name extends string> {
  readonly kind: Name;
  readonly host?: string;
  readonly memoryMiB: number;
  readonly health: CommonEntry["health"] & { readonly path: string };
  readonly data: CommonEntry["data"];
  readonly quotaBytes?: number;
  readonly push?: string;
  readonly streaming: boolean;
  readonly limits?: RequestLimits;
  readonly maxBodyBytes: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly cacheSeconds?: number;
  readonly snippet?: string;
  readonly packages: readonly string[];
  readonly sources?: Sources;
  readonly backend?: Backend;
}

/**
 * A kind whose entries come out of the schema as `ServiceEntry`, with what was left out filled in.
 */
export const serviceKind = <
  Name extends string,
  Schema extends z.ZodType<CommonEntry & { readonly kind: Name }> & z.core.$ZodTypeDiscriminable,
>({
  schema,
  location,
  ...kind
}: Definition<Schema, z.output<Schema>>) => ({
  location,
  schema: schema.transform((entry): ServiceEntry<z.output<Schema>["kind"]> => {
    const memoryMiB = entry.memory ?? kind.memoryMiB;
    return {
      kind: entry.kind,
      host: entry.host,
      memoryMiB,
      health: { ...entry.health, path: entry.health.path ?? kind.healthPath },
      data: entry.data,
      ...(entry.quota === undefined ? {} : { quotaBytes: entry.quota }),
      ...(entry.push === undefined ? {} : { push: entry.push }),
      streaming: entry.streaming,
      limits: limitsOf(entry.limits, kind.limited ? DEFAULT_LIMITS : undefined),
      maxBodyBytes: entry["max-body"],
      headers: headersOf(entry.headers),
      ...(entry.cache === undefined ? {} : { cacheSeconds: entry.cache }),
      ...(entry.nginx === undefined ? {} : { snippet: entry.nginx }),
      packages: kind.packages(entry),
      sources: kind.sources(entry),
      backend: kind.backend(entry, memoryMiB),
    };
  }),
});
