import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";

import type { DriftCheck } from "@second-server/contract/check-settings";

import { text } from "../rules";
import type { LookingKind } from "./check-kind";
import { Finding } from "./outcome";

interface Manifest {
  readonly files: readonly { readonly path: string; readonly sha256: string }[];
}

const sha256 = async (path: string): Promise<string | undefined> => {
  const hash = createHash("sha256");
  return pipeline(createReadStream(path), hash).then(
    () => hash.digest("hex"),
    () => undefined,
  );
};

/** @returns how many files agree. @throws Finding naming the first files that do not. */
export const checkDrift = async ({ folder, manifest }: DriftCheck): Promise<string> => {
  const { files } = JSON.parse(await readFile(manifest, "utf8")) as Manifest;
  const differ: string[] = [];
  for (const file of files)
    if ((await sha256(join(folder, file.path))) !== file.sha256.toLowerCase())
      differ.push(file.path);
  if (differ.length > 0)
    throw new Finding(
      `${differ.length} of ${files.length} files differ: ${differ.slice(0, 3).join(", ")}`,
    );
  return `${files.length} files agree`;
};

export const driftKind: LookingKind<DriftCheck> = {
  source: "files",
  layer: "data",
  leastSeconds: 3600,
  fields: { folder: text, manifest: text },
  run: (check) => checkDrift(check),
  advice: () => ({
    wrong: "The copy for failover is not what it should be",
    affects: "nothing now; a failover would not serve what the primary serves.",
    steps: [{ say: "Copy it again.", run: "./fleet up" }],
  }),
};
