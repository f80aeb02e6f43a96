import { connect as connectPlain, isIP, type Socket } from "node:net";
import {
  connect as connectSecure,
  createSecureContext,
  type SecureContext,
  type TLSSocket,
} from "node:tls";
import { domainToASCII } from "node:url";

import { monotonic } from "../adapters/clock";
import { forget, resolving } from "./resolve";

/**
 * All connections share one context: one for each would be memory that waits for the garbage
 * collector.
 */
let context: SecureContext | undefined;

/**
 * From a full handshake on, a session is resumed for so long: most handshakes are cheap, and a
 * certificate that has gone bad is seen within the time.
 */
const SESSION_MS = 60_000;
const SESSION_LIMIT = 200;
const sessions = new Map<string, { readonly session: Buffer; readonly at: number }>();

const keyOf = (host: string, port: number): string => `${host}:${port}`;

/** @returns a socket that will connect; `error` follows if it can't. */
export const openPlain = (host: string, port: number, deadlineMs: number): Socket =>
  connectPlain({
    host: host.replace(/^\[|\]$/g, ""),
    port,
    lookup: resolving,
    autoSelectFamilyAttemptTimeout: Math.max(250, Math.floor(deadlineMs / 3)),
  });

/** As it goes over the wire: in ASCII, without the dot that ends a whole name. */
const serverName = (host: string): string => {
  if (isIP(host) !== 0) return "";
  const name = host.replace(/\.$/, "");
  return domainToASCII(name) || name;
};

/**
 * TLS on a socket of our own: where TLS opens it itself, Debian's Node 20.19.2 frees what OpenSSL
 * holds (70 kB a connection) only with the next full garbage collection. `full`: nothing is
 * resumed, and a certificate that does not verify is reported by `authorizationError` only.
 */
export const openSecure = (plain: Socket, host: string, port: number, full = false): TLSSocket => {
  context ??= createSecureContext();
  const known = sessions.get(keyOf(host, port));
  const session =
    !full && known !== undefined && monotonic() - known.at < SESSION_MS ? known.session : undefined;
  const socket = connectSecure({
    socket: plain,
    host,
    servername: serverName(host),
    secureContext: context,
    session,
    rejectUnauthorized: !full,
  });
  // An error of the socket below is not always passed on.
  plain.once("error", (error) => socket.destroy(error));
  return socket;
};

/**
 * After an answer: tickets come behind the handshake, and the `session` event is silent in Debian's
 * Node.
 */
export const rememberSession = (socket: TLSSocket, host: string, port: number): void => {
  const session = socket.isSessionReused() ? undefined : socket.getSession();
  if (session === undefined) return;
  if (sessions.size >= SESSION_LIMIT) sessions.clear();
  sessions.set(keyOf(host, port), { session, at: monotonic() });
};

/**
 * What failed begins from nothing the next time: its name is looked up and its certificate
 * verified.
 */
export const forgetPlace = (host: string, port: number): void => {
  forget(host);
  sessions.delete(keyOf(host, port));
};
