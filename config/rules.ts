import { CHECKS } from "@second-server/contract/checks";
import { FAILOVER_SCOPES } from "@second-server/contract/failover";
import { SECRETS } from "@second-server/contract/names";

import { besideProblems } from "./beside-rules";
import { SIZES } from "./catalogue";
import type { FleetFacts } from "./fleet";
import { type Problem, type Sources, serviceProblems } from "./service-rules";
import { visitorProblems } from "./visitor-rules";

/** The two machines must not share a fate, and the services must fit. */
const machines = ({ primary, watcher, services }: FleetFacts): Problem[] => {
  const total = services
    .flatMap((service) => [service, ...service.jobs, ...service.workers])
    .reduce((sum, { memoryMiB }) => sum + memoryMiB, 0);
  const size = SIZES[primary.size]!.memoryMiB;
  return [
    ...(primary.region === watcher.region
      ? [
          {
            path: ["machines", "watcher", "region"],
            text: `${watcher.region} is the primary's region too: one outage would take both. Choose another.`,
          },
        ]
      : []),
    ...(total > size
      ? [
          {
            path: ["services"],
            text: `the memory limits add up to ${total} MiB, and ${primary.size} has ${size} MiB. Lower them, or choose a larger size.`,
          },
        ]
      : []),
  ];
};

/** What cron can keep to: its fields begin anew with each hour and each day. */
const isEven = (minutes: number): boolean =>
  minutes < 60
    ? Number.isInteger(minutes) && 60 % minutes === 0
    : minutes % 60 === 0 && 1440 % minutes === 0;

const durations = ({ checks, backups }: FleetFacts): Problem[] => [
  ...(checks.timeoutSeconds >= checks.intervalSeconds
    ? [
        {
          path: ["checks", "timeout"],
          text: `${checks.timeoutSeconds}s is not below the interval of ${checks.intervalSeconds}s. Shorten it, or check less often.`,
        },
      ]
    : []),
  ...(isEven(backups.everyMinutes)
    ? []
    : [
        {
          path: ["backups", "every"],
          text:
            "has to divide an hour into equal parts of whole minutes, or a day into equal " +
            "parts of whole hours, such as 15m, 1h, 6h or 1d.",
        },
      ]),
];

const checkNames = ({ checks, services, alerts }: FleetFacts): Problem[] => {
  const known = new Set(services.map(({ name }) => name));
  const taken = [...Object.values<string>(CHECKS), ...known];
  return [
    ...checks.also.flatMap(({ id }, index) =>
      taken.includes(id) || checks.also.findIndex((other) => other.id === id) < index
        ? [
            {
              path: ["checks", "also", String(index), "name"],
              text: `"${id}" is already the name of a check. Choose another.`,
            },
          ]
        : [],
    ),
    ...alerts.maintenance.flatMap(({ services: covered = [] }, index) =>
      covered
        .filter((name) => !known.has(name))
        .map((name) => ({
          path: ["alerts", "maintenance", String(index), "services"],
          text: `there is no service "${name}". Name one of: ${[...known].join(", ")}.`,
        })),
    ),
  ];
};

const NEEDED_BY: Readonly<Record<string, string>> = {
  [SECRETS.relayPassword]: "relay-user",
  [SECRETS.offsiteSecret]: "offsite",
  [SECRETS.failoverToken]: `fleet.yaml: failover (a DigitalOcean token with the scopes ${FAILOVER_SCOPES.join(", ")})`,
};

/** Secrets that the facts lean on and the stack has not; `path` is the secret's name. */
export const missingSecrets = (
  { alerts, failover, offsite }: FleetFacts,
  secrets: readonly string[],
): { readonly path: string; readonly text: string }[] => {
  const needed = [
    ...(failover === undefined ? [] : [SECRETS.failoverToken]),
    ...(alerts.relay.user === undefined ? [] : [SECRETS.relayPassword]),
    ...(offsite?.needsSecret ? [SECRETS.offsiteSecret] : []),
    ...alerts.channels.flatMap((channel) => Object.values(channel.secrets)),
  ];
  return [...new Set(needed)]
    .filter((name) => !secrets.includes(name))
    .map((name) => {
      const user = NEEDED_BY[name] ?? "fleet.yaml: alerts.channels";
      return {
        path: name,
        text: `is not set, and ${user} needs it. Set it with: ./fleet secret set ${name}`,
      };
    });
};

/** What the schema can't say: rules across keys, and what has to be on disk. */
export const brokenRules = (facts: FleetFacts, sources: Sources): Problem[] => [
  ...serviceProblems(facts, sources),
  ...visitorProblems(facts),
  ...besideProblems(facts, sources),
  ...machines(facts),
  ...durations(facts),
  ...checkNames(facts),
];
