import { validateHeaderName, validateHeaderValue } from "node:http";
import type { Socket } from "node:net";
import type { TLSSocket } from "node:tls";

import { type AnswerReader, createAnswerReader } from "./answer";
import { textOf } from "./charset";
import { forgetPlace, openPlain, openSecure, rememberSession } from "./connection";
import { Finding, TooLate } from "./outcome";
import { failedAt, followStage, type Stage } from "./stage";

export interface Answer {
  readonly status: number;
  /** With what is not ASCII in percent encoding. */
  readonly location?: string;
  readonly retryAfter?: string;
  readonly encoding?: string;
  readonly body: string;
  /** There was more of the body. */ readonly cut: boolean;
}

export interface Question {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** The answer's body is not looked at: it is received, not kept. */
  readonly bodyless?: boolean;
  /** The host that is connected to instead of the address's own. */
  readonly via?: string;
}

/** @throws on what would not be one request any more. */
const requestText = (url: URL, { method = "GET", headers = {}, body }: Question): string => {
  const all: Record<string, string> = {
    host: url.host,
    "user-agent": "second-server-observatory/1",
    accept: "*/*",
    "accept-encoding": "identity",
    connection: "close",
  };
  if (url.username !== "")
    all["authorization"] =
      `Basic ${Buffer.from(`${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`).toString("base64")}`;
  if (body !== undefined || method === "POST" || method === "PUT" || method === "PATCH")
    all["content-length"] = String(Buffer.byteLength(body ?? ""));
  for (const [name, value] of Object.entries(headers)) {
    validateHeaderName(name);
    validateHeaderValue(name, value);
    all[name.toLowerCase()] = value;
  }
  if (!/^[A-Za-z]+$/.test(method)) throw new Finding(`"${method}" is not an HTTP method`);
  return `${method.toUpperCase()} ${url.pathname}${url.search} HTTP/1.1\r\n${Object.entries(all)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join("")}\r\n${body ?? ""}`;
};

/**
 * Asks over a connection of its own, as a new visitor has it: a kept one would hide a full accept
 * queue, a moved address or a changed certificate.
 * @throws what went wrong on the wire; Finding when the deadline passes.
 */
export const ask = async (url: URL, question: Question, deadlineMs: number): Promise<Answer> => {
  const text = requestText(url, question);
  const secure = url.protocol === "https:";
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const port = Number(url.port) || (secure ? 443 : 80);
  const place = question.via ?? host;
  const plain = openPlain(place, port, deadlineMs);
  const socket = secure ? openSecure(plain, host, port) : undefined;
  const stage = followStage(place, plain, socket);
  try {
    return await exchange(socket ?? plain, stage, text, question, deadlineMs, () => {
      if (socket !== undefined) rememberSession(socket, host, port);
    });
  } catch (error) {
    forgetPlace(host, port);
    if (place !== host) forgetPlace(place, port);
    throw failedAt(stage(), error);
  }
};

/** Bytes that are not ASCII, as browsers read them in an address: mostly they are raw UTF-8. */
const percentEncoded = (value: string | undefined): string | undefined =>
  value?.replace(/[\x80-\xff]/g, (byte) => `%${byte.charCodeAt(0).toString(16).toUpperCase()}`);

const answerOf = (reader: AnswerReader): Answer => {
  const { status, headers } = reader.head() ?? { status: 0, headers: new Map<string, string>() };
  return {
    status,
    location: percentEncoded(headers.get("location")),
    retryAfter: headers.get("retry-after"),
    encoding: headers.get("content-encoding"),
    body: textOf(reader.body(), headers.get("content-type")),
    cut: reader.cut(),
  };
};

/**
 * Seconds, to a tenth: some milliseconds of the time given have gone before the request is sent.
 */
const tenths = (milliseconds: number): number => Math.max(1, Math.round(milliseconds / 100)) / 10;

const SILENCE: Readonly<Record<Stage, string>> = {
  name: "the name was not resolved",
  connection: "no connection",
  tls: "no TLS handshake",
  certificate: "no TLS handshake",
  answer: "no answer",
};

/** One request, one answer; the socket is gone afterwards. */
const exchange = (
  socket: Socket | TLSSocket,
  stage: () => Stage,
  text: string,
  { method = "GET", bodyless = false }: Question,
  deadlineMs: number,
  answered: () => void,
): Promise<Answer> => {
  return new Promise((resolve, reject) => {
    const reader = createAnswerReader(method.toUpperCase(), !bodyless);
    let begun = false;
    const silence = (): string => (begun ? "no complete answer" : SILENCE[stage()]);
    const timer = setTimeout(
      () => fail(new TooLate(`${silence()} within ${tenths(deadlineMs)} s`)),
      deadlineMs,
    );
    const end = (settle: () => void): void => {
      clearTimeout(timer);
      socket.destroy();
      settle();
    };
    const fail = (error: Error): void => end(() => reject(error));
    const done = (): void => {
      answered();
      end(() => resolve(answerOf(reader)));
    };
    socket.on("error", fail);
    socket.on("data", (bytes: Buffer) => {
      begun = true;
      try {
        if (reader.take(bytes)) done();
      } catch (error) {
        fail(error as Error);
      }
    });
    socket.on("end", () => {
      if (reader.ended()) return done();
      fail(
        new TooLate(
          begun ? "the answer was cut off" : "the connection was closed without an answer",
        ),
      );
    });
    socket.write(text);
  });
};
