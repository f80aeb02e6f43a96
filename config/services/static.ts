import { z } from "zod";

import { closedTo } from "./closed";
import { folder, serviceKeys } from "./keys";
import { serviceKind } from "./kind";

/** nginx serves the folder. */
export const staticSite = serviceKind({
  schema: z.strictObject({ kind: z.literal("static"), ...serviceKeys, folder }),
  memoryMiB: 0,
  limited: false,
  healthPath: "/",
  packages: () => [],
  sources: (entry) => ({ folder: entry.folder }),
  backend: () => undefined,
  location: ({ name }) => ({
    template: "nginx/static.conf",
    values: { name, closed: closedTo(name) },
  }),
});
