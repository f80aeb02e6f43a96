import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

import type { ObservatoryConfig } from "@second-server/contract/observatory";

import { monitorTree } from "../../render/sources";

export interface Setting {
  readonly folder: string;
  readonly count: number;
  readonly seconds: number;
  readonly port: number;
  readonly smtp: number;
  readonly listen: number;
  /** The tool's own folder of the target, and its mailbox. */ readonly box: string;
}
export interface Tool {
  readonly name: string;
  /** Why it can't run here. */
  missing(): string | undefined;
  /** Writes what it needs. @returns how to start it, and the folder in which it stores. */
  prepare(setting: Setting): {
    readonly argv: readonly string[];
    readonly env?: Readonly<Record<string, string>>;
    readonly cwd?: string;
    readonly stores: string;
  };
  /** What is done once it answers. */
  fill?(setting: Setting): Promise<void>;
}

const ROOT = join(__dirname, "../..");
const numbers = (count: number): readonly number[] =>
  Array.from({ length: count }, (_, index) => index + 1);

/** As the watcher's unit starts it. */
const nodeOptions = (): readonly string[] =>
  /^ExecStart=\S+ ((?:--\S+ )+)/m
    .exec(readFileSync(join(ROOT, "templates/systemd/observatory.service"), "utf8"))?.[1]
    ?.trim()
    .split(" ") ?? [];

export const observatory: Tool = {
  name: "Observatory",
  missing: () => undefined,
  prepare({ folder, count, seconds, port, smtp, listen, box }) {
    const url = (index: number): string => `http://127.0.0.1:${port}/${box}/${index}`;
    const config: ObservatoryConfig = {
      fleet: "bench",
      domain: "example.test",
      listen: { host: "127.0.0.1", port: listen },
      database: join(folder, "db/observatory.db"),
      statusUrl: "http://status.example.test/",
      primary: {
        kind: "http",
        id: "service-2",
        url: url(2),
        status: 200,
        layer: "service",
      },
      services: [],
      checks: numbers(count)
        .filter((index) => index !== 2)
        .map((index) => ({ kind: "http", id: `service-${index}`, url: url(index), status: 200 })),
      intervalSeconds: seconds,
      timeoutSeconds: 2,
      failAfter: 3,
      passAfter: 2,
      alerts: {
        to: [`${box}@example.test`],
        from: "bench@example.test",
        relay: { host: "127.0.0.1", port: smtp, tls: "none" },
      },
    };
    for (const { path, data } of monitorTree().entries) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), data);
    }
    writeFileSync(join(folder, "config.json"), JSON.stringify(config));
    mkdirSync(join(folder, "db"));
    return {
      argv: [
        "node",
        ...nodeOptions(),
        ...(count > 2000 ? ["--max-old-space-size=512"] : []),
        join(folder, "monitor.js"),
        "observatory",
        "--config",
        join(folder, "config.json"),
      ],
      stores: join(folder, "db"),
      env: {
        NODE_PATH: join(ROOT, "node_modules"),
        MALLOC_ARENA_MAX: "1",
        MALLOC_TRIM_THRESHOLD_: "65536",
        UV_THREADPOOL_SIZE: "2",
      },
    };
  },
};

/** A build of TwiN/gatus, named by GATUS. */
export const gatus: Tool = {
  name: "Gatus",
  missing: () =>
    existsSync(process.env["GATUS"] ?? "") ? undefined : "GATUS does not name its binary",
  prepare({ folder, count, seconds, port, smtp, listen, box }) {
    mkdirSync(join(folder, "db"));
    const endpoints = numbers(count).map(
      (index) =>
        `  - name: service-${index}\n    url: "http://127.0.0.1:${port}/${box}/${index}"\n    interval: ${seconds}s\n    client: {timeout: 2s}\n    conditions: ["[STATUS] == 200"]\n    alerts: [{type: email}]`,
    );
    writeFileSync(
      join(folder, "config.yaml"),
      [
        `web: {address: 127.0.0.1, port: ${listen}}`,
        `storage: {type: sqlite, path: ${join(folder, "db/gatus.db")}}`,
        "concurrency: 0",
        `alerting: {email: {from: bench@example.test, host: 127.0.0.1, port: ${smtp}, to: ${box}@example.test, client: {insecure: true}, default-alert: {failure-threshold: 3, success-threshold: 2, send-on-resolved: true}}}`,
        "endpoints:",
        ...endpoints,
      ].join("\n"),
    );
    return {
      argv: [process.env["GATUS"] ?? ""],
      env: { GATUS_CONFIG_PATH: join(folder, "config.yaml"), GATUS_LOG_LEVEL: "ERROR" },
      stores: join(folder, "db"),
    };
  },
};

/** Debian's monit. It has no history. */
export const monit: Tool = {
  name: "Monit",
  missing: () => (existsSync("/usr/bin/monit") ? undefined : "apt-get install monit"),
  prepare({ folder, count, seconds, port, smtp, box }) {
    const hosts = numbers(count).map(
      (index) =>
        `check host service-${index} with address 127.0.0.1\n  if failed port ${port} protocol http request "/${box}/${index}" with timeout 2 seconds for 3 cycles then alert`,
    );
    writeFileSync(
      join(folder, "monitrc"),
      [
        `set daemon ${seconds}`,
        `set pidfile ${folder}/pid`,
        `set idfile ${folder}/id`,
        `set statefile ${folder}/state`,
        `set mailserver 127.0.0.1 port ${smtp}`,
        "set mail-format { from: bench@example.test }",
        `set alert ${box}@example.test`,
        ...hosts,
        "",
      ].join("\n"),
    );
    chmodSync(join(folder, "monitrc"), 0o600);
    return { argv: ["/usr/bin/monit", "-I", "-c", join(folder, "monitrc")], stores: folder };
  },
};

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
