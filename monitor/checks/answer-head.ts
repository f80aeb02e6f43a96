import { Finding } from "./outcome";

export const HEAD_LIMIT = 16 * 1024;

export const notHttp = (): Finding => new Finding("the answer is not HTTP");

export interface Head {
  readonly status: number;
  /** By name in lower case, as bytes in Latin-1. */
  readonly headers: ReadonlyMap<string, string>;
}

/** The body's end by RFC 9112: after so many bytes, by chunks, or with the connection. */
export type Framing =
  | { readonly kind: "length"; readonly bytes: number }
  | { readonly kind: "chunks" }
  | { readonly kind: "rest" };

/** "5, 5" and a header that is repeated are one length (RFC 9110, 8.6). */
const oneLength = (value: string): string => {
  const [first = "", ...others] = value.split(",").map((one) => one.trim());
  if (others.some((other) => other !== first)) throw new Finding("the answer has two lengths");
  return first;
};

/** A line that begins with a space goes on with the value before it (RFC 9112, 5.2). */
const unfolded = (lines: readonly string[]): readonly string[] => {
  const whole: string[] = [];
  for (const line of lines) {
    if (!/^[ \t]/.test(line)) whole.push(line);
    else if (whole.length > 0) whole.push(`${whole.pop() ?? ""} ${line.trim()}`);
  }
  return whole;
};

/** As browsers read it: lines may end in a bare LF, and a space may stand before the colon. */
const parseHead = (text: string): Head => {
  const [first = "", ...lines] = text.split(/\r?\n/);
  const status = /^HTTP\/1\.[01] (\d{3})(?: |$)/.exec(first)?.[1];
  if (status === undefined) throw notHttp();
  const headers = new Map<string, string>();
  for (const line of unfolded(lines)) {
    const colon = line.indexOf(":");
    const name = line.slice(0, colon).trimEnd().toLowerCase();
    if (colon < 1 || !/^[!#$%&'*+\-.^`|~\w]+$/.test(name)) throw notHttp();
    const value = line.slice(colon + 1).trim();
    const before = headers.get(name);
    if (name === "content-length")
      headers.set(name, oneLength(before === undefined ? value : `${before},${value}`));
    else headers.set(name, value);
  }
  return { status: Number(status), headers };
};

/**
 * @returns the head and what comes after it; undefined while it has not come whole. @throws Finding
 * when it is none.
 */
export const takeHead = (
  bytes: Buffer,
): { readonly head: Head; readonly rest: Buffer } | undefined => {
  const text = bytes.toString("latin1", 0, HEAD_LIMIT + 4);
  const end = /\r?\n\r?\n/.exec(text);
  const isTooLarge = end ? end.index > HEAD_LIMIT : bytes.length > HEAD_LIMIT;
  if (isTooLarge) throw new Finding("response headers are too large");
  if (!"HTTP/1.".startsWith(text.slice(0, 7))) throw notHttp();
  if (!end) return undefined;
  return {
    head: parseHead(text.slice(0, end.index)),
    rest: bytes.subarray(end.index + end[0].length),
  };
};

export const framingOf = ({ status, headers }: Head, method: string): Framing => {
  if (method === "HEAD" || status === 204 || status === 304) return { kind: "length", bytes: 0 };
  if (/\bchunked$/i.test(headers.get("transfer-encoding") ?? "")) return { kind: "chunks" };
  const length = headers.get("content-length");
  if (length === undefined) return { kind: "rest" };
  if (!/^\d{1,15}$/.test(length))
    throw new Finding(`the answer's length is "${length.slice(0, 20)}"`);
  return { kind: "length", bytes: Number(length) };
};
