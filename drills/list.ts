import type { Drill } from "./drill";

export interface DrillEntry {
  readonly name: string;
  readonly summary: string;
  readonly load: () => Promise<{ readonly run: Drill }>;
}

/** Every disaster that can be rehearsed; its file is loaded when it is run. */
export const DRILLS: readonly DrillEntry[] = [
  {
    name: "primary-dark",
    summary: "cut the primary's power; alert; power on; all-clear",
    load: () => import("./primary-dark"),
  },
  {
    name: "primary-lost",
    summary:
      "delete the primary; alert; ./fleet recover primary; every service and the last comment are back",
    load: () => import("./primary-lost"),
  },
  {
    name: "watcher-dark",
    summary:
      "cut the watcher's power; the services go on; the primary's alert; power on; all-clear",
    load: () => import("./watcher-dark"),
  },
];
