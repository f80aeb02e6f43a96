import { createHash } from "node:crypto";

import type { Release, ReleaseUnit } from "@second-server/contract/release";

export const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

const unit = (
  name: string,
  restartOn: readonly string[],
  onChange: ReleaseUnit["onChange"] = "restart",
): ReleaseUnit => ({ name, restartOn, onChange, enable: true });

/** A small primary: two services, nginx, one certificate. */
export const release = (changes: Partial<Release> = {}): Release => ({
  format: 1,
  role: "primary",
  packages: [],
  users: [],
  directories: [],
  certificates: [],
  probes: [],
  data: [],
  files: [],
  trees: [
    { name: "chat", hash: "aaaa" },
    { name: "blog", hash: "bbbb" },
  ],
  units: [
    unit("fleet-chat.service", ["tree:chat"]),
    unit("fleet-wiki.service", ["/etc/fleet/wiki.json"]),
    unit("nginx.service", ["/etc/nginx/"], "reload"),
    unit("certbot.timer", [], "none"),
  ],
  ...changes,
});

export const file = (path: string, text: string, mode = 0o644): Release["files"][number] => ({
  path,
  mode,
  owner: "root",
  group: "root",
  sha256: sha256(text),
});
