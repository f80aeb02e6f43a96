import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

import type { ObservatoryConfig } from "@second-server/contract/observatory";

import { monitorTree } from "../../../render/sources";
import { numbers, type Tool } from "./tool";

const ROOT = join(__dirname, "../../..");

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
