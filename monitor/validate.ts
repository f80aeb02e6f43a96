import { type Check, LAYERS } from "@second-server/contract/check-settings";
import { type ObservatoryConfig } from "@second-server/contract/observatory";
import { ROLES } from "@second-server/contract/roles";

import { CHECK_KINDS } from "./checks/kinds";
import {
  count,
  cron,
  type Fields,
  headers,
  instant,
  listOf,
  number,
  oneOf,
  optional,
  port,
  positive,
  type Rule,
  shape,
  text,
  url,
} from "./rules";

const checkFields = {
  kind: oneOf(...Object.keys(CHECK_KINDS)),
  id: text,
  service: optional(text),
  layer: optional(oneOf(...LAYERS)),
  machine: optional(oneOf(...ROLES)),
  intervalSeconds: optional(positive),
  timeoutSeconds: optional(positive),
  failAfter: optional(positive),
  passAfter: optional(positive),
} satisfies { readonly [Key in keyof Check]-?: Rule };

const kinds: ReadonlyMap<unknown, { readonly fields: Fields }> = new Map(
  Object.entries(CHECK_KINDS),
);

/** What every check has, and what its kind has besides. */
const check: Rule = (value, at) => {
  const kind =
    typeof value === "object" && value && "kind" in value ? kinds.get(value.kind) : undefined;
  return shape({ ...checkFields, ...kind?.fields })(value, at);
};

const place = shape({ host: text, port });
const relay = shape({
  host: text,
  port,
  user: optional(text),
  passwordFile: optional(text),
  tls: optional(oneOf("starttls", "implicit", "none")),
});

/**
 * A channel is judged in full where it is used, each message by itself; here is what is read of it
 * beforehand.
 */
const channel = shape({ kind: text, url: optional(url), headers: optional(headers) });

const weekly = shape({ days: listOf(number), at: text, minutes: positive });
const maintenance: Rule = (value, at) => {
  const isWeekly = typeof value === "object" && value && "weekly" in value;
  return shape({
    title: text,
    services: optional(listOf(text)),
    ...(isWeekly ? { weekly } : { from: instant, to: instant }),
  })(value, at);
};

const alerts = shape({
  to: listOf(text),
  from: text,
  relay,
  fallback: optional(listOf(channel)),
  remindMinutes: optional(number),
  flapsPerHour: optional(count),
  maintenance: optional(listOf(maintenance)),
  deadMan: optional(shape({ url, intervalSeconds: optional(positive) })),
} satisfies { readonly [Key in keyof ObservatoryConfig["alerts"]]-?: Rule });

const failover = shape({
  failAfter: positive,
  backAfter: positive,
  perHour: positive,
  ttlSeconds: number,
  outside: listOf(place),
  orderFile: text,
  stateFile: text,
  reportFile: text,
} satisfies { readonly [Key in keyof NonNullable<ObservatoryConfig["failover"]>]-?: Rule });

const config = shape({
  fleet: text,
  domain: text,
  listen: place,
  database: text,
  statusUrl: url,
  primary: check,
  services: listOf(shape({ name: text, url })),
  checks: listOf(check),
  intervalSeconds: positive,
  timeoutSeconds: positive,
  failAfter: positive,
  passAfter: positive,
  alerts,
  network: optional(listOf(place)),
  report: optional(shape({ schedule: optional(cron), weekly: optional(cron) })),
  signingKeyFile: optional(text),
  primaryKeyFile: optional(text),
  operatorFile: optional(text),
  failover: optional(failover),
} satisfies { readonly [Key in keyof ObservatoryConfig]-?: Rule });

/** Two checks of one name would be one to everything that remembers. */
const namedTwice = (checks: readonly Check[]): readonly string[] => {
  const ids = checks.map(({ id }) => id);
  return ids.flatMap((id, index) =>
    ids.indexOf(id) === ids.lastIndexOf(id) ? [] : [`checks.${index}.id: "${id}" is used twice`],
  );
};

/**
 * Everything that is wrong, each with its place; empty when it can be used.
 * Render has checked the manifest already: this guards a running monitor against a damaged or
 * hand-edited file.
 */
export const problemsOf = (value: unknown): readonly string[] => {
  const problems = config(value, "");
  return problems.length > 0 ? problems : namedTwice((value as ObservatoryConfig).checks);
};
