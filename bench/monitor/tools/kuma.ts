import { existsSync, mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

import { numbers, type Tool } from "./tool";

/** What its server tells and is asked, by its own client. */
interface KumaSocket {
  emit(event: string, ...args: readonly unknown[]): void;
  on(event: string, heard: () => void): void;
  close(): void;
}

/** A checkout of louislam/uptime-kuma with its dependencies, named by KUMA. */
export const kuma: Tool = {
  name: "Uptime Kuma",
  missing: () =>
    existsSync(join(process.env["KUMA"] ?? "", "node_modules"))
      ? undefined
      : "KUMA does not name its checkout with node_modules",
  prepare({ folder, listen }) {
    const data = join(folder, "data/");
    mkdirSync(data);
    return {
      argv: ["node", "server/server.js"],
      cwd: process.env["KUMA"],
      env: {
        NODE_ENV: "production",
        DATA_DIR: data,
        UPTIME_KUMA_HOST: "127.0.0.1",
        UPTIME_KUMA_PORT: String(listen),
        UPTIME_KUMA_DB_TYPE: "sqlite",
      },
      stores: data,
    };
  },
  async fill({ count, seconds, port, smtp, listen, box }) {
    // Its own client, from its own checkout: of that a module's loader is made.
    const load = createRequire(join(process.env["KUMA"] ?? "", "server/server.js"));
    const { io } = load("socket.io-client") as {
      readonly io: (url: string, options: object) => KumaSocket;
    };
    const socket = io(`http://127.0.0.1:${listen}`, { transports: ["websocket"] });
    const call = (
      event: string,
      ...args: readonly unknown[]
    ): Promise<{ ok: boolean; msg?: string; id?: number }> =>
      new Promise((resolve) => socket.emit(event, ...args, resolve));
    await new Promise<void>((resolve) => socket.on("connect", resolve));
    // The server adds its handlers only some time after the connection.
    await new Promise((resolve) => setTimeout(resolve, 2000));
    await call("setup", "bench", "Bench-Pass-1234");
    await call("login", { username: "bench", password: "Bench-Pass-1234", token: "" });
    const mail = {
      name: "mail",
      type: "smtp",
      smtpHost: "127.0.0.1",
      smtpPort: smtp,
      smtpSecure: false,
      smtpIgnoreTLSError: true,
      smtpIgnoreSTARTTLS: true,
      smtpFrom: "bench@example.test",
      smtpTo: `${box}@example.test`,
      isDefault: false,
      applyExisting: false,
    };
    const { id = 0 } = await call("addNotification", mail, null);
    for (const index of numbers(count)) {
      const added = await call("add", {
        type: "http",
        name: `service-${index}`,
        parent: null,
        url: `http://127.0.0.1:${port}/${box}/${index}`,
        method: "GET",
        interval: seconds,
        retryInterval: seconds,
        resendInterval: 0,
        maxretries: 2,
        timeout: 2,
        notificationIDList: { [id]: true },
        ignoreTls: false,
        upsideDown: false,
        expiryNotification: false,
        domainExpiryNotification: false,
        maxredirects: 0,
        accepted_statuscodes: ["200-299"],
        dns_resolve_type: "A",
        dns_resolve_server: "",
        docker_container: "",
        docker_host: null,
        proxyId: null,
        authMethod: null,
        httpBodyEncoding: "json",
        kafkaProducerBrokers: [],
        kafkaProducerSaslOptions: { mechanism: "None" },
        rabbitmqNodes: [],
        conditions: [],
        retryOnlyOnStatusCodeFailure: false,
        saveResponse: false,
        saveErrorResponse: false,
        responseMaxLength: 1024,
      });
      if (!added.ok) throw new Error(`Uptime Kuma: ${added.msg ?? "a check was not added"}`);
    }
    socket.close();
  },
};
