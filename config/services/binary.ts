import { z } from "zod";

import { oneOrMore } from "../values";
import { besideKeys, besideOf, command } from "./beside";
import { folder, processKeys, serviceKeys } from "./keys";
import { serviceKind } from "./kind";
import { proxied } from "./proxied";

/** A program of a Debian package, or one that lies in the folder. */
export const binary = serviceKind({
  schema: z.strictObject({
    kind: z.literal("binary"),
    ...serviceKeys,
    folder: folder.optional(),
    ...processKeys,
    ...besideKeys,
    command: command.describe("Argument vector; ${PORT} and ${DATA_DIR} are filled in"),
  }),
  memoryMiB: 64,
  limited: true,
  healthPath: "/health",
  packages: ({ packages }) => packages,
  sources: (service) => (service.folder === undefined ? undefined : { folder: service.folder }),
  backend: (service) => ({
    command: oneOrMore(service.command),
    port: service.port,
    // A second one can be told another port only where it is told one.
    deploy:
      service.deploy ??
      (service.command.some((word) => word.includes("${PORT}")) ? undefined : "held"),
    drainSeconds: service.drain,
    beside: besideOf(service),
    environment: service.environment,
  }),
  location: proxied,
});
