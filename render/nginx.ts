import type { MachineFile } from "@second-server/contract/release";
import type { Role } from "@second-server/contract/roles";

import type { FleetFacts } from "../config/fleet";
import type { Filling } from "../config/services/kind";
import { proxied } from "../config/services/proxied";
import { SERVICE_KINDS } from "../config/services/registry";
import { fill } from "./fill";

const SNIPPETS = ["tls", "limits", "maps", "headers", "acme", "ping", "proxy"] as const;
const filled = ({ template, values }: Filling): string => fill(template, values);

const site = (name: string, kind: string, host: string, text: string): MachineFile => ({
  path: `/etc/nginx/sites/${name}.conf`,
  mode: 0o644,
  text: fill("nginx/site.conf", { name, kind, host, locations: text.trimEnd() }),
});

const common = (workers: string): MachineFile[] => [
  { path: "/etc/nginx/nginx.conf", mode: 0o644, text: fill("nginx/nginx.conf", { workers }) },
  ...SNIPPETS.map((name) => ({
    path: `/etc/nginx/snippets/${name}.conf`,
    mode: 0o644,
    text: fill(`nginx/${name}.conf`, {}),
  })),
  // "00": nginx reads the folder in order, and the first server of a port would be its default otherwise.
  { path: "/etc/nginx/sites/00-default.conf", mode: 0o644, text: fill("nginx/default.conf", {}) },
];

/** nginx of one machine: the primary's vhosts, or the watcher's status page. */
export const nginxFiles = (fleet: FleetFacts, role: Role): MachineFile[] =>
  role === "primary"
    ? [
        ...common("auto"),
        ...fleet.services.map((service) =>
          site(
            service.name,
            service.kind,
            service.host,
            filled(SERVICE_KINDS[service.kind].location(service)),
          ),
        ),
      ]
    : [
        ...common("1"),
        site(
          "status",
          "proxy",
          fleet.status.host,
          filled(proxied({ port: fleet.status.port, streaming: false })),
        ),
      ];
