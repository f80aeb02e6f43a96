import { connect } from "node:net";
import { Finding } from "./outcome";
import { resolving } from "./resolve";

/** Connects and hangs up. */
export function checkTcp({ host, port }: { readonly host: string; readonly port: number }, timeoutMs: number): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, lookup: resolving(timeoutMs) });
    const timer = setTimeout(() => finish(new Finding(`no connection to port ${port} within ${timeoutMs / 1000} s`)), timeoutMs);
    const finish = (error?: Error): void => {
      clearTimeout(timer);
      socket.destroy();
      if (error) reject(error); else resolve(undefined);
    };
    socket.once("connect", () => finish());
    socket.once("error", finish);
  });
}
