import { once } from "node:events";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

export interface Heard {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}
export interface Said {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}
/** What a service answers to a request; "hang" is no answer at all. */
type Service = (heard: Heard) => Said | "hang";

/**
 * A service on loopback that is as strict as the real one; what it has taken is in `shown`, as its
 * users would see it.
 */
export class Receiver {
  readonly shown: string[] = [];
  /** Answers that come before the service's own. */
  readonly instead: (Said | "hang")[] = [];
  private constructor(
    readonly server: Server,
    readonly base: string,
  ) {}

  static async open(service: (shown: string[]) => Service): Promise<Receiver> {
    const server = createServer((request, response) => {
      void text(request).then((body) => {
        const heard = {
          method: request.method ?? "",
          path: request.url ?? "",
          headers: request.headers,
          body,
        };
        const said = receiver.instead.shift() ?? answer(heard);
        if (said !== "hang") response.writeHead(said.status, said.headers).end(said.body ?? "");
      });
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const receiver = new Receiver(
      server,
      `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    );
    const answer = service(receiver.shown);
    return receiver;
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}

const isJson = ({ method, headers }: Heard): boolean =>
  method === "POST" && (headers["content-type"] ?? "").startsWith("application/json");
const parsed = <Body>({ body }: Heard): Partial<Body> | undefined => {
  try {
    return JSON.parse(body) as Partial<Body>;
  } catch {
    return undefined;
  }
};
const plain = (status: number, body: string): Said => ({ status, body });
const object = (status: number, body: unknown): Said => ({
  status,
  body: JSON.stringify(body),
  headers: { "content-type": "application/json" },
});

/**
 * Incoming webhooks: the secret is the path; `<…>` is a control sequence, other `<`, `>` and `&`
 * have to be escaped.
 */
export const slack =
  (shown: string[]): Service =>
  (heard) => {
    if (heard.path !== "/services/T0/B0/secret") return plain(404, "no_service");
    const body = parsed<{ text: string; mrkdwn: boolean }>(heard);
    if (!isJson(heard) || body === undefined) return plain(400, "invalid_payload");
    if (typeof body.text !== "string" || body.text === "") return plain(400, "no_text");
    if (body.text.length > 40_000) return plain(400, "msg_too_long");
    const bare = body.text.replace(/<https?:[^<>|]*>/g, "");
    if (/[<>]|&(?!amp;|lt;|gt;)/.test(bare)) return plain(400, "unescaped");
    shown.push(
      body.text
        .replace(/<(https?:[^<>|]*)>/g, "$1")
        .replaceAll("&lt;", "<")
        .replaceAll("&gt;", ">")
        .replaceAll("&amp;", "&"),
    );
    return plain(200, "ok");
  };

/**
 * Webhooks: 1 to 2,000 characters; 204 unless it is asked to wait. Markdown is applied, a backslash
 * takes its meaning from what follows.
 */
export const discord =
  (shown: string[]): Service =>
  (heard) => {
    const url = new URL(heard.path, "http://discord");
    if (url.pathname !== "/api/webhooks/1/secret")
      return object(404, { message: "Unknown Webhook", code: 10015 });
    const body = parsed<{ content: string; allowed_mentions: { parse: string[] }; flags: number }>(
      heard,
    );
    if (!isJson(heard) || body === undefined)
      return object(400, { message: "The request body contains invalid JSON.", code: 50109 });
    if (typeof body.content !== "string" || body.content === "")
      return object(400, { message: "Cannot send an empty message", code: 50006 });
    if ([...body.content].length > 2000)
      return object(400, { message: "Invalid Form Body", code: 50035 });
    if (body.allowed_mentions?.parse?.length !== 0)
      return object(400, { message: "anyone could be pinged", code: 0 });
    const rest = body.content.replace(/https?:\/\/\S+/g, (address) =>
      address.replace(/[\\*_~`|]/g, "x"),
    );
    if (!body.content.includes("```") && /(^|[^\\])[*_~`|]/.test(rest))
      return object(400, { message: "it would be shown as markup", code: 0 });
    shown.push(body.content.replace(/\\([^0-9A-Za-z\s])/g, "$1"));
    return url.searchParams.get("wait") === "true" ? object(200, { id: "1" }) : { status: 204 };
  };

/**
 * Bot API: the token is in the path; 1 to 4,096 UTF-16 units; entities have to lie within the text.
 */
export const telegram =
  (shown: string[]): Service =>
  (heard) => {
    const refuse = (code: number, description: string, more: object = {}): Said =>
      object(code, { ok: false, error_code: code, description, ...more });
    if (heard.path !== "/bot1:secret/sendMessage") return refuse(401, "Unauthorized");
    const body = parsed<{
      chat_id: string;
      text: string;
      parse_mode: string;
      entities: { offset: number; length: number }[];
    }>(heard);
    if (!isJson(heard) || body === undefined)
      return refuse(400, "Bad Request: message text is empty");
    if (body.chat_id !== "-100200") return refuse(400, "Bad Request: chat not found");
    if (typeof body.text !== "string" || body.text.trim() === "")
      return refuse(400, "Bad Request: message text is empty");
    if (body.text.length > 4096) return refuse(400, "Bad Request: message is too long");
    if (body.parse_mode !== undefined) return refuse(400, "Bad Request: can't parse entities");
    if (
      (body.entities ?? []).some(
        ({ offset, length }) => length < 1 || offset + length > (body.text?.length ?? 0),
      )
    )
      return refuse(400, "Bad Request: entity beyond the text");
    shown.push(body.text);
    return object(200, { ok: true, result: { message_id: 1 } });
  };

/**
 * ntfy: the topic is the path; headers are decoded (RFC 2047), a body beyond 4,096 bytes is no
 * message; a topic may be protected.
 */
export const ntfy =
  (shown: string[]): Service =>
  ({ method, path, headers, body }) => {
    const refuse = (http: number, code: number, error: string): Said =>
      object(http, { code, http, error });
    if (headers.authorization !== "Bearer tk_secret") return refuse(403, 40301, "forbidden");
    if (method !== "POST" || path !== "/alerts") return refuse(404, 40401, "page not found");
    if (Buffer.byteLength(body) > 4096) return refuse(400, 40014, "attachments not allowed");
    if (!["min", "low", "default", "high", "urgent", "max"].includes(String(headers["priority"])))
      return refuse(400, 40007, "priority invalid");
    if (headers["click"] !== undefined && !/^[\x21-\x7e]+$/.test(String(headers["click"])))
      return refuse(400, 0, "click invalid");
    const title = String(headers["title"]).replace(
      /=\?UTF-8\?B\?([^?]*)\?=/g,
      (_word, base64: string) => Buffer.from(base64, "base64").toString(),
    );
    shown.push(`${title}\n\n${body}`);
    return object(200, { id: "x", event: "message", topic: "alerts" });
  };

/** Anything that takes JSON by POST, as people write for themselves. */
export const webhook =
  (shown: string[]): Service =>
  (heard) => {
    const body = parsed<{ id: string; subject: string; text: string }>(heard);
    if (!isJson(heard) || body?.id === undefined || heard.headers["idempotency-key"] !== body.id)
      return plain(400, "id missing");
    shown.push(`${body.subject}\n\n${body.text}`);
    return plain(202, "");
  };
