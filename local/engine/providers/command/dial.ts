import type { Duplex } from "node:stream";

import { Client, type ConnectConfig, utils } from "ssh2";

import { messageOf } from "../../errors";
import { isProps, type Props } from "../../values/value";
import { pause } from "../pause";
import { number, text, type Work } from "../provider";

/** "ssh-ed25519 AAAA… comment" → its type and bytes. */
const parseHostKey = (line: string): { type: string; blob: Buffer } => {
  const [type, encoded] = line.trim().split(/\s+/);
  if (type === undefined || encoded === undefined)
    throw new Error('failed to parse host key: expected "<type> <base64>", as in a .pub file');
  return { type, blob: Buffer.from(encoded, "base64") };
};

const checkKey = (connection: Props): void => {
  const key = text(connection["privateKey"]);
  if (key === undefined) return;
  const parsed = utils.parseKey(key, text(connection["privateKeyPassword"]));
  if (parsed instanceof Error) throw new Error(`connection.privateKey: ${parsed.message}`);
};

const host = (connection: Props): string => text(connection["host"]) ?? "";
const port = (connection: Props): number => number(connection["port"]) ?? 22;

/** What will not become right by trying again. */
class Hopeless extends Error {}

/** One attempt to log in, through `sock` where there is one. */
const logIn = async (connection: Props, signal: AbortSignal, sock?: Duplex): Promise<Client> => {
  const hostKey = text(connection["hostKey"]);
  const expected = hostKey === undefined ? undefined : parseHostKey(hostKey);
  const agent = text(connection["agentSocketPath"]) ?? process.env["SSH_AUTH_SOCK"];
  let mismatch = false;
  const config: ConnectConfig = {
    host: host(connection),
    port: port(connection),
    username: text(connection["user"]) ?? "root",
    readyTimeout: (number(connection["perDialTimeout"]) ?? 15) * 1000,
    keepaliveInterval: 15_000,
    ...(sock ? { sock } : {}),
    ...(text(connection["privateKey"]) === undefined
      ? {}
      : {
          privateKey: text(connection["privateKey"]),
          passphrase: text(connection["privateKeyPassword"]),
        }),
    ...(text(connection["password"]) === undefined
      ? {}
      : { password: text(connection["password"]), tryKeyboard: true }),
    ...(agent ? { agent } : {}),
    ...(expected
      ? {
          algorithms: { serverHostKey: [expected.type] as never },
          hostVerifier: (key: Buffer): boolean => {
            mismatch = !key.equals(expected.blob);
            return !mismatch;
          },
        }
      : {}),
  };
  const client = new Client();
  const stop = (): void => {
    client.destroy();
  };
  signal.addEventListener("abort", stop, { once: true });
  try {
    return await new Promise<Client>((resolve, reject) => {
      client.on("ready", () => resolve(client));
      client.on("error", (error) =>
        reject(
          mismatch
            ? new Hopeless(
                `ssh: host key mismatch: ${host(connection)} does not have the expected host key ${hostKey}`,
              )
            : error,
        ),
      );
      client.on("close", () => reject(new Error("the connection was closed before it was ready")));
      client.on("keyboard-interactive", (_name, _instructions, _language, prompts, finish) =>
        finish(prompts.map(() => text(connection["password"]) ?? "")),
      );
      client.connect(config);
    });
  } finally {
    signal.removeEventListener("abort", stop);
  }
};

/**
 * Tries while the machine boots: again 0.1 s later at first, half as long again each time, 5 s at
 * most, up to `dialErrorLimit` failures (-1: no limit). Given up when the user stops: nothing has
 * begun yet.
 */
const persist = async (
  what: string,
  connection: Props,
  work: Work,
  attempt: () => Promise<Client>,
): Promise<Client> => {
  const limit = number(connection["dialErrorLimit"]) ?? 10;
  let failures = 0;
  try {
    for (let delay = 100; ; delay = Math.min(delay * 1.5, 5000)) {
      work.waiting.throwIfAborted();
      try {
        return await attempt();
      } catch (error) {
        if (error instanceof Hopeless || work.waiting.aborted) throw error;
        failures += 1;
        if (limit !== -1 && failures > limit)
          throw new Error(`after ${failures - 1} failed attempts: ${messageOf(error)}`);
      }
      work.status(`${what} ${failures}/${limit === -1 ? "inf" : limit} failed: retrying`);
      await pause(delay, work.waiting);
    }
  } catch (error) {
    if (error instanceof Hopeless || !work.waiting.aborted) throw error;
    throw new Error(
      `${messageOf(work.waiting.reason)} while dialling ${host(connection)}:${port(connection)} (attempt ${failures + 1})`,
    );
  }
};

/** A stream to the target from the proxy's side. */
const forward = async (proxy: Client, connection: Props): Promise<Duplex> =>
  await new Promise((resolve, reject) =>
    proxy.forwardOut("127.0.0.1", 0, host(connection), port(connection), (error, stream) => {
      if (error) reject(error);
      else resolve(stream);
    }),
  );

const throughProxy = async (settings: Props, connection: Props, work: Work): Promise<Client> => {
  const proxy = await persist(
    "Dial proxy",
    settings,
    work,
    async () => await logIn(settings, work.waiting),
  ).catch((error: unknown) => {
    throw new Error(`proxy: ${messageOf(error)}`);
  });
  // What goes wrong with it later ends the stream through it, and so is told there; without a
  // listener it would end the process.
  proxy.on("error", (error) => work.log("debug", `proxy: ${error.message}`));
  const stop = (): void => {
    proxy.destroy();
  };
  work.waiting.addEventListener("abort", stop, { once: true });
  try {
    const client = await persist(
      "Dial from proxy",
      connection,
      work,
      async () => await logIn(connection, work.waiting, await forward(proxy, connection)),
    );
    client.once("close", () => proxy.end());
    return client;
  } catch (error) {
    proxy.end();
    throw error;
  } finally {
    work.waiting.removeEventListener("abort", stop);
  }
};

/** An SSH connection to the host, or to the host behind its proxy. */
export const connect = async (connection: Props, work: Work): Promise<Client> => {
  const { proxy } = connection;
  checkKey(connection);
  if (!isProps(proxy))
    return await persist(
      "Dial",
      connection,
      work,
      async () => await logIn(connection, work.waiting),
    );
  checkKey(proxy);
  return await throughProxy(proxy, connection, work);
};
