import { chmodSync, existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { numbers, type Tool } from "./tool";

/** Debian's monit. It has no history. */
export const monit: Tool = {
  name: "Monit",
  missing: () => (existsSync("/usr/bin/monit") ? undefined : "apt-get install monit"),
  prepare({ folder, count, seconds, port, smtp, box }) {
    const hosts = numbers(count).map(
      (index) =>
        `check host service-${index} with address 127.0.0.1\n` +
        `  if failed port ${port} protocol http request "/${box}/${index}" with timeout 2 ` +
        "seconds for 3 cycles then alert",
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
