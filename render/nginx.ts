import type { MachineFile } from "@second-server/contract/release";
import type { Role } from "@second-server/contract/roles";

import type { FleetFacts, ServiceFacts } from "../config/fleet";
import type { Filling } from "../config/services/kind";
import { proxied } from "../config/services/proxied";
import { SERVICE_KINDS } from "../config/services/registry";
import { DEFAULT_LIMITS, type RequestLimits } from "../config/services/visitors";
import { errorPages } from "./error-pages";
import { hasCopy } from "./failover";
import { fill } from "./fill";
import { headerLines } from "./headers";

const SNIPPETS = [
  "cache",
  "logs",
  "tls",
  "limits",
  "maps",
  "acme",
  "ping",
  "pages",
  "proxy",
  "quic",
] as const;
const filled = ({ template, values }: Filling): string => fill(template, values);

interface Site {
  readonly name: string;
  readonly kind: string;
  readonly host: string;
  readonly limits?: RequestLimits;
  readonly maxBodyBytes: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly port?: number;
  readonly handover?: { readonly port: number };
  readonly cacheSeconds?: number;
  readonly snippet?: string;
}

/** Where its requests go, and where they go while it restarts; each is the other's last resort. */
const upstreams = ({ name, port, handover }: Site): string =>
  port === undefined || handover === undefined
    ? ""
    : fill("nginx/upstreams.conf", { name, port, sparePort: handover.port }).trimEnd();

/** Where its answers are kept for a moment. */
const kept = ({ name, cacheSeconds }: Site): string =>
  cacheSeconds === undefined ? "" : fill("nginx/cache-path.conf", { name }).trimEnd();

/** A place and what is below it, as nginx tells it by a pattern. */
const below = (path: string): string =>
  `^${path.replaceAll(".", "\\.")}${path.endsWith("/") ? "" : "(/|$)"}`;

/** Less for some places of a service: each is counted by itself, besides all of it together. */
const pathLimiting = ({ name, limits }: Site): readonly (readonly [string, string])[] =>
  (limits?.paths ?? []).map(({ path, rate, burst }, index) => {
    const zone = `requests-${name}.${index}`;
    const counted = `counted_${name.replaceAll("-", "_")}_${index}`;
    return [
      fill("nginx/path-zone.conf", { zone, rate, counted, path: below(path) }).trimEnd(),
      `    limit_req zone=${zone} burst=${burst} nodelay;`,
    ];
  });

/**
 * What counts a service's requests, and what refuses them: its own, so that one service's visitors
 * cost another's nothing. Where none are refused they are counted all the same: one client's flood
 * is not logged line by line.
 */
const limiting = (one: Site): { readonly zone: string; readonly limit: string } => {
  const { name, limits } = one;
  const zone = `requests-${name}`;
  const { requestsPerSecond, burst } = limits ?? DEFAULT_LIMITS;
  const places = pathLimiting(one);
  return {
    zone: [
      fill("nginx/zone.conf", { zone, rate: requestsPerSecond }).trimEnd(),
      ...places.map(([declared]) => declared),
    ].join("\n"),
    limit: [
      `    limit_req zone=${zone} burst=${burst} nodelay;`,
      ...places.map(([, limit]) => limit),
      ...(limits ? [] : ["    limit_req_dry_run on;"]),
    ].join("\n"),
  };
};

/** nginx's own words of fleet.yaml, at the end of what the fleet says. */
const ownWords = ({ snippet }: Site): string =>
  snippet === undefined ? "" : ["", "    # As fleet.yaml has it:", snippet.trimEnd()].join("\n");

const site = (one: Site, locations: string): MachineFile => ({
  path: `/etc/nginx/sites/${one.name}.conf`,
  mode: 0o644,
  text: fill("nginx/site.conf", {
    name: one.name,
    kind: one.kind,
    host: one.host,
    ...limiting(one),
    upstreams: [upstreams(one), kept(one)].filter(Boolean).join("\n"),
    maxBody: one.maxBodyBytes,
    headers: headerLines(one),
    locations: `${locations.trimEnd()}${ownWords(one)}`,
  }),
});

/** The status page's: what it is asked for is small, and so is what is posted to it. */
const statusSite = ({ status }: FleetFacts): MachineFile =>
  site(
    {
      name: "status",
      kind: "proxy",
      host: status.host,
      limits: DEFAULT_LIMITS,
      maxBodyBytes: 1024 ** 2,
    },
    filled(proxied({ port: status.port, streaming: false })),
  );

/** The primary's own name: whether nginx answers is asked there. */
const ownSite = ({ primary }: FleetFacts): MachineFile =>
  site(
    {
      name: primary.name,
      kind: "the machine itself",
      host: primary.host,
      limits: DEFAULT_LIMITS,
      maxBodyBytes: 1024,
    },
    fill("nginx/own-name.conf", {}),
  );

/** Where the watcher takes over: a vhost for each name that would lead to it. */
const standIns = (fleet: FleetFacts): MachineFile[] =>
  fleet.failover === undefined
    ? []
    : [
        {
          path: "/etc/nginx/sites/01-stand-in-maps.conf",
          mode: 0o644,
          text: fill("nginx/stand-in-maps.conf", {}),
        },
        ...fleet.services.map((service) => standIn(service, fleet.primary.host)),
      ];

const standIn = (service: ServiceFacts, primary: string): MachineFile => ({
  path: `/etc/nginx/sites/${service.name}.conf`,
  mode: 0o644,
  text: fill("nginx/stand-in.conf", {
    name: service.name,
    kind: service.kind,
    host: service.host,
    primary,
    ...limiting(service),
    headers: headerLines(service),
    locations: (hasCopy(service)
      ? filled(SERVICE_KINDS[service.kind].location(service))
      : fill("nginx/no-copy.conf", {})
    ).trimEnd(),
  }),
});

const common = (workers: string): MachineFile[] => [
  { path: "/etc/nginx/nginx.conf", mode: 0o644, text: fill("nginx/nginx.conf", { workers }) },
  ...SNIPPETS.map((name) => ({
    path: `/etc/nginx/snippets/${name}.conf`,
    mode: 0o644,
    text: fill(`nginx/${name}.conf`, {}),
  })),
  ...errorPages(),
  // "00": nginx reads the folder in order, and the first server of a port would be its default
  // otherwise.
  { path: "/etc/nginx/sites/00-default.conf", mode: 0o644, text: fill("nginx/default.conf", {}) },
];

/** nginx of one machine: the primary's vhosts, or the watcher's status page. */
export const nginxFiles = (fleet: FleetFacts, role: Role): MachineFile[] =>
  role === "primary"
    ? [
        ...common("auto"),
        ownSite(fleet),
        ...fleet.services.map((service) =>
          site(
            service,
            filled(
              SERVICE_KINDS[service.kind].location({
                ...service,
                sparePort: service.handover?.port,
              }),
            ),
          ),
        ),
      ]
    : [...common("1"), statusSite(fleet), ...standIns(fleet)];
