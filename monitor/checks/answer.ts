import { framingOf, takeHead, type Framing, type Head } from "./answer-head";
import { createChunkedBody } from "./chunked-body";

/** More than this of a body is never read: an endless one costs nothing more. */
export const BODY_LIMIT = 256 * 1024;

/**
 * Reads one HTTP/1.1 answer as it comes in. Node's client would do, at twice the processor time and
 * more memory for what a check needs: a status, a few headers, the beginning of a body, and whether
 * it came whole.
 */
export interface AnswerReader {
  /** Once it has come. */
  head(): Head | undefined;
  body(): Buffer;
  /** Whether the body went on after the limit. */
  cut(): boolean;
  /** @returns whether the answer is there. @throws Finding when it is not one. */
  take(bytes: Buffer): boolean;
  /** The connection has ended. @returns whether that completes the answer. */
  ended(): boolean;
}

/** `keeps`: whether anybody wants to see the body. */
export const createAnswerReader = (method: string, keeps: boolean): AnswerReader => {
  let head: Head | undefined;
  let framing: Framing = { kind: "rest" };
  let begin: Buffer = Buffer.alloc(0);
  const chunks = createChunkedBody();
  const kept: Buffer[] = [];
  let size = 0;

  const keep = (data: Buffer): void => {
    if (keeps && size < BODY_LIMIT) kept.push(data.subarray(0, BODY_LIMIT - size));
    size += data.length;
  };
  const isCut = (): boolean => size > BODY_LIMIT;
  const takeBody = (bytes: Buffer): boolean => {
    if (framing.kind === "chunks") return chunks.take(bytes, keep) || isCut();
    if (framing.kind === "rest") {
      keep(bytes);
      return isCut();
    }
    keep(bytes.subarray(0, Math.max(0, framing.bytes - size)));
    return size >= framing.bytes || isCut();
  };
  return {
    head: () => head,
    body: () => Buffer.concat(kept),
    cut: isCut,
    take: (bytes) => {
      if (head !== undefined) return takeBody(bytes);
      begin = begin.length === 0 ? bytes : Buffer.concat([begin, bytes]);
      for (;;) {
        const taken = takeHead(begin);
        if (taken === undefined) return false;
        begin = taken.rest;
        const { status } = taken.head;
        // 100 and 103 come before the answer itself.
        if (status < 200 && status !== 101) continue;
        head = taken.head;
        framing = framingOf(head, method);
        return takeBody(begin);
      }
    },
    ended: () => head !== undefined && framing.kind === "rest",
  };
};
