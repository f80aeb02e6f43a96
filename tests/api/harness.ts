import { existsSync, readFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { dirname, join } from "node:path";

import { test } from "@jest/globals";
import Ajv, { type ValidateFunction } from "ajv";
import addFormats from "ajv-formats";

import { createApi, type CreatedApi } from "../../local/cloud/api/app";
import type { PostHook } from "../../local/cloud/api/notifications";
import type { Clock } from "../../local/cloud/clock";
import type { Hypervisor } from "../../local/cloud/machines/hypervisor";
import { createRecordsOnlyHypervisor } from "../../local/cloud/machines/records-only";
import type { Letter } from "../../local/cloud/mail/send";
import { createKeyedQueue } from "../../local/cloud/queue";
import { openStore } from "../../local/cloud/record-store";
import type { AnswerBody } from "./answers";

/** Stands still until it is told to go on; sleepers wake when their time has come. */
export interface FakeClock extends Clock {
  advance(milliseconds: number): Promise<void>;
}

export const fakeClock = (start = "2026-11-21T12:00:00Z"): FakeClock => {
  let now = Date.parse(start);
  let sleepers: { readonly at: number; readonly wake: () => void }[] = [];
  return {
    now: () => new Date(now),
    sleep: (milliseconds) =>
      new Promise((wake) => {
        sleepers.push({ at: now + milliseconds, wake });
      }),
    advance: async (milliseconds) => {
      now += milliseconds;
      const due = sleepers.filter((one) => one.at <= now);
      sleepers = sleepers.filter((one) => one.at > now);
      for (const { wake } of due) wake();
      await new Promise((resolve) => {
        setImmediate(resolve);
      });
    },
  };
};

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: AnswerBody;
}
export interface TestApi extends CreatedApi {
  readonly clock: FakeClock;
  readonly log: string[];
  readonly letters: Letter[];
  readonly posts: { readonly url: string; readonly message: Readonly<Record<string, string>> }[];
  /** Validated against DigitalOcean's own document unless told otherwise. */
  call(
    method: string,
    path: string,
    body?: unknown,
    options?: {
      token?: string | null;
      raw?: string;
      unchecked?: boolean;
      headers?: Record<string, string>;
    },
  ): Promise<Answer>;
}

/** As much of an OpenAPI document as is looked at here. */
interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}
interface Operation {
  readonly responses?: Readonly<Record<string, unknown>>;
}

const DOCUMENT_PATH = join(__dirname, "../../../shared/do-api/openapi.json");
/**
 * Where DigitalOcean's document is not there, answers are not validated; tests/api/openapi.test.ts
 * says so.
 */
export const openApi = existsSync(DOCUMENT_PATH)
  ? (JSON.parse(readFileSync(DOCUMENT_PATH, "utf8")) as Document)
  : undefined;

/** A test that is nothing without that document. */
export const withDocument = (title: string, body: () => Promise<void>): void => {
  const one = openApi ? test : test.skip;
  one(openApi ? title : `${title} (skipped: ../shared/do-api/openapi.json is not there)`, body);
};

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** References to paths with parameters have bare braces, which no URI may have. */
const escapeBraces = (reference: string): string =>
  reference.replaceAll("{", "%7B").replaceAll("}", "%7D");

/** OpenAPI 3.0 says `nullable`, JSON Schema says another type. */
const nullable = (schema: unknown): unknown => {
  if (Array.isArray(schema)) return schema.map(nullable);
  return isObject(schema) ? nullableObject(schema) : schema;
};

const nullableObject = (
  schema: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> => {
  const kept = Object.entries(schema).filter(
    ([key]) => !["nullable", "discriminator", "example"].includes(key),
  );
  const mapped = Object.fromEntries(
    kept.map(([key, value]) => [
      key,
      key === "$ref" && typeof value === "string" ? escapeBraces(value) : nullable(value),
    ]),
  );
  if (schema.nullable !== true) return mapped;
  // In place where it can be: references go through the inside of schemas.
  if (typeof mapped.type !== "string" || mapped.allOf || mapped.anyOf || mapped.oneOf)
    return { anyOf: [mapped, { type: "null" }] };
  return {
    ...mapped,
    type: [mapped.type, "null"],
    ...(Array.isArray(mapped.enum) ? { enum: [...(mapped.enum as unknown[]), null] } : {}),
  };
};

const ajv = new Ajv({
  strict: false,
  allErrors: true,
  validateFormats: true,
  unicodeRegExp: false,
});
addFormats(ajv);
ajv
  .addFormat("string", true)
  .addFormat("float", true)
  .addFormat("int32", true)
  .addFormat("int64", true)
  .addFormat("double", true);
if (openApi) ajv.addSchema({ ...nullableObject({ ...openApi }), $id: "do.json" });
const compiled = new Map<string, ValidateFunction | null>();

const escapePart = (part: string): string =>
  encodeURIComponent(part.replaceAll("~", "~0").replaceAll("/", "~1"));
const templates: readonly string[] = openApi
  ? Object.keys(openApi.paths).sort((a, b) => a.split("{").length - b.split("{").length)
  : [];
/** Everything in the document that can be asked. */
export const operations: readonly { readonly method: string; readonly template: string }[] =
  templates.flatMap((template) =>
    Object.keys(openApi?.paths[template] ?? {})
      .filter((name) => ["get", "post", "put", "patch", "delete"].includes(name))
      .map((name) => ({ method: name.toUpperCase(), template })),
  );
/** Asks an operation for something that does not exist. */
export const askInVain = (
  api: TestApi,
  { method, template }: (typeof operations)[number],
): Promise<Answer> =>
  api.call(
    method,
    template.replace(/\{[^}]+\}/g, "1"),
    method === "GET" || method === "DELETE" ? undefined : {},
    { unchecked: true },
  );
export const templateOf = (path: string): string | undefined =>
  templates.find((template) =>
    new RegExp(`^${template.replace(/\{[^}]+\}/g, "[^/]+")}$`).test(path),
  );

const partOf = (value: unknown, ...parts: string[]): unknown =>
  parts.reduce<unknown>((at, part) => (isObject(at) ? at[part] : undefined), value);

/** What a pointer of the document leads to, through references. */
const resolve = (pointer: string): { value: unknown; pointer: string } => {
  const parts = pointer
    .slice(2)
    .split("/")
    .map((part) => decodeURIComponent(part).replaceAll("~1", "/").replaceAll("~0", "~"));
  const value = partOf(openApi, ...parts);
  const reference = partOf(value, "$ref");
  return typeof reference === "string" ? resolve(reference) : { value, pointer };
};

const validatorOf = (template: string, method: string, status: number): ValidateFunction | null => {
  const key = `${method} ${template} ${status}`;
  if (!compiled.has(key)) {
    const { value, pointer } = resolve(
      `#/paths/${escapePart(template)}/${method.toLowerCase()}/responses/${status}`,
    );
    const schema = partOf(value, "content", "application/json", "schema");
    compiled.set(
      key,
      schema ? ajv.compile({ $ref: `do.json${pointer}/content/application~1json/schema` }) : null,
    );
  }
  return compiled.get(key)!;
};

/**
 * What clients are answered although the document does not list it, and what it lists in its place.
 */
const BEYOND_THE_DOCUMENT: Readonly<Record<string, readonly [answered: string, listed: string]>> = {
  // A project that was made without an environment.
  environment: ["", "Development"],
  // An image whose system nobody has named.
  distribution: ["Unknown OS", "Unknown"],
};
const asListed = (body: unknown): unknown =>
  JSON.parse(JSON.stringify(body), (key, value: unknown) => {
    const [answered, listed] = BEYOND_THE_DOCUMENT[key] ?? [];
    return answered !== undefined && value === answered ? listed : value;
  });

/** Problems of an answer, as DigitalOcean's document sees them. */
export const problemsOf = (
  method: string,
  path: string,
  status: number,
  body: unknown,
): string[] => {
  const template = templateOf(path.split("?")[0]!);
  if (!openApi || !template || status >= 500) return [];
  const responses = openApi.paths[template]?.[method.toLowerCase()]?.responses;
  if (responses && status < 400 && !responses[status])
    return [`${method} ${template}: ${status} is not among its answers`];
  const validate = validatorOf(template, method, status);
  if (!validate || validate(asListed(body))) return [];
  return (validate.errors ?? []).map(
    (error) => `${method} ${path} ${status}: ${error.instancePath} ${error.message}`,
  );
};

export const OWNERS_TOKEN = "owner";

/** Those that keep their records in a file, and how each of them comes to rest. */
const opened: { readonly file: string; readonly rest: () => Promise<void> }[] = [];

/** A folder of records, once no cloud of it is still writing there. */
export const removeRecords = async (folder: string): Promise<void> => {
  for (const { rest } of opened.filter(({ file }) => dirname(file) === folder)) await rest();
  await rm(folder, { recursive: true });
};

export const testApi = async (
  options: {
    hypervisor?: Hypervisor;
    pace?: "host" | "real";
    file?: string;
    strangers?: "refused" | "owner";
  } = {},
): Promise<TestApi> => {
  const clock = fakeClock();
  const log: string[] = [];
  const letters: Letter[] = [];
  const posts: TestApi["posts"] = [];
  const post: PostHook = (url, message) =>
    url.includes("lab")
      ? Promise.resolve(void posts.push({ url, message }))
      : Promise.reject(new Error("Could not resolve host"));
  const send = (letter: Letter): Promise<void> => {
    letters.push(letter);
    return Promise.resolve();
  };
  const store = await openStore(options.file ?? null, clock, (line) => log.push(line));
  const pace = options.pace ?? "host";
  const created = createApi({
    store,
    hypervisor: options.hypervisor ?? createRecordsOnlyHypervisor(),
    queue: createKeyedQueue(),
    clock,
    pace,
    access: { owner: OWNERS_TOKEN, strangers: options.strangers ?? "owner" },
    send,
    post,
    log: (line) => log.push(line),
  });
  if (options.file !== undefined)
    opened.push({
      file: options.file,
      rest: async () => {
        // With delays, what is under way waits for a clock that stands still.
        if (pace === "host") await created.cloud.jobs.settled();
        await store.save();
      },
    });
  return {
    ...created,
    clock,
    log,
    letters,
    posts,
    call: async (method, path, body, { token = "test", raw, unchecked, headers = {} } = {}) => {
      const text = raw ?? (body === undefined ? undefined : JSON.stringify(body));
      const response = await created.app.request(path, {
        method,
        headers: {
          ...(token === null ? {} : { authorization: `Bearer ${token}` }),
          "content-type": "application/json",
          ...headers,
        },
        ...(text === undefined ? {} : { body: text }),
      });
      const answered = await response.text();
      const parsed = (answered === "" ? null : JSON.parse(answered)) as AnswerBody;
      const problems = unchecked ? [] : problemsOf(method, path, response.status, parsed);
      if (problems.length) throw new Error(problems.slice(0, 8).join("\n"));
      return { status: response.status, headers: response.headers, body: parsed };
    },
  };
};

export const PUBLIC_KEY =
  "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIPROBEprobePROBEprobePROBEprobePROBEprobePRO probe";

export const newDroplet = (more: Record<string, unknown> = {}): Record<string, unknown> => ({
  name: "web",
  region: "fra1",
  size: "s-1vcpu-1gb",
  image: "debian-13-x64",
  ssh_keys: null,
  backups: false,
  ipv6: true,
  private_networking: false,
  monitoring: true,
  user_data: "#cloud-config\n",
  tags: ["web"],
  ...more,
});
