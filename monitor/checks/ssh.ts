import type { SshCheck } from "@second-server/contract/observatory";

import { openPlain } from "./connection";
import { Finding, TooLate } from "./outcome";

/** Longer than any banner that RFC 4253 allows. */
const LONGEST = 512;

/** The server speaks first; we read its banner and hang up. @returns the banner. */
export const checkSsh = (
  { host, port = 22, banner = "SSH-2.0-" }: Pick<SshCheck, "host" | "port" | "banner">,
  timeoutMs: number,
): Promise<string> => {
  return new Promise((resolve, reject) => {
    const socket = openPlain(host, port, timeoutMs);
    let heard = "";
    let stage = "no connection";
    const timer = setTimeout(
      () => fail(new TooLate(`${stage} within ${timeoutMs / 1000} s`)),
      timeoutMs,
    );
    const end = (settle: () => void): void => {
      clearTimeout(timer);
      socket.destroy();
      settle();
    };
    const fail = (error: Error): void => end(() => reject(error));
    socket.once("connect", () => {
      stage = "no SSH banner";
    });
    socket.on("data", (chunk) => {
      heard += chunk.toString("latin1");
      const line = heard.split("\n")[0]?.trim() ?? "";
      if (!heard.includes("\n") && heard.length < LONGEST) return;
      if (line.startsWith(banner)) end(() => resolve(line.slice(0, 100)));
      else fail(new Finding(`the banner is "${line.slice(0, 60)}", not "${banner}…"`));
    });
    socket.once("end", () => fail(new TooLate("the connection was closed before the SSH banner")));
    socket.once("error", fail);
  });
};
