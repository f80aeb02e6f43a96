import { z } from "zod";

import { oneOrMore } from "../values";
import { folder, processKeys, serviceKeys, word } from "./keys";
import { serviceKind } from "./kind";
import { proxied } from "./proxied";

const command = z
  .array(word)
  .min(1)
  .refine(
    ([first = ""]) => /^\.?\/[\w./+-]+$/.test(first),
    "has to begin with the program's whole path, such as /usr/bin/webhook, or ./NAME for one in the folder.",
  );

/** A program of a Debian package, or one that lies in the folder. */
export const binary = serviceKind({
  schema: z.strictObject({
    kind: z.literal("binary"),
    ...serviceKeys,
    folder: folder.optional(),
    ...processKeys,
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
    environment: service.environment,
  }),
  location: proxied,
});
