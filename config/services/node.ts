import { TREES, treeFolder } from "@second-server/contract/paths";
import { z } from "zod";

import { besideKeys, besideOf } from "./beside";
import { entry, folder, processKeys, serviceKeys } from "./keys";
import { serviceKind } from "./kind";
import { proxied } from "./proxied";

/** Node's heap limit: what the unit may use, less what Node needs besides its heap. */
const heapMiB = (memoryMiB: number): number => Math.max(24, memoryMiB - 48);

/** The entry, bundled to one main.js with what it imports, run by Debian's Node. */
export const node = serviceKind({
  schema: z.strictObject({
    kind: z.literal("node"),
    ...serviceKeys,
    folder,
    ...processKeys,
    ...besideKeys,
    entry: entry.default("main.ts"),
  }),
  memoryMiB: 96,
  limited: true,
  healthPath: "/health",
  packages: ({ packages }) => packages,
  sources: (service) => ({ folder: service.folder, entry: service.entry, bundled: true }),
  backend: (service, memoryMiB) => ({
    command: [
      "/usr/bin/node",
      "--max-semi-space-size=1",
      `--max-old-space-size=${heapMiB(memoryMiB)}`,
      "main.js",
    ],
    port: service.port,
    deploy: service.deploy,
    drainSeconds: service.drain,
    beside: besideOf(service),
    environment: {
      NODE_ENV: "production",
      NODE_PATH: treeFolder(TREES.libsql),
      MALLOC_ARENA_MAX: "2",
      UV_THREADPOOL_SIZE: "2",
      ...service.environment,
    },
    // SQLite, which can't be bundled.
    trees: [TREES.libsql],
  }),
  location: proxied,
});
