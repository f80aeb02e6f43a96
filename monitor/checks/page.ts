import type { HttpCheck } from "../../config/monitor";
import { monotonic } from "../adapters/clock";
import { bodyLimit } from "./answer";
import { ask, type Answer } from "./http";
import { Finding, TooLate } from "./outcome";

const valueAt = (value: unknown, path: string): unknown =>
  path.split(".").filter((key) => key !== "").reduce<unknown>((at, key) => (typeof at === "object" && at !== null ? (at as Record<string, unknown>)[key] : undefined), value);

const looksAtBody = ({ contains, matches, json }: HttpCheck): boolean => contains !== undefined || matches !== undefined || json !== undefined;

function judgeBody(check: HttpCheck, answer: Answer): void {
  if (!looksAtBody(check)) return;
  if (answer.encoding !== undefined && answer.encoding !== "identity") throw new Finding(`the answer is encoded (${answer.encoding}) although that was not asked for`);
  const where = answer.cut ? ` in the first ${bodyLimit / 1024} kB` : "";
  if (check.contains !== undefined && !answer.body.includes(check.contains)) throw new Finding(`"${check.contains}" is not in the answer${where}`);
  if (check.matches !== undefined && !new RegExp(check.matches, "u").test(answer.body)) throw new Finding(`the answer${where} does not match /${check.matches}/`);
  if (check.json === undefined) return;
  let parsed: unknown;
  try {
    parsed = JSON.parse(answer.body);
  } catch {
    throw new Finding("the answer is not JSON");
  }
  const found = valueAt(parsed, check.json.path);
  if (found !== check.json.equals) throw new Finding(`${check.json.path} is ${JSON.stringify(found) ?? "absent"}, not ${JSON.stringify(check.json.equals)}`);
}

/** Passes or throws what is wrong. */
export async function checkHttp(check: HttpCheck, timeoutMs: number): Promise<string | undefined> {
  const began = monotonic();
  let url = new URL(check.url);
  for (let left = check.redirects ?? 0; ; left -= 1) {
    const answer = await ask(url, { method: check.method, headers: check.headers, bodyless: !looksAtBody(check) }, Math.max(1, Math.round(timeoutMs - (monotonic() - began))));
    if (left > 0 && answer.location !== undefined && answer.status >= 300 && answer.status < 400) {
      url = new URL(answer.location, url);
      if (url.protocol !== "http:" && url.protocol !== "https:") throw new Finding(`redirected to ${url.protocol}`);
      continue;
    }
    if (answer.status !== check.status) throw new Finding(`HTTP ${answer.status}, expected ${check.status}`);
    judgeBody(check, answer);
    const ms = monotonic() - began;
    if (check.maxLatencyMs !== undefined && ms > check.maxLatencyMs) throw new TooLate(`took ${Math.round(ms)} ms, more than ${check.maxLatencyMs} ms`);
    return undefined;
  }
}
