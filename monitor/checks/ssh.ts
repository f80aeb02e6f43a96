import type { SshCheck } from "@second-server/contract/check-settings";

import { optional, port, text } from "../rules";
import { lookAt, place } from "./advice";
import type { LookingKind } from "./check-kind";
import { openPlain } from "./connection";
import { Finding, TooLate } from "./outcome";
import { failedAt, followStage, type Stage } from "./stage";

/** Longer than any line before the banner, and all of them together. */
const LONGEST_LINE = 512;
const LONGEST = 8192;

/** "1.99" is a server that speaks both versions (RFC 4253, 5.1). */
const fits = (line: string): boolean => line.startsWith("SSH-2.0-") || line.startsWith("SSH-1.99-");

/**
 * @returns the banner, which may come after other lines (RFC 4253, 4.2); undefined while it may
 * still come.
 */
const bannerIn = (heard: string): string | undefined => {
  const lines = heard.split("\n");
  const begun = lines.pop() ?? "";
  const banner = lines.find((line) => line.startsWith("SSH-"));
  if (banner !== undefined) return banner.trim();
  const isTooLong = begun.length >= LONGEST_LINE || heard.length >= LONGEST;
  return isTooLong ? (lines[0] ?? begun).trim() : undefined;
};

const SILENCE: Readonly<Record<Stage, string>> = {
  name: "the name was not resolved",
  connection: "no connection",
  tls: "no SSH banner",
  certificate: "no SSH banner",
  answer: "no SSH banner",
};

/** The server speaks first; we read its banner and hang up. @returns the banner. */
export const checkSsh = (
  { host, port = 22 }: Pick<SshCheck, "host" | "port">,
  timeoutMs: number,
): Promise<string> => {
  return new Promise((resolve, reject) => {
    const socket = openPlain(host, port, timeoutMs);
    const stage = followStage(host, socket);
    let heard = "";
    const timer = setTimeout(
      () => silent(new TooLate(`${SILENCE[stage()]} within ${timeoutMs / 1000} s`)),
      timeoutMs,
    );
    const end = (settle: () => void): void => {
      clearTimeout(timer);
      socket.destroy();
      settle();
    };
    const fail = (error: Error): void => end(() => reject(failedAt(stage(), error)));
    const judge = (line: string): void => {
      if (fits(line)) end(() => resolve(line.slice(0, 100)));
      else fail(new Finding(`the banner is "${line.slice(0, 60)}", not "SSH-2.0-…"`));
    };
    /** Nothing more comes: another protocol's greeting is told as what it is. */
    const silent = (error: TooLate): void => {
      const [first = "", ...more] = heard.split("\n");
      if (more.length > 0) judge(first.trim());
      else fail(error);
    };
    socket.on("data", (chunk) => {
      heard += chunk.toString("latin1");
      const line = bannerIn(heard);
      if (line !== undefined) judge(line);
    });
    socket.once("end", () =>
      silent(new TooLate("the connection was closed before the SSH banner")),
    );
    socket.once("error", fail);
  });
};

export const sshKind: LookingKind<SshCheck> = {
  source: "network",
  layer: "primary",
  fields: { host: text, port: optional(port) },
  run: checkSsh,
  advice: ({ id, host, port: number }) => lookAt(id, place(host, number)),
};
