import { Client, type ConnectConfig, utils } from "ssh2";
import { setTimeout as sleep } from "node:timers/promises";
import { messageOf } from "../../errors";
import { isProps, mapProps, type Props, Secret, Unknown, type Value } from "../../values/value";
import { type CheckFailure, number, text, type Work } from "../provider";

const UNSUPPORTED = ["proxy"];

const SECRET = ["password", "privateKey", "privateKeyPassword"];

/** The defaults that the provider's own check fills in, and its marks: the whole is secret, and so are these within it. */
export const checkConnection = (given: Value): { connection: Secret; failures: CheckFailure[] } => {
  if (!isProps(given)) return { connection: new Secret(given), failures: given instanceof Unknown ? [] : [{ property: "connection", reason: "an object is required" }] };
  const failures = UNSUPPORTED.filter((name) => given[name] !== undefined).map((name) => ({ property: `connection.${name}`, reason: "is not supported by the embedded engine" }));
  if (given["host"] === undefined) failures.push({ property: "connection.host", reason: "is required" });
  const full: Props = { user: "root", port: 22, dialErrorLimit: 10, perDialTimeout: 15, ...given };
  return { connection: new Secret(mapProps(full, (item, key) => (SECRET.includes(key) ? new Secret(item) : item))), failures };
};

/** "ssh-ed25519 AAAA… comment" → its type and bytes. */
const parseHostKey = (line: string): { type: string; blob: Buffer } => {
  const [type, encoded] = line.trim().split(/\s+/);
  if (type === undefined || encoded === undefined) throw new Error("failed to parse host key: expected \"<type> <base64>\", as in a .pub file");
  return { type, blob: Buffer.from(encoded, "base64") };
};

/** A key that is not the expected one will not become so by trying again. */
class WrongHostKey extends Error {}

const dial = async (connection: Props, signal: AbortSignal): Promise<Client> => {
  const hostKey = text(connection["hostKey"]);
  const expected = hostKey === undefined ? undefined : parseHostKey(hostKey);
  let mismatch = false;
  const timeout = (number(connection["perDialTimeout"]) ?? 15) * 1000;
  const config: ConnectConfig = {
    host: text(connection["host"])!, port: number(connection["port"]) ?? 22, username: text(connection["user"]) ?? "root", readyTimeout: timeout === 0 ? 0 : timeout, keepaliveInterval: 15_000,
    ...(text(connection["privateKey"]) === undefined ? {} : { privateKey: text(connection["privateKey"]), passphrase: text(connection["privateKeyPassword"]) }),
    ...(text(connection["password"]) === undefined ? {} : { password: text(connection["password"]), tryKeyboard: true }),
    ...((text(connection["agentSocketPath"]) ?? process.env["SSH_AUTH_SOCK"]) ? { agent: text(connection["agentSocketPath"]) ?? process.env["SSH_AUTH_SOCK"]! } : {}),
    ...(expected ? {
      algorithms: { serverHostKey: [expected.type] as never },
      hostVerifier: (key: Buffer): boolean => { mismatch = !key.equals(expected.blob); return !mismatch; },
    } : {}),
  };
  const client = new Client();
  const stop = (): void => { client.destroy(); };
  signal.addEventListener("abort", stop, { once: true });
  try {
    return await new Promise<Client>((resolve, reject) => {
      client.on("ready", () => resolve(client));
      client.on("error", (error) => reject(mismatch ? new WrongHostKey(`ssh: host key mismatch: ${text(connection["host"])} does not have the expected host key ${hostKey}`) : error));
      client.on("close", () => reject(new Error(signal.aborted ? "interrupted" : "the connection was closed before it was ready")));
      client.on("keyboard-interactive", (_name, _instructions, _language, prompts, finish) => finish(prompts.map(() => text(connection["password"]) ?? "")));
      client.connect(config);
    });
  } finally {
    signal.removeEventListener("abort", stop);
  }
};

const checkKey = (connection: Props): void => {
  const key = text(connection["privateKey"]);
  if (key === undefined) return;
  const parsed = utils.parseKey(key, text(connection["privateKeyPassword"]));
  if (parsed instanceof Error) throw new Error(`connection.privateKey: ${parsed.message}`);
};

/** Connects, trying again while the machine boots: 0.1 s later at first, half as long again each time, 5 s at most, up to `dialErrorLimit` failures (-1: no limit). */
export const connect = async (connection: Props, work: Work): Promise<Client> => {
  checkKey(connection);
  const limit = number(connection["dialErrorLimit"]) ?? 10;
  for (let failures = 0, delay = 100; ; delay = Math.min(delay * 1.5, 5000)) {
    try {
      return await dial(connection, work.signal);
    } catch (error) {
      failures += 1;
      if (error instanceof WrongHostKey || work.signal.aborted) throw error;
      if (limit !== -1 && failures > limit) throw new Error(`after ${failures - 1} failed attempts: ${messageOf(error)}`);
      work.status(`Dial ${failures}/${limit === -1 ? "inf" : limit} failed: retrying`);
      await sleep(delay, undefined, { signal: work.signal });
    }
  }
};
