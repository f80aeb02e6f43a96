import { cronOf } from "@second-server/contract/calendar";
import type { Check, ObservatoryConfig } from "@second-server/contract/observatory";
import { Cron } from "croner";

type Problems = string[];

const isText = (value: unknown): value is string => typeof value === "string" && value !== "";
const isUrl = (value: unknown): boolean =>
  isText(value) && URL.canParse(value) && /^https?:$/.test(new URL(value).protocol);

/** What is wrong with a text that something else has to understand. */
const problemWith = (understand: () => unknown): string | undefined => {
  try {
    understand();
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
};

const kinds: ReadonlySet<string> = new Set<Check["kind"]>([
  "http",
  "tcp",
  "certificate",
  "dns",
  "icmp",
  "ssh",
  "heartbeat",
  "unit",
  "host",
  "backup",
  "drift",
]);

const checkProblems = (
  check: Partial<Check> & Record<string, unknown>,
  at: string,
  problems: Problems,
): void => {
  if (!isText(check.id)) problems.push(`${at}.id: a name is needed`);
  if (!isText(check.kind) || !kinds.has(check.kind))
    return void problems.push(
      `${at}.kind: "${String(check.kind)}" is not one of ${[...kinds].join(", ")}`,
    );
  if ("url" in check && !isUrl(check["url"]))
    problems.push(`${at}.url: "${String(check["url"])}" is not an http or https address`);
  if (check.kind === "http" && !Number.isInteger(check["status"]))
    problems.push(`${at}.status: a number such as 200 is needed`);
  const { matches, schedule } = check as {
    readonly matches?: unknown;
    readonly schedule?: unknown;
  };
  const regex = isText(matches) ? problemWith(() => new RegExp(matches, "u")) : undefined;
  if (regex !== undefined) problems.push(`${at}.matches: ${regex}`);
  const calendar = isText(schedule) ? problemWith(() => new Cron(cronOf(schedule))) : undefined;
  if (calendar !== undefined) problems.push(`${at}.schedule: ${calendar}`);
  for (const key of ["intervalSeconds", "timeoutSeconds", "failAfter", "passAfter"] as const) {
    if (check[key] !== undefined && !(typeof check[key] === "number" && check[key] > 0))
      problems.push(`${at}.${key}: has to be more than 0`);
  }
};

/** Everything that is wrong, each with its place; empty when it can be used. Render has checked the manifest already: this guards a running monitor against a damaged or hand-edited file. */
export const problemsOf = (value: unknown): readonly string[] => {
  if (typeof value !== "object" || value === null) return ["not a JSON object"];
  const config = value as Partial<ObservatoryConfig>;
  const problems: Problems = [];
  for (const key of ["fleet", "domain", "database"] as const)
    if (!isText(config[key])) problems.push(`${key}: a text is needed`);
  if (!isUrl(config.statusUrl)) problems.push("statusUrl: an http or https address is needed");
  for (const key of ["intervalSeconds", "timeoutSeconds", "failAfter", "passAfter"] as const)
    if (!(typeof config[key] === "number" && config[key] > 0))
      problems.push(`${key}: has to be more than 0`);
  if (!isText(config.listen?.host) || !Number.isInteger(config.listen?.port))
    problems.push("listen: host and port are needed");
  if (
    !isText(config.alerts?.from) ||
    !Array.isArray(config.alerts?.to) ||
    !isText(config.alerts?.relay?.host) ||
    !Number.isInteger(config.alerts?.relay?.port)
  )
    problems.push("alerts: from, to and relay with host and port are needed");
  if (!Array.isArray(config.services)) problems.push("services: a list is needed");
  if (!Array.isArray(config.checks)) return [...problems, "checks: a list is needed"];
  const listed = config.checks.map((check, index) => [`checks.${index}`, check] as const);
  for (const [at, check] of [["primary", config.primary] as const, ...listed]) {
    if (typeof check !== "object" || check === null) problems.push(`${at}: a check is needed`);
    else checkProblems(check, at, problems);
  }
  const ids = listed.map(([, check]) => check?.id);
  for (const [at, check] of listed)
    if (ids.indexOf(check?.id) !== ids.lastIndexOf(check?.id))
      problems.push(`${at}.id: "${check?.id}" is used twice`);
  return problems;
};
