import { readFile } from "node:fs/promises";

const SHOWN = 5;

/**
 * Why actions failed since then, from the local DigitalOcean's log: its API says "errored" and no
 * more, as DigitalOcean's does. The last few; none where there is no log.
 */
export const failedActions = async (log: string, since: number): Promise<string[]> => {
  const text = await readFile(log, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return "";
    throw error;
  });
  return text
    .split("\n")
    .flatMap((line) => {
      const [, at, words] = /^(\S+Z) (action .* failed: .*)$/.exec(line) ?? [];
      return words !== undefined && Date.parse(at!) >= since ? [words] : [];
    })
    .slice(-SHOWN);
};
