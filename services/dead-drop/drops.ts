import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { join } from "node:path";

import Database from "libsql";

/**
 * One-time secrets. The key is part of the link and never stored, so the database alone gives
 * nothing away.
 */
export class Drops {
  readonly #db: InstanceType<typeof Database>;
  /**
   * Beside the secrets: a question after health is no change of what is kept, which would be copied
   * each time.
   */
  readonly #probed: InstanceType<typeof Database>;

  constructor(folder: string) {
    this.#db = new Database(join(folder, "drops.db"));
    this.#db.exec(
      "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON; " +
        "CREATE TABLE IF NOT EXISTS drops (id TEXT PRIMARY KEY, sealed TEXT NOT NULL, " +
        "expires INTEGER NOT NULL) WITHOUT ROWID",
    );
    this.#probed = new Database(join(folder, "probe.db"));
  }

  /** @returns id and key, together the link. */
  put(text: string, expires: number): { readonly id: string; readonly key: string } {
    const [id, key, nonce] = [
      randomBytes(9).toString("base64url"),
      randomBytes(32),
      randomBytes(12),
    ];
    const cipher = createCipheriv("aes-256-gcm", key, nonce);
    const sealed = Buffer.concat([
      nonce,
      cipher.update(text, "utf8"),
      cipher.final(),
      cipher.getAuthTag(),
    ]).toString("base64");
    this.#db.prepare("INSERT INTO drops VALUES (?, ?, ?)").run(id, sealed, expires);
    return { id, key: key.toString("base64url") };
  }

  /** Gives it out and forgets it, if the key is right; a wrong key leaves it there. */
  take(id: string, key: string, now: number): string | undefined {
    this.#db.prepare("DELETE FROM drops WHERE expires <= ?").run(now);
    const row = this.#db.prepare("SELECT sealed FROM drops WHERE id = ?").get(id) as
      { sealed: string } | undefined;
    const text =
      row === undefined
        ? undefined
        : unseal(Buffer.from(row.sealed, "base64"), Buffer.from(key, "base64url"));
    if (text !== undefined) this.#db.prepare("DELETE FROM drops WHERE id = ?").run(id);
    return text;
  }

  count(): number {
    return (this.#db.prepare("SELECT count(*) AS n FROM drops").get() as { n: number }).n;
  }

  /** @throws when the database is not free to be written, or nothing can be written beside it. */
  probe(): void {
    this.#db.exec("BEGIN IMMEDIATE; ROLLBACK");
    this.#probed.exec(
      "BEGIN IMMEDIATE; CREATE TABLE IF NOT EXISTS probe (at INTEGER); DELETE FROM probe; INSERT INTO probe VALUES (unixepoch()); COMMIT",
    );
  }

  close(): void {
    this.#probed.close();
    this.#db.close();
  }
}

const unseal = (sealed: Buffer, key: Buffer): string | undefined => {
  if (key.length !== 32) return undefined;
  try {
    const decipher = createDecipheriv("aes-256-gcm", key, sealed.subarray(0, 12));
    decipher.setAuthTag(sealed.subarray(-16));
    return Buffer.concat([decipher.update(sealed.subarray(12, -16)), decipher.final()]).toString(
      "utf8",
    );
  } catch {
    return undefined;
  }
};
