import { once } from "node:events";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";

import { SMTPServer } from "smtp-server";

/** The same targets and the same mailbox for every monitor. */
export interface Lab {
  readonly port: number;
  readonly smtp: number;
  /** Requests since the start, below this folder. */
  requests(folder: string): number;
  /** Which page answers 500, in each folder. */
  setDown(page: string | undefined): void;
  /** Arrival of the next mail to this mailbox that contains the word, milliseconds. */
  mail(box: string, word: string, patienceMs: number): Promise<number>;
  close(): void;
}

export const openLab = async (): Promise<Lab> => {
  const requests = new Map<string, number>();
  let down: string | undefined;
  const mails: { at: number; box: string; text: string }[] = [];
  const waiting = new Set<() => void>();
  const web = createServer((request, response) => {
    const [, folder = "", page] = (request.url ?? "").split("/");
    requests.set(folder, (requests.get(folder) ?? 0) + 1);
    response.writeHead(page === down ? 500 : 200).end("<html><title>ok</title>ok</html>");
  }).listen(0, "127.0.0.1");
  const smtp = new SMTPServer({
    authOptional: true,
    disabledCommands: ["STARTTLS"],
    onData(stream, { envelope }, done) {
      let text = "";
      stream.on("data", (chunk: Buffer) => {
        text += chunk.toString();
      });
      stream.on("end", () => {
        mails.push({
          at: performance.now(),
          box: envelope.rcptTo[0]?.address.split("@")[0] ?? "",
          text,
        });
        for (const wake of waiting) wake();
        done();
      });
    },
  });
  const mailServer = smtp.listen(0, "127.0.0.1");
  await Promise.all([once(web, "listening"), once(mailServer, "listening")]);
  return {
    port: (web.address() as AddressInfo).port,
    smtp: (mailServer.address() as AddressInfo).port,
    requests: (folder) => requests.get(folder) ?? 0,
    setDown: (page) => {
      down = page;
    },
    mail(box, word, patienceMs) {
      const named = new RegExp(`${word}\\b`);
      const from = performance.now();
      return new Promise((resolve, reject) => {
        const end = (settle: () => void): void => {
          clearTimeout(timer);
          waiting.delete(look);
          settle();
        };
        const look = (): void => {
          const found = mails.find(
            (mail) => mail.at >= from && mail.box === box && named.test(mail.text),
          );
          if (found !== undefined) end(() => resolve(found.at));
        };
        const timer = setTimeout(
          () =>
            end(() => reject(new Error(`no mail with "${word}" within ${patienceMs / 1000} s`))),
          patienceMs,
        );
        waiting.add(look);
      });
    },
    close() {
      web.close();
      web.closeAllConnections();
      smtp.close();
    },
  };
};

/** Resident memory (MB) and processor time (s) of a process and all below it. */
export const usage = (pid: number): { readonly rss: number; readonly cpu: number } => {
  const text = (path: string): string => {
    try {
      return readFileSync(path, "utf8");
    } catch {
      return "";
    }
  };
  const fields = text(`/proc/${pid}/stat`)
    .replace(/^.*\) /s, "")
    .split(" ")
    .map(Number);
  const own = {
    rss: Number(/VmRSS:\s+(\d+)/.exec(text(`/proc/${pid}/status`))?.[1] ?? 0) / 1024,
    cpu: ((fields[11] ?? 0) + (fields[12] ?? 0) + (fields[13] ?? 0) + (fields[14] ?? 0)) / 100,
  };
  return text(`/proc/${pid}/task/${pid}/children`)
    .trim()
    .split(" ")
    .filter((child) => child !== "")
    .map((child) => usage(Number(child)))
    .reduce((sum, one) => ({ rss: sum.rss + one.rss, cpu: sum.cpu + one.cpu }), own);
};

export const bytesBelow = (folder: string): number =>
  readdirSync(folder, { withFileTypes: true }).reduce(
    (sum, entry) =>
      sum +
      (entry.isDirectory()
        ? bytesBelow(join(folder, entry.name))
        : statSync(join(folder, entry.name)).size),
    0,
  );
