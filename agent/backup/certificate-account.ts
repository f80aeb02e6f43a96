import { createPrivateKey } from "node:crypto";
import { readdirSync } from "node:fs";
import { join } from "node:path";

import { makeFolder, writeWhole } from "../files";
import { folderBelow, textOf } from "./certificate-pair";

export const ACME_SERVER = "acme-v02.api.letsencrypt.org";

const objectIn = (text: string | undefined): Readonly<Record<string, unknown>> => {
  const value: unknown = JSON.parse(text ?? "0");
  if (typeof value !== "object" || !value) throw new Error("it is no object");
  return Object.fromEntries(Object.entries(value));
};

/**
 * The account that may renew, so that its limits and its history go on; its name, or undefined
 * where none can be used.
 */
export const putAccount = (root: string, target: string): string | undefined => {
  const accounts = folderBelow(root, "accounts", ACME_SERVER, "directory");
  for (const id of accounts === undefined ? [] : readdirSync(accounts)) {
    if (!/^[0-9a-f]{32}$/.test(id)) continue;
    const folder = folderBelow(accounts ?? "", id);
    try {
      const jwk = createPrivateKey({
        key: objectIn(textOf(folder, "private_key.json")),
        format: "jwk",
      }).export({ format: "jwk" });
      const { uri } = objectIn(textOf(folder, "regr.json"));
      if (typeof uri !== "string" || !uri.startsWith(`https://${ACME_SERVER}/`)) continue;
      const files = {
        "private_key.json": jwk,
        "regr.json": { body: {}, uri },
        "meta.json": { creation_dt: "2026-01-01T00:00:00Z", creation_host: "restored" },
      };
      const place = join(target, "accounts", ACME_SERVER, "directory", id);
      makeFolder(place, 0o700);
      for (const [name, value] of Object.entries(files))
        writeWhole(join(place, name), JSON.stringify(value), 0o400);
      return id;
    } catch {
      // Not an account: another one may be.
    }
  }
  return undefined;
};
