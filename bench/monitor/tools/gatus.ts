import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { numbers, type Tool } from "./tool";

/** A build of TwiN/gatus, named by GATUS. */
export const gatus: Tool = {
  name: "Gatus",
  missing: () =>
    existsSync(process.env["GATUS"] ?? "") ? undefined : "GATUS does not name its binary",
  prepare({ folder, count, seconds, port, smtp, listen, box }) {
    mkdirSync(join(folder, "db"));
    const endpoints = numbers(count).map(
      (index) =>
        `  - name: service-${index}\n` +
        `    url: "http://127.0.0.1:${port}/${box}/${index}"\n` +
        `    interval: ${seconds}s\n` +
        "    client: {timeout: 2s}\n" +
        `    conditions: ["[STATUS] == 200"]\n` +
        "    alerts: [{type: email}]",
    );
    writeFileSync(
      join(folder, "config.yaml"),
      [
        `web: {address: 127.0.0.1, port: ${listen}}`,
        `storage: {type: sqlite, path: ${join(folder, "db/gatus.db")}}`,
        "concurrency: 0",
        `alerting: {email: {from: bench@example.test, host: 127.0.0.1, port: ${smtp}, to: ` +
          `${box}@example.test, client: {insecure: true}, default-alert: {failure-threshold: ` +
          "3, success-threshold: 2, send-on-resolved: true}}}",
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
