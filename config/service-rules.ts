import { posix } from "node:path";

import { ROUTES } from "@second-server/contract/names";

import { RESERVED_NAMES, RESERVED_PORTS } from "./catalogue";
import type { DataFacts, FleetFacts, ServiceFacts } from "./fleet";

/** A problem at a path of the manifest; the path begins at the top. */
export interface Problem {
  readonly path: readonly string[];
  readonly text: string;
}

/** True for a file or folder relative to the manifest. */
export interface Sources {
  isFolder(path: string): boolean;
  isFile(path: string): boolean;
}

const at = (service: ServiceFacts, key: string) => ["services", service.name, key];

const duplicates = (services: readonly ServiceFacts[], key: "host" | "port"): Problem[] => {
  const owner = new Map<string | number, string>();
  return services.flatMap((service) => {
    const value = service[key];
    if (value === undefined) return [];
    const other = owner.get(value);
    if (other === undefined) {
      owner.set(value, service.name);
      return [];
    }
    return [
      {
        path: at(service, key),
        text:
          `${value} is already used by "${other}". ` +
          `${key === "port" ? "Choose a free port, or leave it out to have one chosen." : "Choose another host name."}`,
      },
    ];
  });
};

const hosts = ({ services, domain, status, primary, watcher }: FleetFacts): Problem[] =>
  services.flatMap((service) => {
    const path = at(service, "host");
    if (!/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/.test(service.host))
      return [
        {
          path,
          text: `"${service.host}" is not a host name. Use lower-case letters, digits, dashes and dots.`,
        },
      ];
    if (service.host !== domain && !service.host.endsWith(`.${domain}`))
      return [
        {
          path,
          text: `"${service.host}" is not under ${domain}. Use a name ending in .${domain}, or change the stack's domain.`,
        },
      ];
    const own = [status.host, primary.host, watcher.host];
    return own.includes(service.host)
      ? [
          {
            path,
            text: `${service.host} is the fleet's own (the status page, a machine). Choose another host name.`,
          },
        ]
      : [];
  });

const names = ({ services }: FleetFacts): Problem[] =>
  services.flatMap(({ name }) =>
    RESERVED_NAMES.includes(name)
      ? [
          {
            path: ["services", name],
            text: `the machines use the name "${name}" themselves. Rename the service (reserved: ${RESERVED_NAMES.join(", ")}).`,
          },
        ]
      : [],
  );

const ports = ({ services }: FleetFacts): Problem[] =>
  services.flatMap((service) => {
    const holder = service.port === undefined ? undefined : RESERVED_PORTS[service.port];
    return holder
      ? [
          {
            path: at(service, "port"),
            text: `${service.port} is used by ${holder}. Choose a free port, or leave it out to have one chosen.`,
          },
        ]
      : [];
  });

/**
 * What the unit sets itself: a service that were told otherwise would listen or write where nobody
 * looks.
 */
const OWN_VARIABLES = ["PORT", "HOST", "DATA_DIR", "PUBLIC_URL", "SERVICES_FILE"];

const variables = ({ services }: FleetFacts): Problem[] =>
  services.flatMap((service) =>
    Object.keys(service.environment)
      .filter((name) => OWN_VARIABLES.includes(name))
      .map((name) => ({
        path: [...at(service, "environment"), name],
        text: `every service is given it (as ${OWN_VARIABLES.join(", ")}). Remove it${name === "PORT" ? "; the key port chooses the port" : ""}.`,
      })),
  );

const DATABASE_FILES = ["-wal", "-shm", "-journal"];
/** Why two items can't both be kept; undefined where they can. `one` is named below `other`. */
const clash = (one: DataFacts, other: DataFacts): string | undefined => {
  if (one.path === other.path) return `${one.path} is named above already. Name each thing once.`;
  const [inner, outer] = one.path.length > other.path.length ? [one, other] : [other, one];
  if (inner.path.startsWith(`${outer.path}/`))
    return `${inner.path} lies in ${outer.path}, which is named too: it would be copied twice, as of two moments, and a database beside logs that are not its own. Name the folder's other parts one by one.`;
  if (outer.kind === "sqlite" && DATABASE_FILES.some((end) => inner.path === outer.path + end))
    return `${inner.path} belongs to the database ${outer.path}, which is copied whole. Remove it.`;
  return undefined;
};

const dataItems = ({ services }: FleetFacts): Problem[] =>
  services.flatMap((service) =>
    service.data.flatMap((one, index) =>
      service.data
        .slice(0, index)
        .flatMap((other) => clash(one, other) ?? [])
        .slice(0, 1)
        .map((text) => ({ path: [...at(service, "data"), String(index)], text })),
    ),
  );

/** The path as nginx understands it: decoded, without doubled slashes and dots. */
const pathOf = (written: string): string => {
  const [path = ""] = written.split("?");
  const decoded = path.replace(/%([0-9a-f]{2})/gi, (_, digits: string) =>
    String.fromCharCode(parseInt(digits, 16)),
  );
  return posix.normalize(decoded);
};
const OWN_FOLDER = posix.dirname(ROUTES.ping);
/** What nginx says for a service that does not answer, or in its place. */
const OWN_STATUSES = [413, 429, 502, 504];

/** A health check that nginx passes is no check: the service could be dead. */
const health = ({ services }: FleetFacts): Problem[] =>
  services.flatMap((service) => {
    const { path, status } = service.health;
    return [
      ...(pathOf(path) === OWN_FOLDER || pathOf(path).startsWith(`${OWN_FOLDER}/`)
        ? [
            {
              path: [...at(service, "health"), "path"],
              text: `${OWN_FOLDER}/ is answered by nginx, whether the service runs or not. Choose a path that the service answers.`,
            },
          ]
        : []),
      ...(OWN_STATUSES.includes(status)
        ? [
            {
              path: [...at(service, "health"), "status"],
              text:
                `${status} is what nginx answers in place of a service that does not (${OWN_STATUSES.join(", ")}). ` +
                "Choose a status that the service answers.",
            },
          ]
        : []),
    ];
  });

/** nginx would pass the request to itself, for ever. */
const upstreams = ({ services }: FleetFacts): Problem[] =>
  services.flatMap((service) =>
    service.upstream !== undefined && /:(80|443)$/.test(service.upstream)
      ? [
          {
            path: at(service, "upstream"),
            text: `${service.upstream} is nginx itself. Name the port of what it is to pass requests to.`,
          },
        ]
      : [],
  );

const folders = ({ services }: FleetFacts, sources: Sources): Problem[] =>
  services.flatMap((service): Problem[] => {
    if (service.folder === undefined)
      return service.command[0]?.startsWith("./")
        ? [
            {
              path: at(service, "folder"),
              text: `is missing: ${service.command[0]} has to lie in it. Add it.`,
            },
          ]
        : [];
    if (!sources.isFolder(service.folder))
      return [
        {
          path: at(service, "folder"),
          text: `there is no folder ${service.folder}. Create it, or correct the path (it is relative to fleet.yaml).`,
        },
      ];
    if (service.entry !== undefined && !sources.isFile(`${service.folder}/${service.entry}`))
      return [
        {
          path: at(service, "entry"),
          text: `there is no file ${service.entry} in ${service.folder}. Create it, or name the right one.`,
        },
      ];
    const own = service.command[0]?.startsWith("./") ? service.command[0].slice(2) : undefined;
    if (own !== undefined && !sources.isFile(`${service.folder}/${own}`))
      return [
        {
          path: at(service, "command"),
          text: `there is no file ${own} in ${service.folder}. Put the program there, or name the right one.`,
        },
      ];
    return [];
  });

const pushes = ({ services }: FleetFacts): Problem[] =>
  services.flatMap((service) =>
    service.push !== undefined && service.folder === undefined
      ? [
          {
            path: at(service, "push"),
            text: "a push brings what is in the service's folder, and it has none. Remove it, or add folder.",
          },
        ]
      : [],
  );

/** What the schema can't say of services: rules across keys, and what has to be on disk. */
export const serviceProblems = (facts: FleetFacts, sources: Sources): Problem[] => [
  ...names(facts),
  ...hosts(facts),
  ...duplicates(facts.services, "host"),
  ...duplicates(facts.services, "port"),
  ...ports(facts),
  ...upstreams(facts),
  ...variables(facts),
  ...health(facts),
  ...dataItems(facts),
  ...folders(facts, sources),
  ...pushes(facts),
];
