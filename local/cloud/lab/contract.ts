import type { HostReport } from "../host/report";
import type { LabPaths } from "../paths";

/** One line of progress; `done` in seconds when a step has ended. */
export type Progress = (event: { step: string; detail?: string; seconds?: number }) => void;

export interface LabOptions {
  readonly paths: LabPaths;
  /**
   * False: the API without machines (macOS, no root); it then listens on 127.0.0.1 only, see
   * `LabStatus.api`.
   */
  readonly machines: boolean;
  readonly pace: "host" | "real";
  readonly progress: Progress;
}

export interface LabStatus {
  readonly running: boolean;
  readonly pid?: number;
  /**
   * Base URL of API v2 as seen by a process started through `inLab` (or by any process, without
   * machines).
   */
  readonly api: string;
  readonly machines: boolean;
  /** The owner's token of that API. */
  readonly token?: string;
}

export interface Lab {
  checkHost(paths?: LabPaths): Promise<HostReport>;
  installPackages(packages: readonly string[], progress: Progress): Promise<void>;
  /** Builds or finds the base image in the cache. */
  ensureImage(paths: LabPaths, progress: Progress): Promise<void>;
  /**
   * Starts the cloud in the background, or joins the running one; takes over after a crash. Boots
   * machines that were on.
   */
  start(options: LabOptions): Promise<LabStatus>;
  status(paths: LabPaths): Promise<LabStatus>;
  /** Machines powered off cleanly, processes and namespaces gone, state kept. */
  stop(paths: LabPaths, progress: Progress): Promise<void>;
  /** Nothing left but the image cache. Works on a crashed or half-made cloud, and where none is. */
  destroy(paths: LabPaths, progress: Progress): Promise<void>;
  /** How to start a command as an operator inside the lab's network: its DNS, its CA, its API. */
  inLab(
    paths: LabPaths,
    argv: readonly string[],
  ): {
    readonly command: string;
    readonly args: readonly string[];
    readonly env: Readonly<Record<string, string>>;
  };
  /** HTTP over the cloud's socket, from any namespace: request("GET", "/v2/droplets"). */
  request(
    paths: LabPaths,
    method: string,
    path: string,
    body?: unknown,
  ): Promise<{ readonly status: number; readonly body: unknown }>;
}
