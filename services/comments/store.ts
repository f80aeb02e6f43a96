import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

export interface Comment {
  readonly id: number;
  readonly page: string;
  readonly author: string;
  readonly text: string;
  readonly at: string;
}

/**
 * All of it is in memory and written at each comment: without a bound, whoever posts enough ends
 * the service for good.
 */
const MOST_CHARACTERS = 4_000_000;
export class FullError extends Error {}

/**
 * All comments in one JSON file, written as a whole so that a power cut leaves the old or the new
 * one.
 */
export class Comments {
  readonly #path: string;
  #all: Comment[];

  constructor(folder: string) {
    this.#path = join(folder, "comments.json");
    this.#all = this.#read();
  }

  of(page: string): readonly Comment[] {
    return this.#all.filter((comment) => comment.page === page);
  }
  count(): number {
    return this.#all.length;
  }

  add(page: string, author: string, text: string, now: Date): Comment {
    const comment = {
      id: (this.#all.at(-1)?.id ?? 0) + 1,
      page,
      author,
      text,
      at: now.toISOString(),
    };
    const whole = JSON.stringify([...this.#all, comment]);
    if (whole.length > MOST_CHARACTERS) throw new FullError("there is no room for more comments");
    this.#write(whole);
    this.#all.push(comment);
    return comment;
  }

  /** @throws when the file can't be written: what a health check has to find out. */
  probe(): void {
    this.#write(JSON.stringify(this.#all));
  }

  #read(): Comment[] {
    try {
      return JSON.parse(readFileSync(this.#path, "utf8")) as Comment[];
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
      throw new Error(`${this.#path}: ${(error as Error).message}`, { cause: error });
    }
  }

  #write(text: string): void {
    const file = openSync(`${this.#path}.new`, "w", 0o640);
    try {
      // Not writeSync: on a disk that is nearly full it writes a part, and says so only by its
      // result.
      writeFileSync(file, text);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(`${this.#path}.new`, this.#path);
    // Until its folder is on the disk too, a power cut leaves the old one: after the comment was
    // acknowledged.
    const folder = openSync(dirname(this.#path), "r");
    try {
      fsyncSync(folder);
    } finally {
      closeSync(folder);
    }
  }
}
