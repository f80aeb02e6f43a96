import { once } from "node:events";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { SMTPServer } from "smtp-server";

/** The same targets and the same mailbox for every monitor. */
export interface Lab {
  readonly port: number; readonly smtp: number;
  /** Requests since the start. */
  requests(): number;
  setDown(down: boolean): void;
  /** Arrival of the next mail whose text contains the word, milliseconds. */
  mail(word: string, patienceMs: number): Promise<number>;
  close(): void;
}

export async function openLab(): Promise<Lab> {
  let [requests, down] = [0, false];
  const mails: { at: number; text: string }[] = [];
  const waiting = new Set<() => void>();
  const web = createServer((request, response) => {
    requests += 1;
    response.writeHead(down && request.url === "/1" ? 500 : 200).end("<html><title>ok</title>ok</html>");
  }).listen(0, "127.0.0.1");
  const smtp = new SMTPServer({ authOptional: true, disabledCommands: ["STARTTLS"], onData(stream, _session, done) {
    let text = "";
    stream.on("data", (chunk: Buffer) => { text += chunk.toString(); });
    stream.on("end", () => {
      mails.push({ at: performance.now(), text });
      for (const wake of waiting) wake();
      done();
    });
  } });
  const mailServer = smtp.listen(0, "127.0.0.1");
  await Promise.all([once(web, "listening"), once(mailServer, "listening")]);
  return {
    port: (web.address() as AddressInfo).port, smtp: (mailServer.address() as AddressInfo).port, requests: () => requests, setDown: (value) => { down = value; },
    mail(word, patienceMs) {
      const from = performance.now();
      return new Promise((resolve, reject) => {
        const end = (settle: () => void): void => {
          clearTimeout(timer);
          waiting.delete(look);
          settle();
        };
        const look = (): void => {
          const found = mails.find(({ at, text }) => at >= from && text.includes(word));
          if (found !== undefined) end(() => resolve(found.at));
        };
        const timer = setTimeout(() => end(() => reject(new Error(`no mail with "${word}" within ${patienceMs / 1000} s`))), patienceMs);
        waiting.add(look);
      });
    },
    close() {
      web.close();
      web.closeAllConnections();
      smtp.close();
    },
  };
}

/** Resident memory (MB) and processor time (s) of a process and all below it. */
export function usage(pid: number): { readonly rss: number; readonly cpu: number } {
  const text = (path: string): string => { try { return readFileSync(path, "utf8"); } catch { return ""; } };
  const fields = text(`/proc/${pid}/stat`).replace(/^.*\) /s, "").split(" ").map(Number);
  const own = { rss: Number(/VmRSS:\s+(\d+)/.exec(text(`/proc/${pid}/status`))?.[1] ?? 0) / 1024, cpu: ((fields[11] ?? 0) + (fields[12] ?? 0) + (fields[13] ?? 0) + (fields[14] ?? 0)) / 100 };
  return text(`/proc/${pid}/task/${pid}/children`).trim().split(" ").filter((child) => child !== "").map((child) => usage(Number(child))).reduce((sum, one) => ({ rss: sum.rss + one.rss, cpu: sum.cpu + one.cpu }), own);
}

export const bytesBelow = (folder: string): number => readdirSync(folder, { withFileTypes: true }).reduce((sum, entry) => sum + (entry.isDirectory() ? bytesBelow(join(folder, entry.name)) : statSync(join(folder, entry.name)).size), 0);
