import type { TcpCheck } from "@second-server/contract/check-settings";

import { port, text } from "../rules";
import { lookAt, place } from "./advice";
import type { LookingKind } from "./check-kind";
import { openPlain } from "./connection";
import { TooLate } from "./outcome";
import { failedAt, followStage } from "./stage";

/** Connects and hangs up. */
export const checkTcp = (
  { host, port }: { readonly host: string; readonly port: number },
  timeoutMs: number,
): Promise<string | undefined> => {
  return new Promise((resolve, reject) => {
    const socket = openPlain(host, port, timeoutMs);
    const stage = followStage(host, socket);
    const timer = setTimeout(
      () => finish(new TooLate(`no connection to port ${port} within ${timeoutMs / 1000} s`)),
      timeoutMs,
    );
    const finish = (error?: Error): void => {
      clearTimeout(timer);
      socket.destroy();
      if (error) reject(failedAt(stage(), error));
      else resolve(undefined);
    };
    socket.once("connect", () => finish());
    socket.once("error", finish);
  });
};

export const tcpKind: LookingKind<TcpCheck> = {
  source: "network",
  layer: "service",
  fields: { host: text, port },
  run: checkTcp,
  advice: ({ id, host, port: number }) => lookAt(id, place(host, number)),
};
