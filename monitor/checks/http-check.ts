import type { HttpCheck } from "@second-server/contract/check-settings";

import { monotonic } from "../adapters/clock";
import { count, headers, optional, positive, regex, shape, status, text, url } from "../rules";
import { lookAt } from "./advice";
import { BODY_LIMIT } from "./answer";
import type { LookingKind } from "./check-kind";
import { ask, type Answer } from "./http";
import { Finding, TooLate } from "./outcome";
import { testPattern } from "./pattern";
import { failedAt, stageOf } from "./stage";
import { ensureRuns } from "./unit";

const valueAt = (value: unknown, path: string): unknown =>
  path
    .split(".")
    .filter((key) => key !== "")
    .reduce<unknown>(
      (at, key) =>
        typeof at === "object" && at ? (at as Record<string, unknown>)[key] : undefined,
      value,
    );

/** The same text whatever way its accents are spelled; what is all ASCII needs no second look. */
const sameSpelling = (wanted: string, text: string): readonly [string, string] =>
  /^\p{ASCII}*$/u.test(wanted) ? [wanted, text] : [wanted.normalize(), text.normalize()];

const includes = (text: string, wanted: string): boolean => {
  const [part, whole] = sameSpelling(wanted, text);
  return whole.includes(part);
};

const matches = (text: string, pattern: string): boolean => {
  const [regex, whole] = sameSpelling(pattern, text);
  return testPattern(regex, whole);
};

const isSame = (found: unknown, wanted: unknown): boolean =>
  typeof found === "string" && typeof wanted === "string"
    ? found.normalize() === wanted.normalize()
    : found === wanted;

const looksAtBody = ({ contains, matches, json }: HttpCheck): boolean =>
  contains !== undefined || matches !== undefined || json !== undefined;

const judgeBody = (check: HttpCheck, answer: Answer): void => {
  if (!looksAtBody(check)) return;
  if (answer.encoding !== undefined && !/^(identity)?$/i.test(answer.encoding))
    throw new Finding(`the answer is encoded (${answer.encoding}) although that was not asked for`);
  const where = answer.cut ? ` in the first ${BODY_LIMIT / 1024} kB` : "";
  if (check.contains !== undefined && !includes(answer.body, check.contains))
    throw new Finding(`"${check.contains}" is not in the answer${where}`);
  if (check.matches !== undefined && !matches(answer.body, check.matches))
    throw new Finding(`the answer${where} does not match /${check.matches}/`);
  if (check.json === undefined) return;
  let parsed: unknown;
  try {
    parsed = JSON.parse(answer.body);
  } catch {
    throw new Finding("the answer is not JSON");
  }
  const found = valueAt(parsed, check.json.path);
  if (!isSame(found, check.json.equals))
    throw new Finding(
      `${check.json.path} is ${JSON.stringify(found) ?? "absent"}, not ${JSON.stringify(check.json.equals)}`,
    );
};

interface Visit {
  readonly url: URL;
  readonly method: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * As browsers go on, but never out of TLS; and the manifest's headers, which may be secrets, stay
 * with the place that they were meant for.
 */
const redirected = (
  { url: from, method, headers }: Visit,
  { status }: Answer,
  location: string,
): Visit => {
  if (!URL.canParse(location, from.href))
    throw new Finding(`redirected to "${location.slice(0, 60)}", which is no address`);
  const url = new URL(location, from);
  if (url.protocol !== "http:" && url.protocol !== "https:")
    throw new Finding(`redirected to ${url.protocol}`);
  if (from.protocol === "https:" && url.protocol === "http:")
    throw new Finding("redirected from https to http");
  const anew = status === 303 || (status < 303 && method === "POST");
  return {
    url,
    method: anew && method !== "HEAD" ? "GET" : method,
    headers: url.origin === from.origin ? headers : undefined,
  };
};

/** Passes or throws what is wrong. */
export const checkHttp = async (
  check: HttpCheck,
  timeoutMs: number,
): Promise<string | undefined> => {
  const began = monotonic();
  let visit: Visit = {
    url: new URL(check.url),
    method: (check.method ?? "GET").toUpperCase(),
    headers: check.headers,
  };
  for (let followed = 0; ; followed += 1) {
    const answer = await ask(
      visit.url,
      {
        method: visit.method,
        headers: visit.headers,
        bodyless: !looksAtBody(check),
        via: check.via,
      },
      Math.max(1, Math.round(timeoutMs - (monotonic() - began))),
    ).catch((error: unknown) => {
      // Past the first address, a name or a door is another's: it is what was answered.
      throw followed > 0 ? failedAt("answer", error) : error;
    });
    if (
      followed < (check.redirects ?? 0) &&
      answer.location !== undefined &&
      answer.status >= 300 &&
      answer.status < 400
    ) {
      visit = redirected(visit, answer, answer.location);
      continue;
    }
    if (answer.status !== check.status)
      throw new Finding(
        `HTTP ${answer.status}, expected ${check.status}${followed > 0 ? `, after ${followed === 1 ? "a redirect" : `${followed} redirects`}` : ""}`,
      );
    judgeBody(check, answer);
    const ms = monotonic() - began;
    if (check.maxLatencyMs !== undefined && ms > check.maxLatencyMs)
      throw new TooLate(`took ${Math.round(ms)} ms, more than ${check.maxLatencyMs} ms`);
    return undefined;
  }
};

const value = (found: unknown, at: string): readonly string[] =>
  typeof found === "object" && found ? [`${at}: a plain value is needed`] : [];

export const httpKind: LookingKind<HttpCheck> = {
  source: "network",
  layer: "service",
  fields: {
    url,
    status,
    contains: optional(text),
    method: optional(text),
    headers: optional(headers),
    matches: optional(regex),
    json: optional(shape({ path: text, equals: value })),
    maxLatencyMs: optional(positive),
    redirects: optional(count),
    unit: optional(text),
    via: optional(text),
  },
  run: async (check, timeoutMs, reports) => {
    try {
      const fact = await checkHttp(check, timeoutMs);
      if (check.unit !== undefined && reports !== undefined)
        await ensureRuns(check.unit, check.machine, reports);
      return fact;
    } catch (error) {
      throw failedAt(stageOf(error) ?? "answer", error);
    }
  },
  advice: (check) => lookAt(check.id, new URL(check.url).host),
};
