import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { manifestJsonSchema } from "./json-schema";

/**
 * Run by hand after a change of the schema: `node --import tsx config/publish-schema.ts`. A test
 * holds the file to it.
 */
writeFileSync(
  join(__dirname, "fleet.schema.json"),
  `${JSON.stringify(manifestJsonSchema(), undefined, 2)}\n`,
);
