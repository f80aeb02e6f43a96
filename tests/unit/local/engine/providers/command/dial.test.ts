import { once } from "node:events";
import { type AddressInfo, connect as connectTo, createServer, type Server } from "node:net";

import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { Server as SshServer, utils } from "ssh2";

import { connect } from "../../../../../../local/engine/providers/command/dial";
import type { Work } from "../../../../../../local/engine/providers/provider";
import type { Props } from "../../../../../../local/engine/values/value";
import { freePort } from "../../../../../fixtures/free-port";

/** An SSH server that says "here NAME" to any command and lets one go on from it to anywhere. */
interface Host {
  readonly server: SshServer;
  readonly connection: Props;
  readonly passedOn: string[];
}
const startHost = async (name: string): Promise<Host> => {
  const { private: key, public: hostKey } = utils.generateKeyPairSync("ed25519");
  const passedOn: string[] = [];
  const server = new SshServer({ hostKeys: [key] }, (client) => {
    client.on("error", () => {});
    client.on("authentication", (attempt) =>
      attempt.method === "password" && attempt.password === name
        ? attempt.accept()
        : attempt.reject(["password"]),
    );
    client.on("session", (accept) =>
      accept().on("exec", (take) => {
        const channel = take();
        channel.write(`here ${name}`);
        channel.exit(0);
        channel.end();
      }),
    );
    client.on("tcpip", (accept, reject, { destIP, destPort }) => {
      passedOn.push(`${destIP}:${destPort}`);
      const onward = connectTo(destPort, destIP, () => {
        const channel = accept();
        channel.pipe(onward).pipe(channel);
      });
      onward.on("error", () => reject());
    });
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  return {
    server,
    passedOn,
    connection: {
      host: "127.0.0.1",
      port: (server.address() as AddressInfo).port,
      user: "root",
      password: name,
      hostKey: hostKey.trim(),
      dialErrorLimit: 0,
      perDialTimeout: 15,
    },
  };
};

let target: Host, bastion: Host, silent: Server;
beforeAll(async () => {
  [target, bastion] = await Promise.all([startHost("target"), startHost("bastion")]);
  silent = createServer().listen(0, "127.0.0.1");
  await once(silent, "listening");
});
afterAll(() => [target.server, bastion.server, silent].forEach((server) => server.close()));

const working = (): { work: Work; statuses: string[]; stop(): void } => {
  const stopped = new AbortController();
  const statuses: string[] = [];
  return {
    statuses,
    stop: () => stopped.abort(new Error("canceled")),
    work: {
      urn: "",
      name: "",
      type: "",
      signal: new AbortController().signal,
      waiting: stopped.signal,
      log: () => {},
      status: (message) => statuses.push(message),
    },
  };
};
const say = async (connection: Props): Promise<string> => {
  const client = await connect(connection, working().work);
  try {
    return await new Promise((resolve, reject) =>
      client.exec("hello", (error, channel) => {
        if (error) reject(error);
        else channel.on("data", (data: Buffer) => resolve(data.toString()));
      }),
    );
  } finally {
    client.end();
  }
};

test("a host is reached, directly and through its proxy", async () => {
  expect(await say(target.connection)).toBe("here target");
  expect(bastion.passedOn).toEqual([]);
  expect(await say({ ...target.connection, proxy: bastion.connection })).toBe("here target");
  expect(bastion.passedOn).toEqual([`127.0.0.1:${Number(target.connection["port"])}`]);
});

test("the host's key is checked, the proxy's as well", async () => {
  const wrong = { hostKey: bastion.connection["hostKey"]! };
  await expect(say({ ...target.connection, ...wrong, dialErrorLimit: 60 })).rejects.toThrow(
    /^ssh: host key mismatch: 127\.0\.0\.1 does not have the expected host key ssh-ed25519 /,
  );
  await expect(
    say({ ...target.connection, ...wrong, dialErrorLimit: 60, proxy: bastion.connection }),
  ).rejects.toThrow(/^ssh: host key mismatch/);
  await expect(
    say({
      ...target.connection,
      proxy: { ...bastion.connection, hostKey: target.connection["hostKey"]! },
    }),
  ).rejects.toThrow(/^proxy: ssh: host key mismatch/);
});

test("what the proxy can't reach, and a proxy that is not there, are told apart", async () => {
  const port = await freePort();
  await expect(say({ ...target.connection, port, proxy: bastion.connection })).rejects.toThrow(
    /^after 0 failed attempts: \(SSH\) Channel open failure/,
  );
  await expect(
    say({ ...target.connection, proxy: { ...bastion.connection, port } }),
  ).rejects.toThrow(/^proxy: after 0 failed attempts: .*ECONNREFUSED/);
});

test("a stop ends the dialling at once: between two attempts, at a host that never answers, and behind a proxy", async () => {
  const closed = { ...target.connection, port: await freePort(), dialErrorLimit: -1 };
  const refused = working();
  const dialling = connect(closed, { ...refused.work, status: refused.stop });
  await expect(dialling).rejects.toThrow(
    `canceled while dialling 127.0.0.1:${closed.port} (attempt 2)`,
  );

  const mute = {
    ...target.connection,
    port: (silent.address() as AddressInfo).port,
    perDialTimeout: 0,
    dialErrorLimit: -1,
  };
  for (const connection of [mute, { ...mute, proxy: bastion.connection }]) {
    const hanging = working();
    const attempt = connect(connection, hanging.work);
    await once(silent, "connection");
    hanging.stop();
    await expect(attempt).rejects.toThrow("canceled while dialling");
  }

  const late = working();
  late.stop();
  await expect(connect(target.connection, late.work)).rejects.toThrow("canceled while dialling");
});
