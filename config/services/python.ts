import { z } from "zod";

import { besideKeys, besideOf } from "./beside";
import { entry, folder, processKeys, serviceKeys } from "./keys";
import { serviceKind } from "./kind";
import { proxied } from "./proxied";

/** The entry, run by Debian's Python. */
export const python = serviceKind({
  schema: z.strictObject({
    kind: z.literal("python"),
    ...serviceKeys,
    folder,
    ...processKeys,
    ...besideKeys,
    entry: entry.default("main.py"),
  }),
  memoryMiB: 64,
  limited: true,
  healthPath: "/health",
  packages: ({ packages }) => packages,
  sources: (service) => ({ folder: service.folder, entry: service.entry }),
  backend: (service) => ({
    // -B: its folder is not its own to write to, so there is no cache of compiled files.
    command: ["/usr/bin/python3", "-B", service.entry],
    port: service.port,
    deploy: service.deploy,
    drainSeconds: service.drain,
    beside: besideOf(service),
    environment: service.environment,
  }),
  location: proxied,
});
