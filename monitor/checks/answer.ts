import { Finding } from "./outcome";

const HEAD_LIMIT = 16 * 1024;
/** More than this of a body is never read: an endless one costs nothing more. */
export const BODY_LIMIT = 256 * 1024;

const notHttp = (): Finding => new Finding("the answer is not HTTP");

/** The body's end by RFC 9112: after so many bytes, by chunks, or with the connection. */
type Framing =
  | { readonly kind: "length"; readonly bytes: number }
  | { readonly kind: "chunks" }
  | { readonly kind: "rest" };

export interface Head {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
}

const parseHead = (text: string): Head => {
  const [first = "", ...lines] = text.split("\r\n");
  const status = /^HTTP\/1\.[01] (\d{3})(?: |$)/.exec(first)?.[1];
  if (status === undefined) throw notHttp();
  const headers = new Map<string, string>();
  for (const line of lines) {
    const colon = line.indexOf(":");
    const name = line.slice(0, colon).toLowerCase();
    if (colon < 1 || /[^!#$%&'*+\-.^`|~\w]/.test(name)) throw notHttp();
    const value = line.slice(colon + 1).trim();
    if (name === "content-length" && (headers.get(name) ?? value) !== value)
      throw new Finding("the answer has two lengths");
    headers.set(name, value);
  }
  return { status: Number(status), headers };
};

const framingOf = ({ status, headers }: Head, method: string): Framing => {
  if (method === "HEAD" || status === 204 || status === 304) return { kind: "length", bytes: 0 };
  if (/\bchunked$/i.test(headers.get("transfer-encoding") ?? "")) return { kind: "chunks" };
  const length = headers.get("content-length");
  if (length === undefined) return { kind: "rest" };
  if (!/^\d{1,15}$/.test(length))
    throw new Finding(`the answer's length is "${length.slice(0, 20)}"`);
  return { kind: "length", bytes: Number(length) };
};

/** Takes a chunked body apart. */
class Chunks {
  #expects: "size" | "data" | "gap" | "trailer" = "size";
  #left = 0;
  #line = "";

  /** @returns whether that was the end. */
  take(bytes: Buffer, keep: (data: Buffer) => void): boolean {
    for (let at = 0; at < bytes.length;) {
      if (this.#expects === "data") {
        const data = bytes.subarray(at, at + this.#left);
        keep(data);
        at += data.length;
        this.#left -= data.length;
        if (this.#left === 0) this.#expects = "gap";
        continue;
      }
      const end = bytes.indexOf(10, at);
      this.#line += bytes.toString("latin1", at, end < 0 ? bytes.length : end);
      if (this.#line.length > HEAD_LIMIT) throw notHttp();
      if (end < 0) return false;
      at = end + 1;
      const line = this.#line.replace(/\r$/, "");
      this.#line = "";
      if (this.#expects === "trailer" && line === "") return true;
      if (this.#expects !== "trailer") this.#next(line);
    }
    return false;
  }

  #next(line: string): void {
    if (this.#expects === "gap") {
      if (line !== "") throw notHttp();
      this.#expects = "size";
      return;
    }
    const size = /^([0-9a-f]{1,8})[ \t]*(?:;|$)/i.exec(line)?.[1];
    if (size === undefined) throw notHttp();
    this.#left = parseInt(size, 16);
    this.#expects = this.#left === 0 ? "trailer" : "data";
  }
}

/**
 * Reads one HTTP/1.1 answer as it comes in. Node's client would do, at twice the processor time and more memory for what a check needs: a status, a few headers, the beginning of a body, and whether it came whole.
 */
export class AnswerReader {
  head: Head | undefined;
  /** The body went on after the limit. */
  cut = false;
  #begin: Buffer = Buffer.alloc(0);
  #framing: Framing = { kind: "rest" };
  readonly #chunks = new Chunks();
  readonly #kept: Buffer[] = [];
  #size = 0;

  constructor(
    readonly method: string,
    /** Whether anybody wants to see the body. */ readonly keeps: boolean,
  ) {}

  body(): string {
    return Buffer.concat(this.#kept).toString("utf8");
  }

  /** @returns whether the answer is there. @throws Finding when it is not one. */
  take(bytes: Buffer): boolean {
    if (this.head !== undefined) return this.#more(bytes);
    this.#begin = this.#begin.length === 0 ? bytes : Buffer.concat([this.#begin, bytes]);
    for (;;) {
      const end = this.#begin.indexOf("\r\n\r\n");
      if (end > HEAD_LIMIT || (end < 0 && this.#begin.length > HEAD_LIMIT))
        throw new Finding("response headers are too large");
      if (!"HTTP/1.".startsWith(this.#begin.toString("latin1", 0, 7))) throw notHttp();
      if (end < 0) return false;
      const head = parseHead(this.#begin.toString("latin1", 0, end));
      this.#begin = this.#begin.subarray(end + 4);
      // 100 and 103 come before the answer itself.
      if (head.status < 200 && head.status !== 101) continue;
      this.head = head;
      this.#framing = framingOf(head, this.method);
      return this.#more(this.#begin);
    }
  }

  /** The connection has ended. @returns whether that completes the answer. */
  ended(): boolean {
    return this.head !== undefined && this.#framing.kind === "rest";
  }

  #more(bytes: Buffer): boolean {
    const done =
      this.#framing.kind === "chunks"
        ? this.#chunks.take(bytes, (data) => this.#keep(data))
        : this.#plain(bytes);
    return done || this.cut;
  }

  #plain(bytes: Buffer): boolean {
    if (this.#framing.kind !== "length") {
      this.#keep(bytes);
      return false;
    }
    const { bytes: length } = this.#framing;
    this.#keep(bytes.subarray(0, Math.max(0, length - this.#size)));
    return this.#size >= length;
  }

  #keep(data: Buffer): void {
    if (this.keeps && this.#size < BODY_LIMIT)
      this.#kept.push(data.subarray(0, BODY_LIMIT - this.#size));
    this.#size += data.length;
    this.cut ||= this.#size > BODY_LIMIT;
  }
}
