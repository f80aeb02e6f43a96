import type { MachineFile } from "@second-server/contract/release";
import type { Role } from "@second-server/contract/roles";

import type { FleetFacts, ServiceFacts } from "../config/fleet";
import { fill } from "./fill";

const SNIPPETS = ["tls", "limits", "maps", "headers", "acme", "ping", "proxy"] as const;
/** Long enough for a stream that says something every few minutes. */
const STREAM_TIMEOUT = "1h";

const upstream = (url: string, streaming: boolean): string =>
  fill("nginx/upstream.conf", {
    upstream: url,
    buffering: streaming ? "off" : "on",
    timeout: streaming ? STREAM_TIMEOUT : "30s",
  });

const locations = (service: ServiceFacts): string => {
  if (service.kind === "static") return fill("nginx/static.conf", { name: service.name });
  return upstream(service.upstream ?? `http://127.0.0.1:${service.port}`, service.streaming);
};

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
          site(service.name, service.kind, service.host, locations(service)),
        ),
      ]
    : [
        ...common("1"),
        site(
          "status",
          "proxy",
          fleet.status.host,
          upstream(`http://127.0.0.1:${fleet.status.port}`, false),
        ),
      ];
