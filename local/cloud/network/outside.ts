import { once } from "node:events";
import {
  request as plainRequest,
  type ClientRequest,
  type IncomingMessage,
  type RequestOptions,
} from "node:http";
import { request as tlsRequest } from "node:https";
import { isIP, type Socket } from "node:net";
import { connect as tlsConnect } from "node:tls";

/**
 * HTTP from the host to the internet, the way the host itself goes: through the proxy that its
 * environment names.
 */
export interface Asked {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
}
export type Environment = Readonly<Record<string, string | undefined>>;

const REDIRECTS = 5;
const PATIENCE = 60_000;

const exempt = (host: string, port: string, rule: string): boolean => {
  const [name, only] = rule.split(":");
  if (only && only !== port) return false;
  const suffix = name!.replace(/^\*?\./, "");
  return rule === "*" || host === suffix || host.endsWith(`.${suffix}`);
};

/** The proxy for a URL, by the customary variables; undefined for none. Pure. */
export const proxyFor = (url: URL, env: Environment): URL | undefined => {
  const value = (name: string): string => env[name] || env[name.toUpperCase()] || "";
  const rules = value("no_proxy")
    .split(/[\s,]+/)
    .filter(Boolean);
  const port = url.port || (url.protocol === "https:" ? "443" : "80");
  if (rules.some((rule) => exempt(url.hostname, port, rule.toLowerCase()))) return undefined;
  const named = value(`${url.protocol.slice(0, -1)}_proxy`) || value("all_proxy");
  if (!named) return undefined;
  const proxy = new URL(named.includes("://") ? named : `http://${named}`);
  if (proxy.protocol !== "http:" && proxy.protocol !== "https:")
    throw new Error(
      `the proxy ${proxy.protocol}//${proxy.host} can't be used: only http:// and https:// proxies`,
    );
  return proxy;
};

const credentials = ({ username, password }: URL): Record<string, string> =>
  username
    ? {
        "proxy-authorization": `Basic ${Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString("base64")}`,
      }
    : {};

const toProxy = (proxy: URL, options: RequestOptions): ClientRequest =>
  (proxy.protocol === "https:" ? tlsRequest : plainRequest)({
    ...options,
    host: proxy.hostname,
    port: proxy.port || (proxy.protocol === "https:" ? 443 : 80),
    agent: false,
  });

/** Resolves when the request's answer has begun. */
const answered = (
  sent: ClientRequest,
  event: "response" | "connect",
): Promise<[IncomingMessage, Socket]> =>
  new Promise((resolve, reject) => {
    sent.once(event, (answer: IncomingMessage, socket: Socket) => resolve([answer, socket]));
    sent.setTimeout(PATIENCE, () =>
      sent.destroy(new Error(`no answer within ${PATIENCE / 1000} s`)),
    );
    sent.once("error", reject);
    sent.end();
  });

const tunnel = async (proxy: URL, url: URL): Promise<Socket> => {
  const target = `${url.hostname}:${url.port || 443}`;
  const [answer, socket] = await answered(
    toProxy(proxy, {
      method: "CONNECT",
      path: target,
      headers: { host: target, ...credentials(proxy) },
    }),
    "connect",
  );
  if (answer.statusCode !== 200) {
    socket.destroy();
    throw new Error(`the proxy ${proxy.host} refuses ${target}: ${answer.statusCode}`);
  }
  const secured = tlsConnect({
    socket,
    ...(isIP(url.hostname) ? { host: url.hostname } : { servername: url.hostname }),
  });
  await once(secured, "secureConnect");
  return secured;
};

const askOnce = async (
  url: URL,
  { method = "GET", headers = {} }: Asked,
  env: Environment,
): Promise<IncomingMessage> => {
  const proxy = proxyFor(url, env);
  const own = { method, headers: { ...headers, host: url.host } };
  if (!proxy)
    return (
      await answered((url.protocol === "https:" ? tlsRequest : plainRequest)(url, own), "response")
    )[0];
  if (url.protocol === "http:")
    return (
      await answered(
        toProxy(proxy, {
          ...own,
          path: url.href,
          headers: { ...own.headers, ...credentials(proxy) },
        }),
        "response",
      )
    )[0];
  const socket = await tunnel(proxy, url);
  return (
    await answered(
      tlsRequest(url, { ...own, agent: false, createConnection: () => socket }),
      "response",
    )
  )[0];
};

/** Resolves with the answer, its body still to be read; redirections are followed. */
export const askOutside = async (
  address: string,
  asked: Asked = {},
  env: Environment = process.env,
): Promise<IncomingMessage> => {
  let url = new URL(address);
  for (let hop = 0; hop <= REDIRECTS; hop++) {
    const answer = await askOnce(url, asked, env);
    if (![301, 302, 303, 307, 308].includes(answer.statusCode!) || !answer.headers.location)
      return answer;
    answer.resume();
    url = new URL(answer.headers.location, url);
  }
  throw new Error(`${address}: more than ${REDIRECTS} redirections`);
};

/** Pauses before a mirror that fails is asked again. */
const PAUSES_MS: readonly number[] = [500, 2000];

/**
 * As `askOutside`; a failure that may be one of the moment (no answer, 5xx) is asked again: a
 * machine's first boot must not end with it.
 */
export const askPatiently = async (
  address: string,
  asked: Asked = {},
  env: Environment = process.env,
  pauses = PAUSES_MS,
): Promise<IncomingMessage> => {
  for (const pause of pauses) {
    const answer = await askOutside(address, asked, env).catch(() => undefined);
    if (answer && (answer.statusCode ?? 500) < 500) return answer;
    answer?.resume();
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
  return askOutside(address, asked, env);
};
