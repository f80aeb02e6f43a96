import { createHash } from "node:crypto";
import {
  createReadStream,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  readlinkSync,
} from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";

import { z } from "zod";

import type { Context } from "../context";
import { cannotRun, failed } from "../errors";
import { type Selection, sendBackup } from "./export";

const listSchema = z.object({
  at: z.string(),
  entries: z.array(
    z.union([
      z.object({ path: z.string(), sha256: z.string() }),
      z.object({ path: z.string(), link: z.string() }),
    ]),
  ),
});

/** A backup's list spells each byte of a name that is no UTF-8 as U+DC00 and that byte. */
const nameOf = (path: string): Buffer =>
  Buffer.concat(
    [...path].map((sign) => {
      const code = sign.codePointAt(0) ?? 0;
      return code >= 0xdc80 && code <= 0xdcff ? Buffer.from([code - 0xdc00]) : Buffer.from(sign);
    }),
  );

const hashOf = async (path: Buffer): Promise<string> => {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex");
};

/** What has come, against the list that came with it; @returns how many files. */
export const verifyFolder = async (folder: string): Promise<number> => {
  const { entries } = listSchema.parse(
    JSON.parse(readFileSync(join(folder, "manifest.json"), "utf8")),
  );
  for (const entry of entries) {
    const path = Buffer.concat([Buffer.from(`${folder}/`), nameOf(entry.path)]);
    const isSame =
      "link" in entry
        ? readlinkSync(path, { encoding: "buffer" }).equals(nameOf(entry.link))
        : (await hashOf(path)) === entry.sha256;
    if (!isSame) throw failed(`fleet: ${entry.path} did not arrive as it is in the backup.`);
  }
  return entries.length;
};

/** Into an empty folder of the owner's machine, checked file by file there. */
export const download = async (
  context: Context,
  selection: Selection,
  folder: string,
): Promise<{ readonly from: string; readonly files: number }> => {
  if (existsSync(folder) && readdirSync(folder).length > 0)
    throw cannotRun(`fleet: ${folder} is not empty. Say a folder that is, or that is not there.`);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const { from } = await sendBackup(context, selection, {
    command: "tar",
    args: ["-xf", "-", "-C", folder, "--no-same-owner", "--delay-directory-restore"],
    name: "tar, on this machine",
  });
  return { from, files: await verifyFolder(folder) };
};
