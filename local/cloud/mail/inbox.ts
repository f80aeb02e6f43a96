import { mkdir, readdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

import PostalMime from "postal-mime";

import { readIfThere } from "../files";

export interface Mail {
  readonly id: string;
  readonly from: string;
  readonly to: readonly string[];
  readonly subject: string;
  readonly date: string;
  readonly text: string;
  readonly html: string;
}

export interface Inbox {
  /** Oldest first. */
  list(): Promise<Mail[]>;
  add(received: { raw: Buffer; from: string; to: readonly string[]; at: Date }): Promise<Mail>;
  clear(): Promise<void>;
}

const parse = async (
  id: string,
  raw: Buffer,
  from: string,
  to: readonly string[],
  at: Date,
): Promise<Mail> => {
  const mail = await PostalMime.parse(raw);
  return {
    id,
    from: mail.from?.address ?? from,
    to,
    subject: mail.subject ?? "",
    date: at.toISOString(),
    text: mail.text ?? "",
    html: mail.html ?? "",
  };
};

/** One folder: `<n>.json` (parsed, what is listed) beside `<n>.eml` (as it came). */
export const openInbox = async (folder: string): Promise<Inbox> => {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const numbers = async (): Promise<number[]> =>
    (await readdir(folder))
      .flatMap((name) => /^(\d+)\.json$/.exec(name)?.[1] ?? [])
      .map(Number)
      .sort((a, b) => a - b);
  let last = (await numbers()).at(-1) ?? 0;
  return {
    list: async () => {
      const texts = await Promise.all(
        (await numbers()).map((number) => readIfThere(join(folder, `${number}.json`))),
      );
      // Who clears meanwhile clears from the list.
      return texts.flatMap((text) => (text === null ? [] : [JSON.parse(text) as Mail]));
    },
    add: async ({ raw, from, to, at }) => {
      const number = ++last;
      const mail = await parse(String(number), raw, from, to, at);
      await writeFile(join(folder, `${number}.eml`), raw, { mode: 0o600 });
      const temporary = join(folder, `${number}.new`);
      await writeFile(temporary, JSON.stringify(mail), { mode: 0o600 });
      await rename(temporary, join(folder, `${number}.json`));
      return mail;
    },
    clear: async () => {
      for (const name of await readdir(folder)) await rm(join(folder, name), { force: true });
    },
  };
};
