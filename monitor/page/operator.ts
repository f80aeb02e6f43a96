import { createHash, randomBytes, scrypt, timingSafeEqual } from "node:crypto";
import { readFileSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import { promisify } from "node:util";

import { instant } from "../alerts/words";
import type { Assembly } from "../assembly";
import { act, type Action } from "./actions";
import { html, type Html } from "./html";
import { layout } from "./layout";
import { marks, words } from "./page";
import { page, readBody, Refusal, type Reply } from "./reply";
import { type CheckStatus, status } from "./status";

const derive = promisify(scrypt) as (
  password: string,
  salt: Buffer,
  length: number,
) => Promise<Buffer>;

/** A line for the operator's file: "user:scrypt$salt$hash". */
export const passwordLine = async (user: string, password: string): Promise<string> => {
  const salt = randomBytes(16);
  return `${user}:scrypt$${salt.toString("hex")}$${(await derive(password, salt, 32)).toString("hex")}`;
};

const split = (text: string): readonly [string, string] => {
  const at = text.indexOf(":");
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
};

const digest = (text: string): Buffer => createHash("sha256").update(text).digest();

/** Against "user:scrypt$salt$hash", or against a password alone, whose user is "operator". Both are compared in one time, whatever differs. */
const fits = async (line: string, user: string, password: string): Promise<boolean> => {
  const [, name = "", salt = "", hash = ""] =
    /^([^:]+):scrypt\$([0-9a-f]+)\$([0-9a-f]+)$/.exec(line) ?? [];
  if (name === "")
    return (
      timingSafeEqual(digest(`${user}:${password}`), digest(`operator:${line}`)) && line !== ""
    );
  const [derived, right] = [
    await derive(password, Buffer.from(salt, "hex"), 32),
    Buffer.from(hash, "hex"),
  ];
  return (
    timingSafeEqual(digest(user), digest(name)) &&
    right.length === derived.length &&
    timingSafeEqual(right, derived)
  );
};

const MOST_ADDRESSES = 1000;

/** Basic authentication. A right header is remembered by its hash, so that the slow derivation runs once; a wrong one costs its address a second, and more with each. */
export class Login {
  #good: string | undefined;
  readonly #wrong = new Map<string, { readonly times: number; readonly until: number }>();
  #deriving = false;

  constructor(readonly assembly: Assembly) {}

  /** @throws Refusal 401, 404 without an operator, 429. */
  async check(request: IncomingMessage): Promise<string> {
    const file = this.assembly.config.operatorFile;
    if (file === undefined)
      throw new Refusal(
        404,
        "there is no operator's view: set the stack's secret operator-password",
      );
    const line = readFileSync(file, "utf8").trim();
    const given = request.headers.authorization ?? "";
    const mark = digest(`${line}\n${given}`).toString("hex");
    const [user, password] = split(
      Buffer.from(given.replace(/^Basic /, ""), "base64").toString("utf8"),
    );
    if (mark === this.#good) return user;
    if (given === "") throw new Refusal(401, "log in");
    await this.#guarded(String(request.headers["x-real-ip"] ?? request.socket.remoteAddress), () =>
      fits(line, user, password),
    );
    this.#good = mark;
    return user;
  }

  async #guarded(address: string, isRight: () => Promise<boolean>): Promise<void> {
    const now = this.assembly.clock.monotonic();
    const { times, until } = this.#wrong.get(address) ?? { times: 0, until: 0 };
    // One derivation at a time: it is made to be slow, and the checks share this processor.
    if (now < until || this.#deriving) throw new Refusal(429, "wait a little and try again");
    this.#deriving = true;
    try {
      if (await isRight()) return void this.#wrong.delete(address);
    } finally {
      this.#deriving = false;
    }
    if (this.#wrong.size >= MOST_ADDRESSES) this.#wrong.clear();
    this.#wrong.set(address, {
      times: times + 1,
      until: now + Math.min(1000 * 2 ** times, 300_000),
    });
    this.assembly.log.warn(`operator's view: a wrong login from ${address}`);
    throw new Refusal(401, "wrong user or password");
  }
}

const checkRow = (check: CheckStatus): Html =>
  html`<tr class="${check.condition}"><td><span class="mark">${marks[check.condition]}</span> ${check.id}</td><td>${words[check.condition]}</td><td>${check.layer === check.machine ? check.layer : `${check.layer}, ${check.machine}`}</td><td>${check.kind}</td><td>${
    check.ms === undefined ? "" : `${Math.round(check.ms)}\u00a0ms`
  }</td><td>${check.error ?? check.detail ?? ""}${check.heldBy === undefined ? "" : ` (behind ${check.heldBy})`}</td></tr>`;

const button = (fields: Readonly<Record<string, string | number>>, text: string): Html =>
  html`<form method="post">${Object.entries(fields).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}<button>${text}</button></form>`;

const view = (assembly: Assembly, user: string, done: string | undefined): Html => {
  const now = status(assembly);
  const incidents = now.incidents.map(
    (incident) =>
      html`<li><a href="/incident/${incident.id}">#${incident.id} ${incident.name}</a> since ${instant(Date.parse(incident.opened))}: ${incident.error}${incident.acknowledged === undefined ? "" : " (acknowledged)"}${
        incident.snoozedUntil === undefined
          ? ""
          : ` (snoozed until ${instant(Date.parse(incident.snoozedUntil))})`
      }<div class="buttons">${button({ action: "acknowledge", incident: incident.id }, "Acknowledge")}${button({ action: "snooze", incident: incident.id, minutes: 60 }, "Snooze 1 h")}</div></li>`,
  );
  const waiting = assembly.outbox
    .waiting()
    .map(
      ({ message, attempts, error }) =>
        html`<li>${message.subject} (${attempts === 1 ? "1 try" : `${attempts} tries`}${error === undefined ? "" : `; ${error}`})</li>`,
    );
  return layout(
    now.fleet,
    "Operator",
    html`<p><a href="/">&larr; Status</a> &middot; ${user}</p><h1>Operator</h1>${done === undefined ? "" : html`<p class="done">&#10003; ${done}</p>`}
<section><h2>Open incidents</h2>${incidents.length === 0 ? html`<p class="soft">None.</p>` : html`<ul class="incidents">${incidents}</ul>`}</section>
<section><h2>Maintenance</h2>${now.maintenance.map(({ title, to }) => html`<div class="window">${title}, until ${instant(Date.parse(to))} ${button({ action: "end-maintenance", title }, "End")}</div>`)}
<form method="post" class="line"><input type="hidden" name="action" value="maintenance"><label>Title <input name="title" required maxlength="80"></label> <label>Minutes <input name="minutes" type="number" min="1" max="10080" value="30"></label> <button>Begin</button></form></section>
<section><h2>Checks</h2><div class="wide" role="region" aria-label="Checks" tabindex="0"><table><thead><tr><th scope="col">Check</th><th scope="col">State</th><th scope="col">Layer</th><th scope="col">Kind</th><th scope="col">Time</th><th scope="col">What it says</th></tr></thead><tbody>${now.checks.map(checkRow)}</tbody></table></div></section>
<section><h2>Outbox</h2>${waiting.length === 0 ? html`<p class="soft">Everything has left.</p>` : html`<ul>${waiting}</ul>`}</section>
<footer>Storage: ${now.storage.ok ? "written" : (now.storage.error ?? "not written")}. Memory: ${Math.round(process.memoryUsage.rss() / 1048576)} MB. Started ${instant(Date.parse(now.startedAt))}.</footer>`,
  );
};

const actionOf = (form: URLSearchParams, by: string): Exclude<Action, { action: "report" }> => {
  const [incident, minutes] = [Number(form.get("incident")), Number(form.get("minutes"))];
  switch (form.get("action")) {
    case "acknowledge":
      return { action: "acknowledge", incident, by };
    case "snooze":
      return { action: "snooze", incident, by, minutes };
    case "maintenance":
      return { action: "maintenance", title: form.get("title") ?? "maintenance", minutes };
    case "end-maintenance":
      return { action: "end-maintenance", title: form.get("title") ?? "" };
    default:
      throw new Refusal(400, "no such action");
  }
};

/** Browsers say where a form was: by Sec-Fetch-Site, older ones by Origin alone. What says neither is no browser, and has no login stored that someone else could use. */
const isOwn = ({ headers }: IncomingMessage): boolean => {
  const site = headers["sec-fetch-site"];
  if (site !== undefined) return site === "same-origin";
  const { origin } = headers;
  return origin === undefined || (URL.canParse(origin) && new URL(origin).host === headers.host);
};

/** GET and POST /operator. A POST has to come from this page: browsers say so. */
export const operator = async (
  assembly: Assembly,
  login: Login,
  request: IncomingMessage,
): Promise<Reply> => {
  let user: string;
  try {
    user = await login.check(request);
  } catch (error) {
    if (error instanceof Refusal && error.code === 401)
      return {
        ...page(html`log in`, 401),
        headers: { "www-authenticate": 'Basic realm="Observatory", charset="UTF-8"' },
      };
    throw error;
  }
  if (request.method !== "POST") return page(view(assembly, user, undefined));
  if (!isOwn(request)) throw new Refusal(403, "this form can only be sent from its own page");
  const action = actionOf(new URLSearchParams(await readBody(request)), user);
  try {
    return page(view(assembly, user, act(assembly, action)));
  } catch (error) {
    throw new Refusal(409, (error as Error).message);
  }
};
